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

static void forget(struct tern_guide_facts *f) {
    f->cycles = f->instructions = f->llc_misses = NAN;
}

static void count(struct tern_contest *c, const struct tern_member *m, double ns,
                  struct tern_guide_facts *f) {
    struct tern_counter_group g;
    struct tern_counted counted;
    struct tern_trial_facts t;
    struct tern_error e = {{0}};
    tern_trial_facts(m->trial, &t);
    const struct tern_count_work w = {.work = tern_trial_run,
                                      .ctx = m->trial,
                                      .calls = ns > 0 && ns < PASS_NS ? (uint64_t)(PASS_NS / ns) : 1,
                                      .pool = c->team->pool,
                                      .bytes = (double)t.weight_bytes,
                                      .weights = (double)c->problem.m * (double)c->problem.k,
                                      .macs = t.macs,
                                      .read_peak = NAN,
                                      .mac_peak = NAN};
    enum tern_status s = tern_group_find("guide", &g, &e);
    if (!s) s = tern_count_group(&g, &w, &counted, &e);
    if (s)
        snprintf(c->why_no_counters, sizeof c->why_no_counters, "%.255s", e.text);
    else
        tern_guide_take(f, &g, &counted);
}

void tern_contest_count(struct tern_contest *c, size_t i, double ns, struct tern_guide_facts *f) {
    static const char *const names[3] = {"cycles", "instructions", "l3_misses"};
    struct tern_member *m = &c->member[i];
    const char *why = tern_counters_why_not();
    forget(f);
    if (why) snprintf(c->why_no_counters, sizeof c->why_no_counters, "%.255s", why);
    if (why || !m->variant || c->why_no_counters[0]) return;
    const char *code = tern_variant_code_key(m->variant);
    const uint64_t h = tern_hash(TERN_HASH_START, m->name, strlen(m->name) + 1);
    const struct tern_journal_key key = {c->text, "counters", i, tern_hash(h, code, strlen(code))};
    double value[3];
    if (tern_journal_find(c->s->journal, &key, names, value, 3)) {
        f->cycles = value[0], f->instructions = value[1], f->llc_misses = value[2];
        return;
    }
    if (!m->trial) return; /* all its rounds were replayed: nothing was built to count */
    const double begun = tern_seconds_now();
    count(c, m, ns, f);
    if (c->why_no_counters[0] || c->failure) return;
    value[0] = f->cycles, value[1] = f->instructions, value[2] = f->llc_misses;
    c->failure =
        tern_journal_add(c->s->journal, &key, names, value, 3, tern_seconds_now() - begun, &c->error);
}
