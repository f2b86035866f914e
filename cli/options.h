/* The options of a command as a table. The table is the only place that says what an option is: its names,
 * its argument, its range, where its value goes, and its line of the help. The parser, `tern NAME --help` and
 * tests/cli/flags.py all read it, and whatever lists options later (a manual page, a shell's completion) can.
 *
 *     struct arguments { int json; size_t rounds; };
 *     static const struct tern_cli_option options[] = {
 *         {"rounds", 'r', "N", "rounds to measure (default 5)",
 *          TERN_CLI_NUMBER(struct arguments, rounds, 1, 1000)},
 *         {"json", 0, NULL, "machine-readable", TERN_CLI_FLAG(struct arguments, json)},
 *     };
 *
 * The macros below name the structure and the member that a value goes to. A member of another type than the
 * option's does not compile. */
#ifndef TERN_CLI_OPTIONS_H
#define TERN_CLI_OPTIONS_H

#include "cli/values.h"

#include <stddef.h>
#include <stdint.h>

/* What the argument of an option is, and the type of the member that it goes to. */
enum tern_cli_kind {
    TERN_CLI_IS_SWITCH,  /* there is no argument. int: it becomes `lo` */
    TERN_CLI_IS_TEXT,    /* any text. const char *: it points into argv */
    TERN_CLI_IS_NUMBER,  /* a whole number in [lo, hi]. size_t */
    TERN_CLI_IS_COUNT,   /* a whole number in [lo, hi], or -1 for "no end". size_t: SIZE_MAX means no end */
    TERN_CLI_IS_SEED,    /* a whole number in [lo, hi]. uint64_t */
    TERN_CLI_IS_REAL,    /* a number in [least, most]. double */
    TERN_CLI_IS_PERCENT, /* a number in [least, most]. double: a hundredth of it */
    TERN_CLI_IS_CHOICE, /* one of the words of `argument` ("hot|wcold"). int: the place of the word, from 0 */
    TERN_CLI_IS_NUMBERS, /* whole numbers in [lo, hi], with commas between. struct tern_cli_numbers */
    TERN_CLI_IS_TEXTS,   /* any text, at most `hi` times. struct tern_cli_texts */
    TERN_CLI_IS_FILTER,  /* a POSIX extended regular expression. struct tern_cli_filter */
    TERN_CLI_IS_TAKEN    /* `take` reads the argument and keeps what it likes */
};

struct tern_cli_option {
    const char *name;     /* the long form, without dashes */
    char letter;          /* the short form, or 0 */
    const char *argument; /* how the help calls the argument; NULL: there is none */
    const char *help;     /* one plain sentence or less; the help breaks it into lines */

    enum tern_cli_kind kind; /* from here on the macros below fill in */
    size_t at;               /* where the value goes in the structure of the group */
    uint64_t lo, hi;
    double least, most;
    int (*take)(void *arguments, const char *text); /* 0, or the exit code after a line on stderr */

    /* The rest may stand behind a macro, by name. */
    const char *absent;            /* not NULL: the argument may be missing, and this stands for it */
    const char *(*word)(size_t i); /* not NULL: the words that the argument may be, in order, then NULL; the
                                      help lists them */
};

#define TERN_CLI_AT(type, structure, member)                                                                 \
    .at = _Generic(((structure *)0)->member, type : offsetof(structure, member))
#define TERN_CLI_SWITCH(structure, member, becomes)                                                          \
    TERN_CLI_AT(int, structure, member), .kind = TERN_CLI_IS_SWITCH, .lo = (becomes)
#define TERN_CLI_FLAG(structure, member) TERN_CLI_SWITCH(structure, member, 1)
#define TERN_CLI_TEXT(structure, member)                                                                     \
    TERN_CLI_AT(const char *, structure, member), .kind = TERN_CLI_IS_TEXT
#define TERN_CLI_NUMBER(structure, member, from, to)                                                         \
    TERN_CLI_AT(size_t, structure, member), .kind = TERN_CLI_IS_NUMBER, .lo = (from), .hi = (to)
#define TERN_CLI_COUNT(structure, member, from, to)                                                          \
    TERN_CLI_AT(size_t, structure, member), .kind = TERN_CLI_IS_COUNT, .lo = (from), .hi = (to)
#define TERN_CLI_SEED(structure, member, to)                                                                 \
    TERN_CLI_AT(uint64_t, structure, member), .kind = TERN_CLI_IS_SEED, .hi = (to)
#define TERN_CLI_REAL(structure, member, from, to)                                                           \
    TERN_CLI_AT(double, structure, member), .kind = TERN_CLI_IS_REAL, .least = (from), .most = (to)
#define TERN_CLI_PERCENT(structure, member, from, to)                                                        \
    TERN_CLI_AT(double, structure, member), .kind = TERN_CLI_IS_PERCENT, .least = (from), .most = (to)
#define TERN_CLI_CHOICE(structure, member) TERN_CLI_AT(int, structure, member), .kind = TERN_CLI_IS_CHOICE
#define TERN_CLI_NUMBERS(structure, member, from, to)                                                        \
    TERN_CLI_AT(struct tern_cli_numbers, structure, member), .kind = TERN_CLI_IS_NUMBERS, .lo = (from),      \
                                                             .hi = (to)
#define TERN_CLI_TEXTS(structure, member, times)                                                             \
    TERN_CLI_AT(struct tern_cli_texts, structure, member), .kind = TERN_CLI_IS_TEXTS, .hi = (times)
#define TERN_CLI_FILTER(structure, member)                                                                   \
    TERN_CLI_AT(struct tern_cli_filter, structure, member), .kind = TERN_CLI_IS_FILTER
#define TERN_CLI_TAKEN(function) .kind = TERN_CLI_IS_TAKEN, .take = (function)

/* Options that stand together in the help and write into one structure. */
struct tern_cli_group {
    const char *title; /* the line above them in the help, or NULL */
    const struct tern_cli_option *option;
    size_t count;
    size_t at; /* where their structure lies in that of the command */
};
#define TERN_CLI_GROUP(title, options, at)                                                                   \
    { title, options, sizeof(options) / sizeof *(options), at }

/* What is no option on a command line; points into argv. */
struct tern_cli_words {
    char **word;
    size_t count;
};

struct tern_command;
/* Reads the command line of `c` into `arguments`, the structure that its tables are about; what is not on the
 * line keeps its value. -h and --help are always there: they print the help and end the program. Where two
 * groups have an option of one name, the first counts. Where a command takes no words, the next word may be the
 * argument of an option that can do without one.
 *
 * Returns 0, or the exit code after one line on stderr. After a 0 the caller owes tern_cli_release. `words` may
 * be NULL for a command that takes none. */
int tern_cli_parse(const struct tern_command *c, int argc, char **argv, void *arguments,
                   struct tern_cli_words *words);
/* Frees the lists and filters that the tables put into `arguments`. */
void tern_cli_release(const struct tern_command *c, void *arguments);
/* The place in c->action of the first word, which is taken off. -1 after one line on stderr: it is missing or
 * unknown, or the number of words behind it does not fit. */
int tern_cli_action(const struct tern_command *c, struct tern_cli_words *words);

#endif
