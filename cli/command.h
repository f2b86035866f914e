/* The front door: `tern <command>`. Each command is one file, or a folder where it needs several. It parses,
 * calls one room, prints, and returns an exit code.
 *
 * Results go to stdout, progress and warnings to stderr. An error is one line, "tern: what: where: why". */
#ifndef TERN_CLI_COMMAND_H
#define TERN_CLI_COMMAND_H

#include "base/status.h"
#include "cli/options.h"

#include <jansson.h>
#include <stddef.h>

/* One thing that a command such as `tern wisdom` can do; its first word says which. */
struct tern_cli_action {
    const char *name;
    const char *argument; /* what may stand behind the name: "[FILE...]", or "" */
    const char *help;
    size_t least, most; /* how many words stand behind the name */
};

enum { TERN_CLI_GROUPS = 8 };

struct tern_command {
    const char *name;
    const char *summary; /* its line of `tern --help` */

    /* Its help, in this order. Long lines are broken; a line that starts with a space stays as it is. */
    const char *usage; /* behind "usage: tern NAME" */
    const char *about;
    const struct tern_cli_action *action; /* NULL: the command does one thing */
    size_t actions;
    struct tern_cli_group group[TERN_CLI_GROUPS]; /* the first without options ends the list */
    const char *notes;                            /* or NULL */
    const char *example;                          /* a command line that works, or several lines */

    /* Words besides options: how many, and what they are. An action counts as a word. */
    size_t least, most;
    const char *words; /* "IN and OUT" */

    /* argv[0] is the command's name. Returns the exit code. */
    int (*run)(int argc, char **argv);
};

/* Every command file defines `const struct tern_command tern_command_<name>`; the list is made from the
 * files. */
#define TERN_COMMAND(name) extern const struct tern_command tern_command_##name;
#include "commands.def"
#undef TERN_COMMAND

/* Prints "tern: <text>" on stderr and returns the exit code of `s`. */
int tern_cli_fail(enum tern_status s, const struct tern_error *e);
/* The same for a usage error, with a hint to --help; returns 3, or 4 where memory had run out. */
int tern_cli_usage(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* fflush(stdout), which remembers the reason of a failure for the line of tern_cli_written(). 0: written. */
int tern_cli_flush(void);
/* The same for fputs(), for texts of any length. */
int tern_cli_put(const char *text);
/* Memory ran out for a part of the output: says so on stderr, the first time, and returns 4, which is then also the exit code. */
int tern_cli_starved(void);
/* After the last output: `code`. If stdout could not be written, a line on stderr says so, unless one has
 * told already why the program fails, and 0 becomes 3. */
int tern_cli_written(int code);
/* Prints a JSON value on stdout, with 12 digits of a real number or as many as are wanted. Takes the reference;
 * NULL means that there was no memory. Returns the exit code. */
int tern_cli_print_json(json_t *value);
int tern_cli_print_json_digits(json_t *value, unsigned digits);

#endif
