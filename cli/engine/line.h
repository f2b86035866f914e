/* Reads one line from the user. On a terminal it can be edited, and earlier lines come back, when tern was built
 * with libedit. */
#ifndef TERN_CLI_ENGINE_LINE_H
#define TERN_CLI_ENGINE_LINE_H

/* The line without its line feed, heap (free()). NULL at the end of the input, or when a signal came; errno is
 * EINTR then. The prompt is shown on a terminal only. */
char *tern_cli_line(const char *prompt);

#endif
