/* Baselines that the final has no place for: dense f32 and int8 by their libraries, and the other formats of
 * files. They are timed in a few rounds of their own, together with the default, so that both sides of a
 * ratio were there; and only where that is cheap. */
#include "tuner/contest/baselines.h"

#include "tuner/contest/phases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BASELINES = TERN_BASELINE_VARIANTS, ROUNDS = 7 };
#define COPY_NS_PER_BYTE 1.0 /* of the copies that weights rotate through, and of packing a dense matrix */

static int has_standing(const struct tern_outcome *out, const struct tern_variant *v) {
    for (size_t i = 0; i < out->standings; i++)
        if (out->standing[i].variant->format == v->format) return 1;
    return 0;
}

/* Its parameters as the search found them best, else the initial ones. */
static size_t member_of(struct tern_contest *c, const struct tern_found *f, const struct tern_variant *v) {
    for (size_t i = 0; i < f->ordered; i++)
        if (c->space.item[f->order[i]].variant->format == v->format) return f->order[i];
    return tern_contest_add(c, v, NULL, "");
}

double tern_contest_seconds_to_build(const struct tern_contest *c, const struct tern_variant *v) {
    const double bytes = (double)v->format->bytes(c->problem.m, c->problem.k);
    const double copies = c->problem.regime == TERN_HOT ? 0 : (double)c->s->fixture.cold_bytes;
    return 1e-9 * COPY_NS_PER_BYTE * (copies + 4 * bytes);
}

/* The baselines that there is time for; which[0] is the default. */
static size_t choose(struct tern_contest *c, const struct tern_found *f, const struct tern_outcome *out,
                     size_t *which) {
    size_t n = 0;
    which[n++] = c->fallback;
    for (size_t i = 0; i < BASELINES; i++) {
        const struct tern_variant *v = tern_baseline_variant(&c->problem, c->s->o->machine->usable, i);
        if (!v || has_standing(out, v) || !tern_fixture_proof(&c->s->fixture, v)) continue;
        if (tern_seconds_now() + tern_contest_seconds_to_build(c, v) > c->ends) continue;
        const size_t at = member_of(c, f, v);
        const double guess = tern_contest_guess(c, at); /* of one thread */
        if (!(tern_seconds_now() + 1e-9 * guess * ROUNDS / (double)c->problem.threads < c->ends)) continue;
        which[n++] = at;
    }
    return n;
}

enum tern_status tern_contest_baselines(struct tern_contest *c, const struct tern_found *f,
                                        struct tern_outcome *out, struct tern_error *e) {
    size_t which[BASELINES + 1], rounds = 0;
    double ns[BASELINES + 1], *all;
    if (c->s->o->objective != TERN_OBJECTIVE_TIME || c->was_done) return TERN_OK;
    const size_t n = choose(c, f, out, which);
    if (n == 1) return TERN_OK;
    all = malloc(n * ROUNDS * sizeof *all);
    if (!all) return tern_fail(e, TERN_NO_MEMORY, "tune: %s: out of memory", c->text);
    c->phase = "baselines";
    while (rounds < ROUNDS && (rounds == 0 || tern_seconds_now() < c->ends) &&
           tern_contest_round(c, rounds, which, n, ns, 0)) {
        for (size_t i = 0; i < n; i++) all[i * ROUNDS + rounds] = ns[i];
        rounds++;
    }
    for (size_t i = 1; i < n && rounds; i++) {
        const struct tern_member *m = &c->member[which[i]];
        struct tern_leader st = {
            .variant = m->variant,
            .is_baseline = 1,
            .est = tern_estimate_of(all + i * ROUNDS, rounds),
            .over_default = tern_ratio_of(all + i * ROUNDS, all, rounds),
            .samples = rounds,
            .bytes = (double)m->variant->format->bytes(c->problem.m, c->problem.k),
            .macs = (double)c->problem.m * (double)c->problem.k * (double)c->problem.n,
            .ipc = NAN,
            .llc_misses = NAN,
        };
        memcpy(st.param, m->param, sizeof st.param);
        memcpy(st.sample, all + i * ROUNDS, rounds * sizeof *all);
        if (st.est.n) tern_outcome_insert(out, &st);
    }
    free(all);
    return TERN_OK;
}
