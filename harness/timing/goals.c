#define _GNU_SOURCE
#include "harness/timing/goals.h"

#include "harness/timing/goals_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOTH(x)                                                                                              \
    { x, x }
#define SMALL "2b-4t"
#define LARGE "large"

static const struct tern_goal goals[] = {
    /* Starts come first: they want memory that nobody has cut up. */
    {"e2e-start-cached", "s", TERN_GOAL_START, SMALL, 1, BOTH(0.4), 1, 0, 0},
    {"e2e-start", "s", TERN_GOAL_START, SMALL, 0, BOTH(1.2), 1, 0, 40},
    {"e2e-decode", "", TERN_GOAL_DECODE, SMALL, 1, {0.90, 0.95}, 0, 0, 60},
    {"e2e-prefill-128", "", TERN_GOAL_PREFILL, SMALL, 128, {0.75, 1.0}, 0, 0, 60},
    {"e2e-prefill-512", "", TERN_GOAL_PREFILL, SMALL, 512, BOTH(0.70), 0, 0, 60},
    {"e2e-linear-decode", "", TERN_GOAL_LINEAR, SMALL, 1, BOTH(0.9), 0, 1.1, 60},
    {"e2e-linear-128", "", TERN_GOAL_LINEAR, SMALL, 128, BOTH(0.9), 0, 1.1, 60},
    {"e2e-linear-512", "", TERN_GOAL_LINEAR, SMALL, 512, BOTH(0.9), 0, 1.1, 60},
    {"e2e-exact2", "", TERN_GOAL_EXACT_HEAD, SMALL, 1, BOTH(1.4), 0, 0, 0},
    {"e2e-tuned-decode", "", TERN_GOAL_OVER_UNTUNED, SMALL, 1, BOTH(1), 0, 0, 0},
    {"e2e-tuned-prefill", "", TERN_GOAL_OVER_UNTUNED, SMALL, 128, BOTH(1), 0, 0, 0},
    {"e2e-untuned-decode", "", TERN_GOAL_UNTUNED, SMALL, 1, BOTH(0.95), 0, 0, 0},
    {"e2e-untuned-prefill", "", TERN_GOAL_UNTUNED, SMALL, 128, BOTH(0.95), 0, 0, 0},
    {"e2e-i2s-decode", "", TERN_GOAL_OVER_I2S, SMALL, 1, BOTH(1), 0, 0, 0},
    {"e2e-i2s-prefill", "", TERN_GOAL_OVER_I2S, SMALL, 128, BOTH(1), 0, 0, 0},
    {"e2e-long-prefill-2048", "", TERN_GOAL_LONG_PREFILL, LARGE, 2048, BOTH(0.75), 0, 0, 120},
    {"e2e-long-prefill-4096", "", TERN_GOAL_LONG_PREFILL, LARGE, 4096, BOTH(0.6), 0, 0, 240},
    {"e2e-long-decode-4096", "", TERN_GOAL_LONG_DECODE, LARGE, 4096, BOTH(0.6), 0, 0, 60},
    {"tune-seconds", "s", TERN_GOAL_TUNE_SECONDS, SMALL, 1, BOTH(20), 1, 0, 150},
    {"tune-loss-decode", "", TERN_GOAL_TUNE_LOSS, SMALL, 1, BOTH(0.02), 1, 0, 150},
    {"tune-loss-prefill", "", TERN_GOAL_TUNE_LOSS, SMALL, 128, BOTH(0.02), 1, 0, 150},
};

const struct tern_goal *tern_goals(size_t *count) {
    *count = sizeof goals / sizeof *goals;
    return goals;
}

/* A limit that one value is on the right side of. */
static enum tern_status alone(const struct tern_goal *g, double goal, double value) {
    return (g->most ? value <= goal : value >= goal) ? TERN_OK : TERN_CHECK_FAILED;
}

static enum tern_status verdict_of(const struct tern_goal *g, double goal,
                                   const struct tern_goal_seen *seen) {
    const struct tern_estimate *v = &seen->value;
    if (v->n && seen->alone) return alone(g, goal, v->median);
    if (!v->n || isnan(v->ci_lo)) return TERN_INCONCLUSIVE;
    if (g->range > 0) {
        if (v->ci_lo >= goal && v->ci_hi <= g->range) return TERN_OK;
        return v->ci_hi < goal || v->ci_lo > g->range ? TERN_CHECK_FAILED : TERN_INCONCLUSIVE;
    }
    if (g->most ? v->ci_hi <= goal : v->ci_lo >= goal) return TERN_OK;
    if (g->most ? v->ci_lo > goal : v->ci_hi < goal) return TERN_CHECK_FAILED;
    return seen->same && !g->most && goal <= 1 ? TERN_OK : TERN_INCONCLUSIVE;
}

void tern_goal_judge(const struct tern_goal *g, enum tern_target_class c, struct tern_goal_seen *out) {
    out->verdict = verdict_of(g, g->goal[c], out);
}

enum tern_status tern_goal_measure(struct tern_goal_run *r, const struct tern_goal *g,
                                   struct tern_goal_seen *out, struct tern_error *e) {
    enum tern_status s;
    memset(out, 0, sizeof *out);
    out->value.ci_lo = out->value.ci_hi = NAN;
    switch (g->kind) {
    case TERN_GOAL_DECODE:
    case TERN_GOAL_PREFILL:
    case TERN_GOAL_LINEAR:
        s = tern_goal_share(r, g, out, e);
        break;
    case TERN_GOAL_LONG_PREFILL:
    case TERN_GOAL_LONG_DECODE:
        s = tern_goal_long(r, g, out, e);
        break;
    case TERN_GOAL_START:
        s = tern_goal_start(r, g, out, e);
        break;
    case TERN_GOAL_TUNE_SECONDS:
    case TERN_GOAL_TUNE_LOSS:
        s = tern_goal_tune(r, g, out, e);
        break;
    default:
        s = tern_goal_pair(r, g, out, e);
    }
    tern_goal_judge(g, r->o.class, out);
    return s;
}
