/* Tuning: for each problem, prove the variants, race the candidates, let the best meet the default in a
 * final, and remember the outcome as wisdom and as records. Interruptible at any moment: wisdom is written
 * after every problem, rounds are in the journal as soon as they are finished. */
#ifndef TERN_TUNER_SESSION_TUNE_H
#define TERN_TUNER_SESSION_TUNE_H

#include "measure/machine/machine.h"
#include "measure/statistics.h"
#include "tuner/search/space.h"
#include "tuner/wisdom/objective.h"
#include "tuner/wisdom/wisdom.h"

#include <stddef.h>
#include <stdint.h>

/* What is tuned, and where it comes from. */
struct tern_task {
    struct tern_problem problem;
    char model[96]; /* "" when given by shape */
    char roles[64]; /* "q o" */
    size_t calls;   /* of this shape in one pass through the model; 0 when given by shape */
};

#define TERN_MAX_SAMPLES 64 /* kept of one standing, for the records */

/* One line of a leaderboard. */
struct tern_leader {
    const struct tern_variant *variant;
    int param[TERN_MAX_PARAMS];
    int is_default, is_winner,
        is_baseline;                /* baseline: f16, f32, int8, or i2s and others as they are in files */
    struct tern_estimate est;       /* cost per call: ns, or the objective's unit */
    struct tern_ratio over_default; /* time over the default's */
    struct tern_ratio over_f16, over_i2s; /* time over the baselines'; n == 0: not measured */
    struct tern_ratio of_read, of_int8;   /* share of the ceilings, interval included; n == 0: not measured */
    double bytes, macs;                   /* per call: packed weights; multiply-adds */
    double sample[TERN_MAX_SAMPLES];      /* ns per call of the first rounds of the final */
    size_t samples;
    double ipc, llc_misses; /* instructions per cycle; last-level misses per call; NaN: not counted */
};

#define TERN_MAX_STANDINGS   20
#define TERN_OUTCOME_LAYOUTS 8

/* A ceiling measured in the rounds of the final: GB/s or GMAC/s. n == 0: not measured, `why` tells. */
struct tern_ceiling_seen {
    char name[64], why[192];
    struct tern_estimate est;
};

struct tern_outcome {
    const struct tern_task *task;
    enum tern_regime regime; /* as measured: may be capped */
    size_t recorded;         /* rounds in the table, when one was asked for; nothing else is filled */
    int remembered;          /* done by an earlier run, see `entry`; nothing else is filled */
    int measured;            /* 0: `why` tells; nothing else is filled */
    char why[256];
    size_t candidates, left_out, dropped, race_rounds, final_rounds;
    size_t samples; /* that the search took */
    size_t spared;  /* candidates that were not tried, because of what bounds their neighbours */
    struct tern_leader standing[TERN_MAX_STANDINGS]; /* fastest first */
    size_t standings;
    double floor;
    int tie, complete;
    unsigned
        dirt; /* what disturbed the final (measure/sampling/block.h), after repeats; 0: nothing that is told */
    char why_dirty[192]; /* "steal 3.1 % (limit 1 %)" */
    size_t finals;       /* how many it took */
    struct tern_ceiling_seen read, int8;
    char why_no_counters[256]; /* "" when the finalists were counted */
    struct tern_wisdom_entry entry,
        layout[TERN_OUTCOME_LAYOUTS]; /* of the winner; the best of other layouts */
    size_t layouts;
};

#define TERN_MAX_COUNTS 64

/* The winners of all thread counts of a problem, timed in the same rounds. */
struct tern_threads_seen {
    struct tern_problem problem; /* without its threads */
    struct {
        size_t threads;
        struct tern_estimate est;    /* ns per call */
        struct tern_ratio over_best; /* time over that of the best count */
    } of[TERN_MAX_COUNTS];
    size_t count, best;
};

struct tern_tune_hooks {
    void *ctx;
    void (*progress)(void *ctx, double fraction, const char *note);
    void (*outcome)(void *ctx, const struct tern_outcome *o);
    void (*warn)(void *ctx, const char *line);
    void (*threads)(void *ctx, const struct tern_threads_seen *t);
};

struct tern_tune_options {
    const struct tern_task *task;
    size_t tasks;
    const struct tern_machine *machine;
    double budget_seconds; /* for all tasks together */
    const struct tern_strategy *strategy;
    const struct tern_effort *effort;
    enum tern_objective objective; /* of the final, which decides; the search goes by time */
    uint64_t seed;
    /* What decides where nothing is tuned, and so the default of every problem. NULL: the ranks that are built in. */
    struct tern_ranks *ranks;
    int resume, lossy;
    struct tern_mix mix; /* the plan's, for the wisdom file; not said: it keeps its own */
    int compare_threads; /* let the winners of a problem's thread counts meet, when each count has one */
    int accept_busy;     /* a final beside other programs counts as complete; else it does not */
    int again;           /* measure also what wisdom knows with at least this effort */
    const char *wisdom, *records, *journal; /* paths; records may be NULL: none are written */
    const char *table;   /* record a table of the one task here instead (tuner/search/table.h); NULL: tune */
    size_t table_rounds; /* of that table */
    const volatile int *stop;     /* non-zero: end after what is finished */
    struct tern_tune_hooks hooks; /* each may be NULL */
};

struct tern_tune_summary {
    size_t done, remembered, not_measured, ties, recorded;
    size_t disturbed;       /* of those done: the final stayed dirty */
    size_t proved, refuted; /* variants that were compared with the reference before */
    size_t replayed;        /* samples taken from the journal */
    int stopped;
    double seconds;
};

/* TERN_OK also when stopped or out of time: the summary tells. Errors: the wisdom file belongs to another
 * machine or is damaged, the objective needs energy and there is no source, the journal does not fit, a
 * folder cannot be written, threads exceed the processors or cannot be pinned to the kind of core that the
 * machine is (measure/machine/machine.h), the topology is another machine's, no memory. */
enum tern_status tern_tune(const struct tern_tune_options *o, struct tern_tune_summary *out,
                           struct tern_error *e);

/* The entry that makes it needless to measure this problem. It has this objective, is fresh, complete and not
 * too noisy, was found with the effort of the options or more, and its variant may win here. A capped cold
 * regime counts as a cold one. NULL when there is no such entry, or when the options say `again`. The rule is
 * FFTW's: a deeper search satisfies a shallower request. */
const struct tern_wisdom_entry *tern_tune_knows(const struct tern_tune_options *o,
                                                const struct tern_wisdom *w, const struct tern_problem *p);

/* "6912x2560x1 t1 wcold" */
void tern_problem_text(const struct tern_problem *p, char *out, size_t bytes);

#endif
