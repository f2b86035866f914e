/* The project's own goals for whole models: decode and prefill as shares of what memory and arithmetic allow,
 * and what tuning, the exact head and the packed cache are worth. Ratios, measured in one run, engines by
 * turns. */
#ifndef TERN_HARNESS_TIMING_GOALS_H
#define TERN_HARNESS_TIMING_GOALS_H

#include "base/status.h"
#include "measure/statistics.h"
#include "tuner/wisdom/wisdom.h"

#include <stddef.h>
#include <stdint.h>

enum tern_goal_kind {
    TERN_GOAL_DECODE,     /* bytes read per token * tokens/s, of DRAM read bandwidth; head q6_k */
    TERN_GOAL_PREFILL,    /* multiply-adds/s of the linear layers over the whole time, of the integer peak */
    TERN_GOAL_EXACT_HEAD, /* decode with exact2 over decode with the f16 head */
    TERN_GOAL_OVER_UNTUNED, /* tuned over --no-wisdom */
    TERN_GOAL_OVER_I2S,     /* tuned over the I2_S variants, which take the file's layout as it is */
    TERN_GOAL_START         /* seconds from exec to the first token on stdout, file in the page cache */
};

struct tern_goal {
    const char *name, *unit; /* "": a share or ratio */
    enum tern_goal_kind kind;
    size_t tokens; /* of the prompt; 1: decode; of START: 1 with packed cache, 0 without */
    double goal;   /* at least; of START at most */
};
const struct tern_goal *tern_goals(size_t *count);

struct tern_goal_options {
    const char *model;                /* a name of synth:, "2b-4t" */
    const struct tern_wisdom *wisdom; /* of this machine; may be NULL or empty */
    size_t threads, rounds;
    uint64_t seed;
    const char *program,
        *folder; /* of START: the tern to start, and where its files may lie (and are removed) */
};

struct tern_goal_seen {
    struct tern_estimate value;
    int same;                 /* of a pair: both do the same, so their true ratio is 1 */
    char detail[800];         /* what was compared */
    enum tern_status verdict; /* TERN_OK met, TERN_CHECK_FAILED missed, TERN_INCONCLUSIVE: the interval holds
                                 the goal, or it was not measured. Of the same thing twice an interval that
                                 holds 1 is what it should be: met where 1 is the goal */
    char why[300];            /* not measured because ... */
};

/* What one run measures is shared by the goals that need it. */
struct tern_goal_run;
enum tern_status tern_goal_open(const struct tern_goal_options *o, struct tern_goal_run **out,
                                struct tern_error *e);
void tern_goal_close(struct tern_goal_run *r);
/* Errors end the whole run; what this machine cannot show is TERN_OK with `why`. */
enum tern_status tern_goal_measure(struct tern_goal_run *r, const struct tern_goal *g,
                                   struct tern_goal_seen *out, struct tern_error *e);

/* Removes the files that START left in the folder, and the folder. */
void tern_goal_clean(const char *folder);

#endif
