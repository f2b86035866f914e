/* What the linear layers read: the step's tokens, normed and quantised. */
#include "harness/internal.h"
#include "harness/step.h"

#include <string.h>

#define TOGETHER 16 /* tokens whose factors are computed before the first of them is quantised */

static void quantise(const struct tern_engine *en, const struct input *in, const float *weight,
                     const float *factor, const struct tern_tokens *x, size_t t, size_t count) {
    for (size_t i = 0; i < count; i++, t++)
        en->epilogue->quantise(in->src + t * in->ld, weight, factor[i], in->k, x->stride,
                               x->q + t * x->stride, x->sum + t, x->inv + t);
}

static void as_floats(const struct tern_engine *en, const struct input *in, const float *weight,
                      const struct tern_tokens *x, size_t t, size_t count) {
    for (size_t i = 0; i < count; i++, t++) {
        float *f = x->f + t * x->fstride;
        en->ops->norm(in->src + t * in->ld, weight, in->k, en->model->hp.eps, f);
        memset(f + in->k, 0, (tern_round_up(in->k, 64) - in->k) * sizeof *f);
    }
}

/* Tokens [t, t + count), at most TOGETHER. */
static void activate(const struct tern_engine *en, struct worker *self, const struct input *in,
                     const float *weight, struct forms forms, const struct tern_tokens *x, size_t t,
                     size_t count) {
    float factor[TOGETHER] = {0};
    if (forms.floats) as_floats(en, in, weight, x, t, count);
    for (size_t i = 0; i < count && forms.quantised && weight; i++)
        factor[i] = en->epilogue->norm_factor(in->src + (t + i) * in->ld, in->k, en->model->hp.eps);
    tern_profile_lap(&self->profile, TERN_SPENT_NORM);
    if (forms.quantised) quantise(en, in, weight, factor, x, t, count);
    tern_profile_lap(&self->profile, TERN_SPENT_QUANTISE);
}

/* A token that is normed twice: by the norm of its block, then by the layer's own. */
static void activate_twice(const struct tern_engine *en, struct worker *self, const struct input *in,
                           const float *own, struct forms forms, const struct tern_tokens *x, size_t t) {
    en->ops->norm(in->src + t * in->ld, in->norm, in->k, en->model->hp.eps, self->normed);
    const struct input normed = {self->normed, 0, in->k, NULL};
    activate(en, self, &normed, own, forms, x, t, 1);
}

const struct tern_tokens *tern_engine_activate(const struct step *st, size_t w, const struct input *in,
                                               const float *own, struct forms forms) {
    const struct tern_engine *en = st->en;
    struct worker *self = &en->worker[w];
    const int alone = st->n == 1;
    struct tern_tokens *x = alone ? &self->one : &self->many;
    if (!alone) *x = en->tokens;
    x->n = st->n;
    x->k = in->k;
    x->stride = tern_token_stride(in->k);
    size_t from = 0, to = 1;
    if (!alone) tern_share(st->n, 1, w, en->threads, &from, &to);
    for (size_t t = from, count; t < to; t += count) {
        count = own && in->norm ? 1 : tern_min(TOGETHER, to - t);
        if (own && in->norm)
            activate_twice(en, self, in, own, forms, x, t);
        else
            activate(en, self, in, own ? own : in->norm, forms, x, t, count);
    }
    if (alone) return x;
    tern_pool_barrier(en->pool);
    tern_profile_lap(&self->profile, TERN_SPENT_WAIT);
    return x;
}
