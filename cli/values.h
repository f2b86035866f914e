/* Values in arguments: numbers, lists, problems, patterns. Each function returns 1. If the text is not what it
 * should be, it prints one line, "tern: COMMAND: WHERE: why", and returns 0. `where` is the option, such as
 * "--seed". */
#ifndef TERN_CLI_VALUES_H
#define TERN_CLI_VALUES_H

#include <regex.h>
#include <stddef.h>
#include <stdint.h>

/* The whole text must be a number in [lo, hi]. */
int tern_cli_size(const char *command, const char *where, const char *text, size_t lo, size_t hi,
                  size_t *out);
int tern_cli_whole(const char *command, const char *where, const char *text, uint64_t lo, uint64_t hi,
                   uint64_t *out);
int tern_cli_real(const char *command, const char *where, const char *text, double lo, double hi,
                  double *out);

/* "1,2,4". The list replaces the one in `out`; free(out->item). */
struct tern_cli_numbers {
    size_t *item;
    size_t count;
};
int tern_cli_numbers(const char *command, const char *where, const char *text, size_t lo, size_t hi,
                     struct tern_cli_numbers *out);

/* An option that was given several times; free(item). */
struct tern_cli_texts {
    const char **item; /* the texts stay in argv */
    size_t count;
};
/* Adds one; more than `most` are refused. */
int tern_cli_text_add(const char *command, const char *where, const char *text, size_t most,
                      struct tern_cli_texts *out);

/* "2560x6912x1" becomes m, k, n; n is 1 when it is missing. */
int tern_cli_shape(const char *command, const char *text, size_t *m, size_t *k, size_t *n);

/* A POSIX extended regular expression. A filter of zeros lets everything pass. */
struct tern_cli_filter {
    regex_t re;
    const char *text; /* NULL: everything passes */
};
/* Replaces the expression in `f`. */
int tern_cli_filter_set(const char *command, const char *where, const char *text, struct tern_cli_filter *f);
int tern_cli_matches(const struct tern_cli_filter *f, const char *name);
void tern_cli_filter_free(struct tern_cli_filter *f);

#endif
