/* Between the files of `tern tune` only: its arguments, what it prints while it runs, the dry run, the replay. */
#ifndef TERN_CLI_TUNE_TUNE_H
#define TERN_CLI_TUNE_TUNE_H

#include "base/talk/progress.h"
#include "cli/files.h"
#include "cli/options.h"
#include "cli/tune/rows.h"
#include "harness/plan/first_load.h"
#include "harness/timing/plan_final.h"
#include "tuner/session/tasks.h"
#include "tuner/session/totals.h"
#include "tuner/session/tune.h"

#include <jansson.h>

struct tern_tune_arguments {
    struct tern_tune_options tune;
    const char *model, *strategy, *effort, *objective, *threads, *wisdom;
    struct tern_cli_records records;
    const char *replay; /* a recorded table */
    struct tern_cli_texts problems;
    struct tern_cli_numbers batch;
    size_t repetitions;
    uint64_t seed;
    const char *kind; /* of core: its number, its name, or "all" */
    json_t *
        documents; /* one for each kind of core; NULL: there is one kind, and its document is printed at once */
    double budget; /* as given; that of `tune` is what is left of it */
    int dry_run, json, quiet, verbose;
};

/* Runs `one` for each kind of core that is asked for, or once on a machine of one kind. Each run gets the machine,
 * the share of the budget, the tasks and the wisdom file of its kind. Returns the largest exit code. */
typedef int tern_tune_fn(struct tern_tune_arguments *a, const struct tern_tasks *tasks, const char *wisdom);
int tern_tune_each_kind(struct tern_tune_arguments *a, const char *wisdom, tern_tune_fn *one);
/* Adds the shapes with the thread counts and token counts that were asked for. Returns an exit code. */
int tern_tune_list(struct tern_tune_arguments *a, struct tern_tasks *tasks);
/* Prints a JSON document, or keeps it in a->documents. Takes the reference. Returns an exit code. */
int tern_tune_document(const struct tern_tune_arguments *a, json_t *document);

/* The plan of a model with a number of threads, judged. */
struct tern_tune_plan {
    char model[96];
    size_t prompt;
    struct tern_plan_final final;
};

#define TERN_TUNE_PLANS 8

/* Keeps outcomes as they come, for the summary at the end. With --verbose it prints each at once, with --json all at the
 * end as a list. */
struct tern_tune_view {
    struct tern_progress bar;
    int json, verbose;
    enum tern_objective objective;
    const struct tern_tune_arguments *arguments;
    double begun, whole; /* seconds: when the run began, and its budget */
    json_t *list, *counts, *judged;
    struct tern_totals totals;
    struct tern_tune_rows rows;
    double most; /* times the speed of I2_S */
    char best_so_far[64];
    struct tern_tune_plan plan[TERN_TUNE_PLANS];
    size_t plans;
    struct {
        size_t threads, problems;
    } best[TERN_MAX_COUNTS]; /* the best thread counts, and of how many of the `met` problems */
    size_t best_counts, met;
};
/* The hooks that a run calls; the progress bar must have begun. */
struct tern_tune_hooks tern_tune_view_hooks(struct tern_tune_view *v);
/* One step of the progress bar: the share of the budget that has passed, and what is done now. */
void tern_tune_view_step(struct tern_tune_view *v, const char *note);
/* Prints the summary, or the JSON document. `wisdom` and `records` are file names; `records` may be NULL. */
void tern_tune_view_end(struct tern_tune_view *v, const struct tern_tune_summary *sum, const char *wisdom,
                        const char *records);
/* The same things as JSON; new references. */
json_t *tern_tune_json_outcome(const struct tern_outcome *o, enum tern_objective objective);
json_t *tern_tune_json_threads(const struct tern_threads_seen *t);
json_t *tern_tune_json_total(const struct tern_total *t, enum tern_objective objective);
/* The sums of the model's single problems. */
void tern_tune_view_sums(struct tern_tune_view *v);
/* Says how the plan of a model was judged, or keeps it for the end. */
void tern_tune_view_plan(struct tern_tune_view *v, const struct tern_hparams *hp, const struct tern_mix *mix,
                         const struct tern_plan_final *f, size_t prompt);

#define TERN_TUNE_MODEL "2b-4t" /* where neither a model nor a problem is given */

/* What an untuned engine goes by: built-in ranks, and what a race at a first load finds, which is run where an engine
 * would run it. */
struct tern_tune_untuned {
    struct tern_wisdom shipped;
    struct first_load first;
    struct tern_ranks *ranks; /* of the two above; NULL: none */
};
/* Proves and times: call it before there are threads. Freed also after a failure. */
enum tern_status tern_tune_untuned(const struct tern_tune_arguments *a, struct tern_tune_untuned *u,
                                   struct tern_error *e);
void tern_tune_untuned_free(struct tern_tune_untuned *u);

/* 1 when a model is tuned whose plans are to be judged. */
int tern_tune_has_plans(const struct tern_tune_arguments *a);
/* The plans that the engine makes for the model from what the wisdom file has now, one for each number of threads: judged
 * beside the untuned ones in about so many seconds, the verdict kept in the file and told to the view. */
enum tern_status tern_tune_plans(struct tern_tune_arguments *a, const char *wisdom, double seconds,
                                 struct tern_tune_view *v, struct tern_error *e);

/* Both return an exit code. `wisdom` is a file name, or NULL when nothing is known yet. */
int tern_tune_dry_run(struct tern_tune_arguments *a, const struct tern_tasks *tasks, const char *wisdom);
int tern_tune_replay(const struct tern_tune_arguments *a);

#endif
