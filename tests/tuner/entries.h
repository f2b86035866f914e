/* Wisdom entries for tests: random, but of variants that exist. */
#ifndef TERN_TESTS_TUNER_ENTRIES_H
#define TERN_TESTS_TUNER_ENTRIES_H

#include "base/random.h"
#include "tuner/wisdom/wisdom.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static inline const struct tern_variant *any_variant(struct tern_random *r) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    return &all[tern_random_below(r, (uint32_t)count)];
}

/* Values with as many digits as the file keeps, so that they come back equal. */
static inline double digits(struct tern_random *r, double unit, uint32_t below) {
    return tern_random_below(r, below) * unit;
}

static inline struct tern_wisdom_entry random_entry(struct tern_random *r) {
    const struct tern_variant *v = any_variant(r);
    struct tern_wisdom_entry en = {.problem = {1 + tern_random_below(r, 9000), 1 + tern_random_below(r, 9000),
                                               1 + tern_random_below(r, 500), 1 + tern_random_below(r, 8),
                                               (enum tern_regime)tern_random_below(r, 3)},
                                   .objective = "time",
                                   .median_ns = digits(r, 0.1, 1u << 31),
                                   .ci_lo_ns = digits(r, 0.1, 1u << 31),
                                   .ci_hi_ns = digits(r, 0.1, 1u << 31),
                                   .n = tern_random_below(r, 60),
                                   .ratio = digits(r, 0.0001, 1u << 20),
                                   .ratio_lo = digits(r, 0.0001, 1u << 20),
                                   .ratio_hi = digits(r, 0.0001, 1u << 20),
                                   .effort = "normal",
                                   .date = "2026-01-02T03:04:05Z",
                                   .complete = (int)tern_random_below(r, 2),
                                   .tie = (int)tern_random_below(r, 2)};
    static const char *const objectives[] = {"time", "energy", "edp"};
    snprintf(en.objective, sizeof en.objective, "%s",
             objectives[tern_random_below(r, 8) < 6 ? 0 : 1 + tern_random_below(r, 2)]);
    en.of_read = tern_random_below(r, 3) ? digits(r, 0.001, 2000) : NAN;
    en.of_int8 = tern_random_below(r, 3) ? digits(r, 0.001, 2000) : NAN;
    en.ipc = tern_random_below(r, 3) ? digits(r, 0.001, 6000) : NAN;
    en.peak_ipc = tern_random_below(r, 3) ? digits(r, 0.001, 6000) : NAN;
    en.spared = tern_random_below(r, 3) ? tern_random_below(r, 1000) : 0;
    en.llc_misses = tern_random_below(r, 3) ? digits(r, 0.001, 90000) : NAN;
    en.margin = en.margin_lo = en.margin_hi = NAN;
    if (tern_random_below(r, 3)) {
        snprintf(en.second, sizeof en.second, "%s[prefetch=0,rows=2]", any_variant(r)->name);
        en.margin = digits(r, 0.0001, 1u << 16);
        if (tern_random_below(r, 2)) en.margin_lo = en.margin, en.margin_hi = en.margin + 1;
    }
    en.behind = en.behind_lo = en.behind_hi = NAN;
    if (tern_random_below(r, 3) == 0) {
        en.best_threads = 1 + tern_random_below(r, 8);
        en.behind = digits(r, 0.0001, 1u << 16);
        if (tern_random_below(r, 2)) en.behind_lo = en.behind, en.behind_hi = en.behind + 1;
    }
    en.of_layout = tern_random_below(r, 3) == 0;
    if (tern_random_below(r, 4) == 0) en.ci_lo_ns = en.ci_hi_ns = en.ratio_lo = en.ratio_hi = NAN;
    for (size_t i = 0; i < v->space->count; i++)
        en.param[i] = v->space->params[i].values[tern_random_below(r, (uint32_t)v->space->params[i].count)];
    en.param[TERN_P_SPLIT] = tern_random_below(r, 4) ? TERN_SPLIT_ROWS : TERN_SPLIT_K;
    snprintf(en.variant, sizeof en.variant, "%s", v->name);
    snprintf(en.base, sizeof en.base, "%s", any_variant(r)->name);
    snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(v));
    return en;
}

#endif
