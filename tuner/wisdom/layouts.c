#include "tuner/wisdom/layouts.h"

#include "tuner/wisdom/mix.h"

#include <math.h>
#include <string.h>

static double weighted(double tokens, double ns) {
    return tokens > 0 ? tokens * ns : 0;
}

double tern_layout_cost(const struct tern_layout_time *t, const struct tern_mix *mix) {
    const struct tern_mix m = tern_mix_said(mix) ? *mix : (struct tern_mix){1, 1};
    return weighted(m.prompt, t->prefill_ns) + weighted(m.generated, t->decode_ns);
}

size_t tern_layout_choose(const struct tern_layout_time *t, size_t count, size_t fallback,
                          const struct tern_mix *mix) {
    size_t best = fallback;
    double least = TERN_LAYOUT_GAIN * tern_layout_cost(&t[fallback], mix);
    for (size_t i = 0; i < count; i++) {
        const double cost = tern_layout_cost(&t[i], mix);
        if (cost < least || (isnan(least) && !isnan(cost))) best = i, least = cost;
    }
    return best;
}

/* Nanoseconds per token in this layout, where the winner of the problem is `winner`. */
static double token_ns(const struct tern_wisdom *w, uint32_t usable, const struct tern_wisdom_entry *winner,
                       const struct tern_format *format) {
    const struct tern_problem *p = &winner->problem;
    const struct tern_wisdom_entry *own = tern_wisdom_nearest(w, usable, p, format);
    const double n = (double)p->n;
    if (own && own->problem.n == p->n && own->problem.regime == p->regime) return own->median_ns / n;
    int param[TERN_MAX_PARAMS];
    const struct tern_variant *base = tern_wisdom_named(winner->base, param);
    const int told = base && base->format == format && winner->ratio > 0 &&
                     tern_variant_fits(base, usable, p->m, p->k, p->n, NULL);
    return told ? winner->median_ns / winner->ratio / n : NAN;
}

static int seen(const struct tern_layout_time *t, size_t count, const struct tern_format *format) {
    for (size_t i = 0; i < count; i++)
        if (t[i].format == format) return 1;
    return 0;
}

size_t tern_layout_times(const struct tern_wisdom *w, uint32_t usable, const struct tern_problem *decode,
                         const struct tern_problem *prefill, struct tern_layout_time *out) {
    const struct tern_wisdom_entry *one = tern_wisdom_nearest(w, usable, decode, NULL),
                                   *many = prefill ? tern_wisdom_nearest(w, usable, prefill, NULL) : NULL;
    size_t variants, count = 0;
    const struct tern_variant *all = tern_variants(&variants);
    for (size_t i = 0; one && i < variants && count < TERN_MAX_LAYOUTS; i++) {
        const struct tern_format *f = all[i].format;
        if (all[i].act != TERN_ACT_I8 || seen(out, count, f)) continue;
        const struct tern_layout_time t = {f, token_ns(w, usable, one, f),
                                           many ? token_ns(w, usable, many, f) : NAN};
        if (!isnan(t.decode_ns)) out[count++] = t;
    }
    return count;
}

static size_t place_of(const struct tern_layout_time *t, size_t count, const struct tern_variant *v) {
    size_t i = 0;
    while (i < count && (!v || t[i].format != v->format)) i++;
    return i;
}

const struct tern_format *tern_layout_for(const struct tern_wisdom *w, uint32_t usable,
                                          const struct tern_problem *decode,
                                          const struct tern_problem *prefill) {
    struct tern_layout_time t[TERN_MAX_LAYOUTS];
    const struct tern_wisdom_entry *one = tern_wisdom_nearest(w, usable, decode, NULL);
    const size_t count = tern_layout_times(w, usable, decode, prefill, t);
    if (!one || !count) return NULL;
    static const struct tern_mix decode_only = {0, 1};
    const struct tern_mix *mix = prefill ? &w->mix : &decode_only;
    struct tern_plan usual;
    if (tern_plan_default(w, usable, decode, NULL, &usual, NULL) != TERN_OK) usual.variant = NULL;
    const size_t winner = place_of(t, count, tern_variant_named(one->variant)),
                 fallback = place_of(t, count, usual.variant);
    if (winner == count) return NULL;
    const int known = fallback < count && !isnan(tern_layout_cost(&t[fallback], mix));
    return t[tern_layout_choose(t, count, known ? fallback : winner, mix)].format;
}
