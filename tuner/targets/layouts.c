#include "tuner/targets/layouts.h"

#include "measure/sampling/sampler.h"

#include <stdio.h>
#include <string.h>

#define LAYOUTS      24
#define ROUNDS       31
#define ROUNDS_LEAST 7
#define EPOCH        2e-2

struct layouts {
    const struct tern_format *format[LAYOUTS];
    size_t best[LAYOUTS], count;
};

/* Decode must have a kernel for it with instructions of this machine: else no plan chooses it. */
static int is_chosen(const struct tern_field *f, const struct tern_format *format) {
    const struct tern_problem *p = &f->problem;
    const struct tern_variant *v =
        tern_variant_static(f->fixture->machine->usable, TERN_ACT_I8, format, p->m, p->k, 1);
    return !format->in_files && v && v->isa;
}

static void list(const struct tern_field *f, struct layouts *l) {
    for (size_t i = 0; i < f->space.count && l->count < LAYOUTS; i++) {
        const struct tern_variant *v = f->space.item[i].variant;
        size_t j = 0;
        while (j < l->count && l->format[j] != v->format) j++;
        if (j == l->count && v->isa && is_chosen(f, v->format)) l->format[l->count++] = v->format;
    }
}

enum tern_status tern_target_layouts(struct tern_field *f, double goal, struct tern_target_seen *out,
                                     struct tern_error *e) {
    struct layouts l = {.count = 0};
    struct tern_alternative alt[LAYOUTS];
    enum tern_status s = TERN_OK;
    list(f, &l);
    if (l.count < 2) return tern_fail(e, TERN_UNSUPPORTED, "fewer than two layouts have vector kernels here");
    for (size_t i = 0; i < l.count && !s; i++) {
        s = tern_field_choose(f, l.format[i], &l.best[i], e);
        alt[i] = f->timed[l.best[i]];
        alt[i].calls = 0;
    }
    if (s) return s;
    const struct tern_sampler_options how = {.seed = f->fixture->seed + 1,
                                             .stop = f->stop,
                                             .epoch_seconds = EPOCH,
                                             .own_calls = 1,
                                             .warmup = TERN_WARMUP_ONE,
                                             .rounds_min = ROUNDS,
                                             .rounds_max = ROUNDS};
    struct tern_comparison c;
    double fast[ROUNDS], slow[ROUNDS], rate[ROUNDS];
    if ((s = tern_compare(alt, l.count, &how, &c, e))) return s;
    size_t best = 0, worst = 0;
    for (size_t i = 1; i < l.count; i++) {
        if (c.estimate[i].median < c.estimate[best].median) best = i;
        if (c.estimate[i].median > c.estimate[worst].median) worst = i;
    }
    const struct tern_problem *p = &f->problem;
    const double macs = (double)p->m * (double)p->k * (double)p->n;
    tern_comparison_samples(&c, best, fast);
    tern_comparison_samples(&c, worst, slow);
    for (size_t r = 0; r < c.rounds; r++) rate[r] = macs / fast[r];
    if (c.rounds < ROUNDS_LEAST) {
        s = tern_fail(e, TERN_INCONCLUSIVE, "stopped");
    } else {
        const struct tern_candidate *its = &f->space.item[l.best[worst]];
        out->variant = its->variant;
        memcpy(out->param, its->param, sizeof out->param);
        out->ns = tern_estimate_of(slow, c.rounds);
        out->ceiling = tern_estimate_of(rate, c.rounds);
        out->share = tern_ratio_of(fast, slow, c.rounds);
        out->verdict = tern_target_verdict(&out->share, goal);
        snprintf(out->ceiling_name, sizeof out->ceiling_name, "the best of %zu layouts, %s", l.count,
                 l.format[best]->name);
    }
    tern_comparison_free(&c);
    return s;
}
