/* Between the files of `tern wisdom` only: its arguments, the entries, and why one of them won. */
#ifndef TERN_CLI_WISDOM_WISDOM_H
#define TERN_CLI_WISDOM_WISDOM_H

#include "cli/options.h"
#include "measure/machine/machine.h"
#include "tuner/wisdom/wisdom.h"

#include <jansson.h>

/* How many instructions (not micro-operations) a winner executes. */
struct tern_steps {
    double per_thousand;  /* in its loops, per 1000 multiply-adds; with one token these are weights */
    double per_call;      /* outside its loops, whatever the number of rows */
    size_t rows[2], k, n; /* the two small problems that were counted */
    const char *how;      /* "single-stepped", "hardware counter", "valgrind" */
    char why[256];        /* why nothing was counted, or "" */
};
/* Counts them now, in processes of their own; that takes about a second. 0: nothing was counted. */
int tern_wisdom_steps(const struct tern_wisdom_entry *en, struct tern_steps *out);

struct tern_wisdom_arguments {
    const char *file, *kind; /* as given, or NULL */
    size_t threads;
    int any_machine, stale, all, json;
    struct tern_cli_words words; /* behind the action */

    const char *path;                   /* of the wisdom of one kind of core */
    const struct tern_machine *machine; /* that kind */
    /* Set where the machine has several kinds and none was named: all of it, and the file's name without that
     * of a kind. */
    const struct tern_machine *whole;
    const char *base;
};

/* Reads the file at a->path; a line on stderr says how much of it is damaged. */
enum tern_status tern_wisdom_mine(const struct tern_wisdom_arguments *a, struct tern_wisdom *w,
                                  struct tern_error *e);
/* The one problem among the words. *has_n: the word names its number of tokens. Returns an exit code. */
int tern_wisdom_shape(const struct tern_wisdom_arguments *a, struct tern_problem *p, int *has_n);
json_t *tern_wisdom_entry_json(const struct tern_wisdom_entry *en);
/* Prints two lines about an entry. */
void tern_wisdom_entry_say(const struct tern_wisdom_entry *en);
/* The action `explain`. Returns an exit code. */
int tern_wisdom_explain(const struct tern_wisdom_arguments *a);
/* The action `export-ranks`. Returns an exit code. */
int tern_wisdom_export_ranks(const struct tern_wisdom_arguments *a);

#endif
