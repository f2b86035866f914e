/* The parts of `tern tune`: arguments, what is printed while it runs, the dry run, the replay. */
#ifndef TERN_CLI_TUNE_TUNE_H
#define TERN_CLI_TUNE_TUNE_H

#include "base/progress.h"
#include "tuner/session/tasks.h"
#include "tuner/session/totals.h"
#include "tuner/session/tune.h"

#include <jansson.h>

struct tern_tune_arguments {
    struct tern_tune_options tune;
    const char *model, *strategy, *effort, *objective, *threads, *batch, *wisdom, *records;
    const char *replay; /* a recorded table */
    const char *problem[256];
    size_t problems, repetitions;
    const char *kind;  /* of core: number, name, or "all" */
    json_t *documents; /* of each kind of core; NULL: there is one, and it is printed */
    int dry_run, json, quiet, verbose;
};

/* Runs `one` for each kind of core that is asked for, with the machine, the budget, the tasks and the wisdom
 * file of that kind; on a machine of one kind, once. Returns the worst exit code. */
typedef int tern_tune_fn(struct tern_tune_arguments *a, const struct tern_tasks *tasks, const char *wisdom);
int tern_tune_each_kind(struct tern_tune_arguments *a, const char *wisdom, tern_tune_fn *one);
/* The shapes, thread counts and token counts that were asked for. Returns an exit code. */
int tern_tune_list(struct tern_tune_arguments *a, struct tern_tasks *tasks);
/* Prints a document, or keeps it with the others of its kind. Takes it over. Returns an exit code. */
int tern_tune_document(const struct tern_tune_arguments *a, json_t *document);

/* Shows outcomes as they come: lines on stdout, or a JSON list printed at the end. */
struct tern_tune_view {
    struct tern_progress bar;
    int json, quiet;
    enum tern_objective objective;
    const struct tern_tune_arguments *arguments;
    json_t *list, *counts;
    struct tern_totals totals;
};
/* The hooks of a run; the bar must have begun. */
struct tern_tune_hooks tern_tune_view_hooks(struct tern_tune_view *v);
/* Sums of models and the last lines. `wisdom` and `records` are file names, records may be NULL. */
void tern_tune_view_end(struct tern_tune_view *v, const struct tern_tune_summary *sum, const char *wisdom,
                        const char *records);

/* Both return an exit code. `wisdom` may be NULL: nothing is known yet. */
int tern_tune_dry_run(struct tern_tune_arguments *a, const struct tern_tasks *tasks, const char *wisdom);
int tern_tune_replay(const struct tern_tune_arguments *a);

#endif
