/* The text of `tern NAME --help`, made from the command and its tables. */
#ifndef TERN_CLI_HELP_H
#define TERN_CLI_HELP_H

struct tern_command;
/* Prints it on stdout, in lines of at most 80 characters where words allow it. */
void tern_cli_help(const struct tern_command *c);

#endif
