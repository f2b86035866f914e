/* Counters of a candidate: one pass of its own outside the timed rounds, kept in the journal so that a
 * resumed search takes the same way. */
#include "tuner/contest/contest.h"

#include "base/hash.h"
#include "measure/clock.h"
#include "measure/counters/counters.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PASS_NS 5e6

/* One pass of a work whose call takes about `ns`; where nothing can be counted, c->why_no_counters tells. */
static struct tern_guide_counts count(struct tern_contest *c, tern_work_fn work, void *ctx, double ns) {
    struct tern_counter_group g;
    struct tern_counted counted;
    struct tern_error e = {{0}};
    const struct tern_count_work w = {.work = work,
                                      .ctx = ctx,
                                      .calls = ns > 0 && ns < PASS_NS ? (uint64_t)(PASS_NS / ns) : 1,
                                      .pool = c->team->pool,
                                      .bytes = NAN,
                                      .weights = (double)c->problem.m * (double)c->problem.k,
                                      .macs = NAN,
                                      .read_peak = NAN,
                                      .mac_peak = NAN};
    enum tern_status s = tern_group_find("guide", &g, &e);
    if (!s) s = tern_count_group(&g, &w, &counted, &e);
    if (!s) return tern_guide_take(&g, &counted);
    snprintf(c->why_no_counters, sizeof c->why_no_counters, "%.255s", e.text);
    return tern_guide_nothing;
}

/* The same through the journal. ctx NULL: all rounds were replayed, nothing was built to count. */
static struct tern_guide_counts remembered(struct tern_contest *c, const struct tern_journal_key *key,
                                           tern_work_fn work, void *ctx, double ns) {
    static const char *const names[3] = {"cycles", "instructions", "l3_misses"};
    double value[3];
    if (tern_journal_find(c->s->journal, key, names, value, 3))
        return (struct tern_guide_counts){value[0], value[1], value[2]};
    if (!ctx) return tern_guide_nothing;
    const double begun = tern_seconds_now();
    const struct tern_guide_counts seen = count(c, work, ctx, ns);
    if (c->why_no_counters[0] || c->failure) return seen;
    value[0] = seen.cycles, value[1] = seen.instructions, value[2] = seen.llc_misses;
    c->failure = tern_journal_add(c->s->journal, key, names, value, 3, tern_seconds_now() - begun, &c->error);
    return seen;
}

/* 1 when counters are refused here, or were before. */
static int refused(struct tern_contest *c) {
    const char *why = tern_counters_why_not();
    if (why) snprintf(c->why_no_counters, sizeof c->why_no_counters, "%.255s", why);
    return c->why_no_counters[0] != 0;
}

struct tern_guide_counts tern_contest_count(struct tern_contest *c, size_t i, double ns) {
    const struct tern_member *m = &c->member[i];
    if (refused(c) || !m->variant) return tern_guide_nothing;
    const char *code = tern_variant_code_key(m->variant);
    const uint64_t h = tern_hash(TERN_HASH_START, m->name, strlen(m->name) + 1);
    const struct tern_journal_key key = {c->text, "counters", i, tern_hash(h, code, strlen(code))};
    return remembered(c, &key, tern_trial_run, m->trial, ns);
}

double tern_contest_peak_ipc(struct tern_contest *c) {
    if (c->peak_counted || refused(c) || !c->team->int8) return c->peak_ipc;
    const struct tern_journal_key key = {c->text, "peak counters", 0, 0};
    const double ns = c->int8_ns * tern_ceiling_work(c->team->int8);
    const struct tern_guide_counts seen = remembered(c, &key, tern_ceiling_run, c->team->int8, ns);
    c->peak_counted = 1;
    return c->peak_ipc = seen.instructions / seen.cycles;
}
