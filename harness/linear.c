/* The linear layers of a step: tokens quantised, matrices multiplied, epilogues applied block by block. */
#include "harness/internal.h"

#include <string.h>

static int same_prep(const struct tern_plan *a, const struct tern_plan *b) {
    return a && a->variant->prep == b->variant->prep && !memcmp(a->param, b->param, sizeof a->param);
}

/* Tokens that one call of every product may take, at most `left`. */
static size_t chunk_of(const struct product *g, size_t count, size_t left) {
    for (size_t i = 0; i < count; i++) {
        const size_t most = tern_engine_plan_for(g[i].p->plan, left)->variant->n_max;
        if (most < left) return chunk_of(g, count, most);
    }
    return left;
}

static size_t cut_of(const struct tern_variant *v, const struct tern_epilogue *ep) {
    return ep->pair ? 2 * ep->pair : v->row_step;
}

size_t tern_engine_block_words(const struct tern_engine *en, const struct shape_plan *sp, size_t n) {
    const struct tern_variant *v = tern_engine_plan_for(sp, n)->variant;
    return tern_fused_words(v, sp->m, tern_min(n, v->n_max), v->row_step, 2, en->block_bytes);
}

static void run_share(const struct step *st, size_t w, const struct product *g, const struct tern_plan *plan,
                      const struct tern_call *c, size_t t0) {
    const struct tern_engine *en = st->en;
    const struct tern_fused f = {en->epilogue, en->worker[w].block, en->block_bytes, en->worker[w].local};
    struct tern_epilogue ep = g->ep;
    for (size_t i = 0; i < ep.segments; i++) ep.segment[i].dst += t0 * ep.ld;
    struct tern_call up = *c;
    if (g->up) up.w = g->up->w;
    size_t from, to;
    tern_share(c->w.m, cut_of(plan->variant, &ep), w, en->threads, &from, &to);
    tern_variant_run_fused(plan->variant, c, g->up ? &up : NULL, &ep, &f, from, to);
}

/* Tokens [t0, t0 + n). */
static void multiply_chunk(const struct step *st, size_t w, const struct product *g, size_t count,
                           const struct tern_tokens *all, size_t t0, size_t n) {
    struct tern_engine *en = st->en;
    struct tern_tokens x = *all;
    x.n = n;
    x.q += t0 * x.stride;
    x.sum += t0;
    x.inv += t0;
    const struct tern_plan *prepared = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct tern_plan *plan = tern_engine_plan_for(g[i].p->plan, n);
        const struct tern_prep *prep = plan->variant->prep;
        struct tern_call c = {.w = g[i].p->w, .x = &x, .shared = en->shared};
        memcpy(c.param, plan->param, sizeof c.param);
        if (!same_prep(prepared, plan) && prep->shared_bytes(&c)) {
            if (i || t0) tern_pool_barrier(en->pool); /* the table of the former call is still being read */
            prep->run(&c, w, en->threads);
            tern_pool_barrier(en->pool);
            prepared = plan;
        }
        run_share(st, w, &g[i], plan, &c, t0);
    }
}

void tern_engine_multiply(const struct step *st, size_t w, const struct product *g, size_t count,
                          const struct tern_tokens *x) {
    for (size_t t0 = 0, n; t0 < st->n; t0 += n) {
        n = chunk_of(g, count, st->n - t0);
        multiply_chunk(st, w, g, count, x, t0, n);
    }
}

const struct tern_tokens *tern_engine_activate(const struct step *st, size_t w, const float *src, size_t ld,
                                               size_t k, const float *weight) {
    const struct tern_engine *en = st->en;
    struct worker *self = &en->worker[w];
    const float eps = en->model->hp.eps;
    const int alone = st->n == 1;
    struct tern_tokens *x = alone ? &self->one : &self->many;
    if (!alone) *x = en->tokens;
    x->n = st->n;
    x->k = k;
    x->stride = tern_token_stride(k);
    size_t from = 0, to = 1;
    if (!alone) tern_share(st->n, 1, w, en->threads, &from, &to);
    for (size_t t = from; t < to; t++)
        en->epilogue->norm_quantise(src + t * ld, weight, k, eps, x->stride, x->q + t * x->stride, x->sum + t,
                                    x->inv + t);
    if (!alone) tern_pool_barrier(en->pool);
    return x;
}
