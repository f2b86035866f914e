/* The linear layers of a step: tokens quantised, matrices multiplied, epilogues applied block by block. */
#include "harness/internal.h"

#include "kernels/split.h"

#include <string.h>

static int same_prep(const struct tern_plan *a, const struct tern_plan *b) {
    return a && a->variant->prep == b->variant->prep && !memcmp(a->param, b->param, sizeof a->param);
}

/* Tokens that one call of every product may take, at most `left`. */
static size_t chunk_of(const struct product *g, size_t count, size_t left) {
    for (size_t i = 0; i < count; i++) {
        const size_t most = tern_engine_plan_for(g[i].p->piece->plan, left)->variant->n_max;
        if (most < left) return chunk_of(g, count, most);
    }
    return left;
}

static size_t cut_of(const struct tern_variant *v, size_t pair) {
    return pair ? 2 * pair : v->row_step;
}

int tern_engine_splits(const struct piece *p) {
    return p->plan->bucket[0].param[TERN_P_SPLIT] == TERN_SPLIT_K;
}

size_t tern_engine_block_words(const struct tern_engine *en, const struct piece *p, size_t n) {
    const struct tern_variant *v = tern_engine_plan_for(p->plan, n)->variant;
    const size_t matrices = p->role[0] == TERN_GATE && !p->pair ? 2 : 1;
    return tern_fused_words(v, p->m, tern_min(n, v->n_max), cut_of(v, p->pair), matrices, en->block_bytes);
}

static void run_share(const struct step *st, size_t w, const struct product *g, const struct tern_plan *plan,
                      const struct tern_call *c, size_t t0) {
    const struct tern_engine *en = st->en;
    const struct tern_fused f = {.ops = en->epilogue,
                                 .block = en->worker[w].block,
                                 .block_bytes = en->block_bytes,
                                 .local = en->worker[w].local};
    struct tern_epilogue ep = g->ep;
    for (size_t i = 0; i < ep.segments; i++) ep.segment[i].dst += t0 * ep.ld;
    struct tern_call up = *c;
    if (g->up) up.w = g->up->w;
    const struct tern_variant *v = plan->variant;
    for (size_t i = 0; i < g->owns; i++)
        tern_variant_run_fused(v, c, NULL, &ep, &f, g->own[i].from / v->row_step * v->row_step,
                               tern_min(tern_round_up(g->own[i].to, v->row_step), c->w.m));
    if (g->by_heads) return;
    size_t from, to;
    tern_share(c->w.m, cut_of(v, ep.pair), w, en->threads, &from, &to);
    tern_variant_run_fused(v, c, g->up ? &up : NULL, &ep, &f, from, to);
}

/* Partial sums of one matrix of a group, of all workers. */
static int32_t *sums_of(const struct tern_engine *en, size_t matrix) {
    return en->sums + matrix * en->threads_decode * en->sum_stride;
}

/* This worker's slice of K, all rows, then its rows of everybody's sums. The sums of a group's products lie
 * apart, and before the next group begins there is a barrier, so nothing is overwritten that is still read.
 */
static void run_slice(const struct step *st, size_t w, const struct product *g, const struct tern_call *c,
                      size_t matrix) {
    const struct tern_engine *en = st->en;
    const struct tern_variant *v = g->p->piece->plan->bucket[0].variant;
    struct tern_fused f = {.ops = en->epilogue,
                           .block = en->worker[w].block,
                           .block_bytes = en->block_bytes,
                           .slices = en->threads,
                           .sum_stride = en->sum_stride};
    struct tern_call up = *c;
    if (g->up) up.w = g->up->w;
    void *scratch = en->worker[w].slice;
    tern_slice_prepare(v, c, w, en->threads, scratch);
    for (size_t i = 0; i < (g->up ? 2 : 1); i++) {
        int32_t *sums = sums_of(en, matrix + i);
        tern_slice_run(v, i ? &up : c, w, en->threads, 0, c->w.m, scratch, sums + w * en->sum_stride);
        f.sums[i] = sums;
    }
    tern_pool_barrier(en->pool);
    size_t from, to;
    tern_share(c->w.m, g->ep.pair ? 2 * g->ep.pair : TERN_LANES, w, en->threads, &from, &to);
    tern_variant_run_fused(v, c, g->up ? &up : NULL, &g->ep, &f, from, to);
}

/* The tables that `c` wants, made by all workers, or of a single token by each for itself. */
static void prepare(const struct step *st, size_t w, const struct tern_plan *plan, struct tern_call *c,
                    int former) {
    struct tern_engine *en = st->en;
    const struct tern_prep *prep = plan->variant->prep;
    const int alone = c->x->n == 1 && prep->shared_bytes(c) <= en->table_bytes;
    if (alone) {
        prep->run(c, 0, 1);
        return;
    }
    if (former) tern_pool_barrier(en->pool); /* the table of the former call is still being read */
    prep->run(c, w, en->threads);
    tern_pool_barrier(en->pool);
}

/* Tokens [t0, t0 + n). */
static void multiply_chunk(const struct step *st, size_t w, const struct product *g, size_t count,
                           const struct tern_tokens *all, size_t t0, size_t n) {
    const struct tern_engine *en = st->en;
    struct tern_tokens x = *all;
    x.n = n;
    x.q += t0 * x.stride;
    x.sum += t0;
    x.inv += t0;
    if (x.f) x.f += t0 * x.fstride;
    const struct tern_plan *prepared = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct tern_plan *plan = tern_engine_plan_for(g[i].p->piece->plan, n);
        struct tern_call c = {.w = g[i].p->w, .x = &x};
        memcpy(c.param, plan->param, sizeof c.param);
        if (st->n == 1 && plan->param[TERN_P_SPLIT] == TERN_SPLIT_K) {
            run_slice(st, w, &g[i], &c, i);
            continue;
        }
        const size_t bytes = plan->variant->prep->shared_bytes(&c);
        c.shared = n == 1 && bytes <= en->table_bytes ? en->worker[w].table : en->shared;
        if (!same_prep(prepared, plan) && bytes) {
            prepare(st, w, plan, &c, i || t0);
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
    for (size_t t = from; t < to; t++) {
        if (en->act == TERN_ACT_I8) {
            en->epilogue->norm_quantise(src + t * ld, weight, k, eps, x->stride, x->q + t * x->stride,
                                        x->sum + t, x->inv + t);
            continue;
        }
        float *f = x->f + t * x->fstride;
        en->ops->norm(src + t * ld, weight, k, eps, f);
        memset(f + k, 0, (tern_round_up(k, 64) - k) * sizeof *f);
    }
    if (!alone) tern_pool_barrier(en->pool);
    return x;
}
