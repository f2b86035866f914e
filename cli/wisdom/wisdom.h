/* The parts of `tern wisdom`. */
#ifndef TERN_CLI_WISDOM_WISDOM_H
#define TERN_CLI_WISDOM_WISDOM_H

#include "measure/machine/machine.h"
#include "tuner/wisdom/wisdom.h"

#include <jansson.h>

/* Instructions, not micro-operations, of a winner's loops. */
struct tern_steps {
    double per_thousand;  /* multiply-adds, which with one token are weights */
    double beside;        /* of each call, whatever the rows */
    size_t rows[2], k, n; /* the small problems that were counted */
    const char *how;      /* "single-stepped", "hardware counter", "valgrind" */
    char why[256];        /* "" or why nothing was counted */
};
/* Counts them now, in processes of their own that take a second or so. 0: `why` tells. */
int tern_wisdom_steps(const struct tern_wisdom_entry *en, struct tern_steps *out);

struct tern_wisdom_arguments {
    char **word; /* after the subcommand */
    size_t words;
    const char *path;
    const struct tern_machine *machine; /* one kind of core */
    const struct tern_machine *whole; /* all of them, and the file's name without that of a kind; NULL: a kind
                                         was named, or there is one */
    const char *base;
    size_t threads;
    int any_machine, stale, all, json;
};

/* The file that the arguments name; what is damaged in it is told on stderr. */
enum tern_status tern_wisdom_mine(const struct tern_wisdom_arguments *a, struct tern_wisdom *w,
                                  struct tern_error *e);
/* The one problem among the words; *has_n: it named its tokens. Returns an exit code. */
int tern_wisdom_shape(const struct tern_wisdom_arguments *a, struct tern_problem *p, int *has_n);
json_t *tern_wisdom_entry_json(const struct tern_wisdom_entry *en);
void tern_wisdom_entry_say(const struct tern_wisdom_entry *en);
int tern_wisdom_explain(const struct tern_wisdom_arguments *a);

#endif
