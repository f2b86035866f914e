/* Goals of one engine: shares of ceilings, and what the linear layers take of what the tuner promised. */
#define _GNU_SOURCE
#include "harness/timing/e2e.h"
#include "harness/timing/goals_internal.h"

#include <math.h>
#include <stdio.h>

static enum tern_status measure(struct tern_goal_run *r, const struct tern_goal *g, struct tern_error *e) {
    static const size_t prompts[2] = {128, 512};
    const struct tern_e2e_options o = {.prompts = prompts,
                                       .prompt_count = 2,
                                       .generate = TERN_GOAL_DECODED,
                                       .threads = &r->o.threads,
                                       .thread_count = 1,
                                       .rounds = r->o.rounds,
                                       .seed = r->o.seed,
                                       .ceilings = 1,
                                       .peak = tern_target_peak(r->o.class),
                                       .linear_runs = TERN_GOAL_RUNS,
                                       .engine = {.kv = TERN_KV_F16,
                                                  .head = TERN_HEAD_Q6_K,
                                                  .wisdom = r->o.wisdom,
                                                  .races = r->o.races,
                                                  .quiet = 1}};
    struct tern_model *m;
    size_t count;
    if (r->row) return TERN_OK;
    const enum tern_status s = tern_goal_model(r, g, &m, e);
    return s != TERN_OK ? s : tern_e2e_run(m, &o, &r->row, &count, e);
}

static void of_ceiling(const struct tern_e2e_row *row, struct tern_goal_seen *out) {
    if (!row->share.n) {
        snprintf(out->why, sizeof out->why, "%s", row->why_no_share);
        return;
    }
    out->value = row->share;
    snprintf(out->detail, sizeof out->detail, "median %.1f tok/s; %s %.1f %s; %s", row->rate.median,
             row->ceiling_name, row->ceiling.median, row->decode ? "GB/s" : "GMAC/s",
             row->decode ? row->facts.decode_plan : row->facts.prefill_plan);
}

static void of_promise(const struct tern_goal *g, const struct tern_e2e_row *row,
                       struct tern_goal_seen *out) {
    if (!row->linear.n || isnan(row->predicted)) {
        snprintf(out->why, sizeof out->why, "%s: run tern tune --model synth:%s first",
                 row->why_no_prediction, g->model);
        return;
    }
    out->value = row->linear;
    out->value.median /= row->predicted;
    out->value.mad /= row->predicted;
    out->value.min /= row->predicted;
    out->value.ci_lo /= row->predicted;
    out->value.ci_hi /= row->predicted;
    snprintf(out->detail, sizeof out->detail,
             "predicted %.3f ms/token (sum of medians, timed with %zu token%s), measured median %.3f, %.0f "
             "%% of it barriers",
             1e3 * row->predicted, row->tuned_n, row->tuned_n == 1 ? "" : "s", 1e3 * row->linear.median,
             100 * row->linear_waited);
}

enum tern_status tern_goal_share(struct tern_goal_run *r, const struct tern_goal *g,
                                 struct tern_goal_seen *out, struct tern_error *e) {
    const enum tern_status s = measure(r, g, e);
    if (s != TERN_OK) return s;
    const struct tern_e2e_row *row = &r->row[g->tokens == 128 ? 0 : g->tokens == 512 ? 1 : 2];
    if (g->kind == TERN_GOAL_LINEAR)
        of_promise(g, row, out);
    else
        of_ceiling(row, out);
    return TERN_OK;
}
