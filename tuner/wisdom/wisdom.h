/* Wisdom: what won, here, and on what evidence. Sorted text that a person can read and diff.
 *
 * One line per (op, M, K, N, threads, regime, objective), and one more for each layout of the weights that a
 * plan may choose and the winner does not have (layouts.h). Each line carries its own CRC, so a damaged line
 * loses one line. The header carries the machine's hard key: another machine's file is refused unless asked
 * for. A line whose code key differs from this build's variant is kept but reported stale ("measure again").
 */
#ifndef TERN_TUNER_WISDOM_WISDOM_H
#define TERN_TUNER_WISDOM_WISDOM_H

#include "base/status.h"
#include "kernels/variant.h"

#include <stddef.h>
#include <stdint.h>

enum tern_regime { TERN_HOT, TERN_WCOLD, TERN_WCOLD_CAPPED };
const char *tern_regime_name(enum tern_regime r);

/* What a plan is asked for. `n` is a token count; the plan for decode has n == 1. */
struct tern_problem {
    size_t m, k, n, threads;
    enum tern_regime regime;
};

struct tern_wisdom_entry {
    struct tern_problem problem;
    char objective[8]; /* "time", "energy", "edp": the numbers below are ns, nJ or nJs per call */
    char variant[96];
    int param[TERN_MAX_PARAMS];
    double median_ns, ci_lo_ns, ci_hi_ns; /* per call */
    size_t n;                             /* rounds */
    char base[224];                   /* the default it was compared with, "variant" or "variant[a=1,b=2]" */
    double ratio, ratio_lo, ratio_hi; /* time over the base's time */
    char second[224];                 /* the next in the final, "variant[a=1,b=2]"; "": nobody else */
    double margin, margin_lo, margin_hi; /* the second's time over the winner's; NaN: not known */
    double of_read, of_int8;             /* the winner's shares of the ceilings; NaN: not measured */
    double ipc, llc_misses;              /* the winner's instructions per cycle, and last-level misses per
                                             1000 weights; NaN: not counted */
    double peak_ipc;     /* of the loop that measures the multiply-add peak; NaN: not counted */
    size_t spared;       /* candidates that the search left out because of what bounds their neighbours */
    size_t best_threads; /* the fastest thread count, where several met; 0: not known */
    double behind, behind_lo, behind_hi; /* this entry's time over that of the best count; NaN: not known */
    size_t lent; /* 0; else measured with so many threads, all on one kind of core: the
                    problem's threads spread over several (kinds.h). Never in a file */
    char effort[16], date[24], code[20];
    int complete, tie; /* tie: default and best challenger are not separable */
    int of_layout;     /* 1: not the problem's winner but the best variant of its own format. `base` then is
                          the winner, and the time is the winner's times `ratio`, of rounds that both were in */
};

/* How many prompt tokens a user has for how many generated ones. Both 0: not said, which means 1:1. */
struct tern_mix {
    double prompt, generated;
};

struct tern_ranks;
struct tern_plan_verdict;

struct tern_wisdom {
    char machine[24];
    struct tern_wisdom_entry *entry;
    size_t count;
    size_t skipped;      /* damaged or unknown lines met while reading */
    struct tern_mix mix; /* what the plan of a model weighs with; a line of its own, "mix 3:1" */
    struct tern_plan_verdict *verdict; /* on whole plans (plan_verdict.h); a line "plan ..." each */
    size_t verdicts;
    /* They decide where no entry does (ranks/ranks.h). NULL: none. Reading sets none. Freed with the wisdom. */
    struct tern_ranks *ranks;
};

/* $TERN_WISDOM, else XDG config "wisdom"; heap (free()). */
char *tern_wisdom_default_path(void);
/* A missing file is empty wisdom. A file of another machine is TERN_UNSUPPORTED unless `any_machine`. */
enum tern_status tern_wisdom_read(const char *path, const char *machine_key, int any_machine,
                                  struct tern_wisdom *w, struct tern_error *e);
/* Replaces the file atomically; entries are written sorted. */
enum tern_status tern_wisdom_write(const char *path, const struct tern_wisdom *w, struct tern_error *e);
void tern_wisdom_free(struct tern_wisdom *w);
/* Inserts, or replaces the entry of the same problem and objective; entries of a layout are apart. */
enum tern_status tern_wisdom_put(struct tern_wisdom *w, const struct tern_wisdom_entry *entry,
                                 struct tern_error *e);

/* What tern_plan_for goes by when any format will do (`format` NULL) or one is required; or NULL. */
const struct tern_wisdom_entry *tern_wisdom_nearest(const struct tern_wisdom *w, uint32_t usable,
                                                    const struct tern_problem *p,
                                                    const struct tern_format *format);

/* What a text such as `base` and `second` of an entry names: "variant[a=1,b=2]", or without brackets a variant with
 * its initial parameters. NULL when this build has no such thing. */
const struct tern_variant *tern_wisdom_named(const char *text, int param[TERN_MAX_PARAMS]);
/* The other way round. */
void tern_wisdom_name(const struct tern_variant *v, const int *param, char *out, size_t bytes);

/* A decision for one linear layer. */
struct tern_plan {
    const struct tern_variant *variant;
    int param[TERN_MAX_PARAMS];
    double token_ns; /* its median per token as the tuner timed it, with tuned_n tokens; NaN: not known */
    size_t tuned_n;
    int from_wisdom;                /* 0: ranks, or static ranking */
    const struct tern_ranks *ranks; /* those that decided; NULL: none */
    size_t lent;                    /* of the entry, 0 when it was measured with these threads */
};

/* The winner for the problem: exact shape first; same M x K and threads with the nearest N bucket in log
 * scale and any regime next; else the ranks of the wisdom; else the static ranking. Only variants that `usable` allows and whose code key
 * matches. When `format` is not NULL only variants of that format are considered (decode and prefill must
 * share one packed copy). TERN_KERNEL in the environment forces a variant by name where it fits. `w` may be
 * NULL. */
enum tern_status tern_plan_for(const struct tern_wisdom *w, uint32_t usable, const struct tern_problem *p,
                               const struct tern_format *format, struct tern_plan *out, struct tern_error *e);

/* The same as if nothing was tuned: by the ranks, else the static ranking. Entries tell only its time. */
enum tern_status tern_plan_default(const struct tern_wisdom *w, uint32_t usable, const struct tern_problem *p,
                                   const struct tern_format *format, struct tern_plan *out,
                                   struct tern_error *e);

#endif
