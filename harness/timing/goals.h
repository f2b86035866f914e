/* The project's own goals for whole models: decode and prefill as shares of what memory and arithmetic allow, also of long
 * contexts, what the tuner's promises, tuning, the exact head and the packed cache are worth, and what tuning costs.
 * Ratios, measured in one run, engines by turns. */
#ifndef TERN_HARNESS_TIMING_GOALS_H
#define TERN_HARNESS_TIMING_GOALS_H

#include "base/status.h"
#include "measure/statistics.h"
#include "tuner/targets/class.h"
#include "tuner/wisdom/wisdom.h"

#include <stddef.h>
#include <stdint.h>

enum tern_goal_kind {
    TERN_GOAL_DECODE,  /* bytes read per token * tokens/s, of DRAM read bandwidth; head q6_k */
    TERN_GOAL_PREFILL, /* multiply-adds/s of the linear layers over the whole time, of the integer peak */
    TERN_GOAL_LINEAR,  /* time of the linear layers in the engine over what the tuner promised */
    TERN_GOAL_LONG_PREFILL, /* tokens/s of a long prompt over those of 128 tokens */
    TERN_GOAL_LONG_DECODE,  /* tokens/s of decode behind so many positions over those behind 32 */
    TERN_GOAL_EXACT_HEAD,   /* decode with exact2 over decode with the f16 head */
    TERN_GOAL_OVER_UNTUNED, /* tuned over an engine without wisdom, with the race of a first load */
    TERN_GOAL_UNTUNED,      /* the other way round */
    TERN_GOAL_OVER_I2S,     /* tuned over the I2_S variants, which take the file's layout as it is */
    TERN_GOAL_START,        /* seconds from exec to the first token on stdout, file in the page cache */
    TERN_GOAL_TUNE_SECONDS, /* of `tern tune` with a budget of 20 */
    TERN_GOAL_TUNE_LOSS /* linear layers by what that run found over those by a long run, the time minus 1 */
};

struct tern_goal {
    const char *name, *unit; /* "": a share or ratio */
    enum tern_goal_kind kind;
    const char *model; /* a name of synth: */
    size_t
        tokens; /* of the prompt, or before the decoded ones; 1: decode; of START: 1 with packed cache, 0 without */
    double goal[TERN_TARGET_CLASSES]; /* at least; where `most`: at most. NaN: this class has no such goal */
    int most;
    double range;     /* > 0: from the goal up to this */
    unsigned seconds; /* it takes about so long, 0: less than half a minute */
};
const struct tern_goal *tern_goals(size_t *count);

struct tern_goal_options {
    const struct tern_wisdom *wisdom; /* of this machine, with its ranks; may have no entries */
    const char *races;                /* as in struct tern_engine_options */
    enum tern_target_class class;
    size_t threads, rounds;
    uint64_t seed;
    const char *program,
        *folder; /* of START and TUNE: the tern to start, and where its files may lie (and are removed) */
};

struct tern_goal_seen {
    struct tern_estimate value;
    int same;                 /* of a pair: both do the same, so their true ratio is 1 */
    int alone;                /* one measurement decides: a time against a limit */
    char detail[800];         /* what was compared */
    enum tern_status verdict; /* TERN_OK met, TERN_CHECK_FAILED missed, TERN_INCONCLUSIVE: the interval holds
                                 the goal, or it was not measured. Of the same thing twice an interval that
                                 holds 1 is what it should be: met where the goal is 1 or a hair below */
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
