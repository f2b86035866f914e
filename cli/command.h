/* The front door: `tern <command>`. One file per command; each parses, calls one room, prints, returns an
 * exit code.
 *
 * Results go to stdout, progress and warnings to stderr. An error is one line, `tern: <what>: <where>:
 * <why>`. */
#ifndef TERN_CLI_COMMAND_H
#define TERN_CLI_COMMAND_H

#include "base/status.h"

#include <getopt.h>
#include <jansson.h>
#include <regex.h>
#include <stddef.h>

struct tern_command {
    const char *name;
    const char *summary; /* one line of `tern --help` */
    const char *help;    /* whole text of `tern NAME --help`: usage, options, an example */
    /* argv[0] is the command's name; getopt state is fresh. Returns the exit code. */
    int (*run)(int argc, char **argv);
};

/* Every command file defines `const struct tern_command tern_command_<name>`; the list is made from the
 * files. */
#define TERN_COMMAND(name) extern const struct tern_command tern_command_##name;
#include "commands.def"
#undef TERN_COMMAND

/* Prints "tern: <text>" on stderr and returns the exit code of `s`. */
int tern_cli_fail(enum tern_status s, const struct tern_error *e);
/* The same for a usage error, with a hint to --help; returns 3. */
int tern_cli_usage(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* After the last output: `code`, or 3 and a line on stderr when stdout could not be written and `code` is 0. */
int tern_cli_written(int code);
/* getopt_long with our error lines. Returns the option's `val`, -1 at the end, '?' after printing (return 3
 * then), and handles -h/--help itself by printing the help and exiting 0. `options` must include the zero
 * terminator; "help" is added by the caller's array as {"help", no_argument, 0, 'h'}. */
int tern_cli_getopt(int argc, char **argv, const char *short_options, const struct option *options,
                    const struct tern_command *c);

/* Numbers in arguments: whole text must be a number in [lo, hi]; else prints a usage error and returns 0. */
int tern_cli_size(const char *command, const char *what, const char *text, size_t lo, size_t hi, size_t *out);
int tern_cli_real(const char *command, const char *what, const char *text, double lo, double hi, double *out);
/* "1,2,4" -> heap array (free()). */
int tern_cli_sizes(const char *command, const char *what, const char *text, size_t lo, size_t hi,
                   size_t **out, size_t *count);
/* "2560x6912x1" -> m, k, n (n defaults to 1). */
int tern_cli_shape(const char *command, const char *text, size_t *m, size_t *k, size_t *n);

/* "MODEL,i2s=LAYOUT", what tern_model_open takes; MODEL itself when the layout is NULL. Heap (free()). */
char *tern_cli_with_layout(const char *model, const char *layout);

/* A POSIX extended regular expression, or everything when the text is NULL. `new` prints the usage error and
 * returns 0 for a malformed one. */
struct tern_cli_filter {
    regex_t re;
    int on;
};
int tern_cli_filter_new(const char *command, const char *text, struct tern_cli_filter *f);
int tern_cli_matches(const struct tern_cli_filter *f, const char *name);
void tern_cli_filter_free(struct tern_cli_filter *f);

/* Prints a JSON value on stdout, takes the reference, returns the exit code. */
int tern_cli_print_json(json_t *value);

#endif
