/* The options of a command as a table: each line has its names and where its value goes. The whole loop
 * around getopt_long, the messages of values that cannot be, and the check that nothing is left over are
 * here. */
#ifndef TERN_CLI_OPTIONS_H
#define TERN_CLI_OPTIONS_H

#include "cli/command.h"

#include <stdint.h>

/* One option. The first pointer that is set decides what its value is. */
struct tern_cli_option {
    const char *name; /* long form, without dashes */
    char letter;      /* short form, or 0 */
    char optional;    /* the argument of `take` may be missing (NULL) */

    int *flag;                               /* takes no argument; becomes 1 */
    const char **text;                       /* points into argv */
    size_t *size;                            /* a whole number in [lo, hi] */
    uint64_t *seed;                          /* any whole number */
    double *real;                            /* a number in [least, most] */
    int (*take)(void *ctx, const char *arg); /* 0, or the exit code, after it printed why */
    void *ctx;

    size_t lo, hi;
    double least, most;
};

/* Reads all options of `c`; -h and --help are always there. Several tables are read as one, and a name that
 * stands in two means the first: groups[i] holds counts[i] options. 0, or the exit code after a line on
 * stderr. What is no option starts at argv[optind]. */
int tern_cli_options(const struct tern_command *c, int argc, char **argv,
                     const struct tern_cli_option *const *groups, const size_t *counts, size_t n);

#endif
