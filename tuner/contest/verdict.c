#define _GNU_SOURCE
#include "tuner/contest/phases.h"

#include "measure/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Share of a ceiling, round by round: `amount` per call at the ceiling's ns per unit, over the time it took.
 */
static struct tern_ratio share(const struct tern_final *d, size_t candidate, size_t ceiling, double amount) {
    struct tern_ratio none = {.median = NAN, .ci_lo = NAN, .ci_hi = NAN};
    double *ideal = ceiling ? malloc((d->rounds + 1) * sizeof *ideal) : NULL;
    if (!ideal) return none;
    for (size_t r = 0; r < d->rounds; r++) ideal[r] = amount * d->ns[ceiling * d->room + r];
    none = tern_ratio_of(ideal, d->ns + candidate * d->room, d->rounds);
    free(ideal);
    return none;
}

/* ns per byte or multiply-add -> G per second. */
static void ceiling_seen(const struct tern_final *d, size_t ceiling, const struct tern_ceiling *c,
                         const char *why, struct tern_ceiling_seen *out) {
    snprintf(out->why, sizeof out->why, "%s", why);
    double *rate = ceiling ? malloc((d->rounds + 1) * sizeof *rate) : NULL;
    if (!rate) return;
    for (size_t r = 0; r < d->rounds; r++) rate[r] = 1 / d->ns[ceiling * d->room + r];
    out->est = tern_estimate_of(rate, d->rounds);
    snprintf(out->name, sizeof out->name, "%s", tern_ceiling_name(c));
    free(rate);
}

static struct tern_ratio over(const struct tern_final *d, size_t candidate, size_t base, int known) {
    if (known) return tern_final_ratio(d, candidate, base);
    return (struct tern_ratio){.median = NAN, .ci_lo = NAN, .ci_hi = NAN};
}

void tern_outcome_insert(struct tern_outcome *out, const struct tern_leader *st) {
    if (out->standings == TERN_MAX_STANDINGS) return;
    size_t at = out->standings++;
    for (; at > 0 && out->standing[at - 1].est.median > st->est.median; at--)
        out->standing[at] = out->standing[at - 1];
    out->standing[at] = *st;
}

static void add_standing(struct tern_contest *c, const struct tern_final *d,
                         const struct tern_final_roles *roles, size_t i, struct tern_outcome *out) {
    const struct tern_member *m = &c->member[roles->member[i]];
    if (!d->estimate[i].n) return;
    struct tern_leader st = {.variant = m->variant,
                             .is_default = i == TERN_FINAL_DEFAULT,
                             .is_winner = i == d->winner,
                             .is_baseline = i > 0 && (roles->f16 == i || roles->i2s == i),
                             .est = d->estimate[i],
                             .over_default = d->ratio[i],
                             .bytes = (double)m->variant->format->bytes(c->problem.m, c->problem.k),
                             .macs = (double)c->problem.m * (double)c->problem.k * (double)c->problem.n};
    memcpy(st.param, m->param, sizeof st.param);
    st.samples = d->rounds < TERN_MAX_SAMPLES ? d->rounds : TERN_MAX_SAMPLES;
    memcpy(st.sample, d->ns + i * d->room, st.samples * sizeof *st.sample);
    const int finalist = i < TERN_FINAL_CHALLENGER + roles->challengers;
    st.ipc = st.llc_misses = NAN;
    if (finalist && c->s->o->objective == TERN_OBJECTIVE_TIME) {
        const struct tern_guide_counts counts = tern_contest_count(c, roles->member[i], st.est.median);
        st.ipc = counts.instructions / counts.cycles;
        st.llc_misses = counts.llc_misses;
    }
    const int has_i2s = roles->i2s || !strcmp(c->member[roles->member[0]].variant->format->name, "i2s");
    st.over_f16 = over(d, i, roles->f16, roles->f16 != 0);
    st.over_i2s = over(d, i, roles->i2s, has_i2s);
    st.of_read = share(d, i, roles->read, st.bytes);
    st.of_int8 = share(d, i, m->variant->act == TERN_ACT_I8 ? roles->int8 : 0, st.macs);
    tern_outcome_insert(out, &st);
}

/* Of a candidate of the final, compared with another. */
static void write_entry(const struct tern_contest *c, const struct tern_final *d,
                        const struct tern_final_roles *roles, size_t i, size_t over,
                        struct tern_wisdom_entry *en) {
    const struct tern_member *w = &c->member[roles->member[i]], *base = &c->member[roles->member[over]];
    const struct tern_estimate *est = &d->estimate[i];
    const struct tern_ratio r = tern_final_ratio(d, i, over);
    *en = (struct tern_wisdom_entry){.problem = c->problem,
                                     .objective = "",
                                     .median_ns = est->median,
                                     .ci_lo_ns = est->ci_lo,
                                     .ci_hi_ns = est->ci_hi,
                                     .n = est->n,
                                     .ratio = r.median,
                                     .ratio_lo = r.ci_lo,
                                     .ratio_hi = r.ci_hi,
                                     .behind = NAN,
                                     .behind_lo = NAN,
                                     .behind_hi = NAN,
                                     .complete = d->complete,
                                     .tie = d->tie};
    memcpy(en->param, w->param, sizeof en->param);
    snprintf(en->objective, sizeof en->objective, "%s", tern_objective_name(c->s->o->objective));
    snprintf(en->variant, sizeof en->variant, "%s", w->variant->name);
    tern_wisdom_name(base->variant, base->param, en->base, sizeof en->base);
    snprintf(en->effort, sizeof en->effort, "%s", c->effort->name);
    snprintf(en->code, sizeof en->code, "%s", tern_variant_code_key(w->variant));
    tern_utc_text(en->date, sizeof en->date);
}

/* The best of the others that might have won. */
static void write_second(const struct tern_contest *c, const struct tern_final *d,
                         const struct tern_final_roles *roles, struct tern_wisdom_entry *en) {
    struct tern_ratio best = {.median = NAN, .ci_lo = NAN, .ci_hi = NAN};
    size_t second = SIZE_MAX;
    for (size_t i = 0; i < TERN_FINAL_CHALLENGER + roles->challengers; i++) {
        if (i == d->winner || i == TERN_FINAL_TWIN || !d->estimate[i].n) continue;
        const struct tern_ratio r = tern_final_ratio(d, i, d->winner);
        if (r.n && (second == SIZE_MAX || r.median < best.median)) best = r, second = i;
    }
    en->margin = best.median, en->margin_lo = best.ci_lo, en->margin_hi = best.ci_hi;
    if (second == SIZE_MAX) return;
    const struct tern_member *m = &c->member[roles->member[second]];
    tern_wisdom_name(m->variant, m->param, en->second, sizeof en->second);
}

/* The fastest candidate of the layout that candidate i has. */
static int is_best_of_layout(const struct tern_contest *c, const struct tern_final *d,
                             const struct tern_final_roles *roles, size_t i) {
    const struct tern_format *f = c->member[roles->member[i]].variant->format;
    for (size_t j = 0; j < TERN_FINAL_CHALLENGER + roles->challengers; j++)
        if (j != TERN_FINAL_TWIN && d->estimate[j].n && c->member[roles->member[j]].variant->format == f &&
            (d->ratio[j].median < d->ratio[i].median || (j < i && d->ratio[j].median == d->ratio[i].median)))
            return 0;
    return 1;
}

/* Beside the winner, in whose rounds they were: its time times the ratio of the two. */
static void write_layouts(const struct tern_contest *c, const struct tern_final *d,
                          const struct tern_final_roles *roles, struct tern_outcome *out) {
    const struct tern_format *own = c->member[roles->member[d->winner]].variant->format;
    const double ns = out->entry.median_ns;
    for (size_t i = 0; i < TERN_FINAL_CHALLENGER + roles->challengers; i++) {
        const struct tern_variant *v = c->member[roles->member[i]].variant;
        if (i == TERN_FINAL_TWIN || !d->estimate[i].n || v->format == own || !c->task->model[0]) continue;
        if (out->layouts == TERN_OUTCOME_LAYOUTS || !is_best_of_layout(c, d, roles, i)) continue;
        struct tern_wisdom_entry *en = &out->layout[out->layouts++];
        write_entry(c, d, roles, i, d->winner, en);
        en->median_ns = ns * en->ratio, en->ci_lo_ns = ns * en->ratio_lo, en->ci_hi_ns = ns * en->ratio_hi;
        en->of_layout = 1;
        en->margin = en->margin_lo = en->margin_hi = en->of_read = en->of_int8 = NAN;
        en->ipc = en->peak_ipc = en->llc_misses = NAN;
    }
}

static double share_of(const struct tern_final *d, size_t candidate, size_t ceiling, double amount) {
    const struct tern_ratio r = share(d, candidate, ceiling, amount);
    return r.n ? r.median : NAN;
}

void tern_verdict(struct tern_contest *c, const struct tern_final *d, const struct tern_final_roles *roles,
                  struct tern_outcome *out) {
    const size_t variants = d->count - (roles->read != 0) - (roles->int8 != 0);
    for (size_t i = 0; i < variants; i++)
        if (i != TERN_FINAL_TWIN) add_standing(c, d, roles, i, out);
    out->measured = 1;
    out->final_rounds = d->rounds;
    out->floor = d->floor;
    out->tie = d->tie;
    out->complete = d->complete;
    const char *hot = "the weights are hot: no cold read to compare with";
    ceiling_seen(d, roles->read, c->team->read, c->problem.regime == TERN_HOT ? hot : c->team->why_read,
                 &out->read);
    ceiling_seen(d, roles->int8, c->team->int8, c->team->why_int8, &out->int8);
    write_entry(c, d, roles, d->winner, TERN_FINAL_DEFAULT, &out->entry);
    write_second(c, d, roles, &out->entry);
    write_layouts(c, d, roles, out);
    snprintf(out->why_no_counters, sizeof out->why_no_counters, "%s", c->why_no_counters);
    out->entry.ipc = out->entry.peak_ipc = out->entry.llc_misses = NAN;
    out->entry.spared = out->spared;
    for (size_t i = 0; i < out->standings; i++) {
        if (!out->standing[i].is_winner) continue;
        out->entry.ipc = out->standing[i].ipc;
        if (!isnan(out->entry.ipc)) out->entry.peak_ipc = tern_contest_peak_ipc(c);
        out->entry.llc_misses =
            1000 * out->standing[i].llc_misses / ((double)c->problem.m * (double)c->problem.k);
    }
    const struct tern_variant *w = c->member[roles->member[d->winner]].variant;
    out->entry.of_read =
        share_of(d, d->winner, roles->read, (double)w->format->bytes(c->problem.m, c->problem.k));
    out->entry.of_int8 = share_of(d, d->winner, roles->int8,
                                  (double)c->problem.m * (double)c->problem.k * (double)c->problem.n);
}
