#include "kernels/verify/shares.h"

#include "base/pool.h"
#include "kernels/split.h"

#include <string.h>

int tern_case_guard(struct tern_guard *g, size_t bytes, int end, size_t align) {
    return tern_guard_get(g, bytes, end && bytes % align == 0);
}

/* What a share needs to know. */
struct work {
    struct tern_shares *shares;
    const struct tern_proof *proof;
    const struct tern_case *c;
    struct tern_call *call;
    size_t local_bytes;
};

/* Nothing may be expected of scratch. */
static void *scratch(const struct work *w, size_t share) {
    void *local = w->shares->local[w->c->together ? share : 0].data;
    memset(local, 0xff, w->local_bytes);
    return local;
}

static void prepare(void *ctx, size_t share, size_t shares) {
    const struct work *w = ctx;
    tern_proof_prepare(w->proof, w->call, share, shares);
}

static void rows(void *ctx, size_t share, size_t shares) {
    const struct work *w = ctx;
    const struct tern_case *c = w->c;
    size_t from, to;
    tern_variant_share(tern_proof_variant(w->proof), c->row1 - c->row0, share, shares, &from, &to);
    void *local = scratch(w, share);
    if (from < to) tern_proof_run(w->proof, w->call, c->row0 + from, c->row0 + to, local);
}

static void slice(void *ctx, size_t share, size_t shares) {
    const struct work *w = ctx;
    int32_t *sums = (int32_t *)(void *)w->shares->shared.data + share * w->c->m;
    void *local = scratch(w, share);
    tern_slice_prepare(w->proof, w->call, share, shares, local);
    tern_slice_run(w->proof, w->call, share, shares, w->c->row0, w->c->row1, local, sums);
}

/* All shares: in the threads of the pool, or without one from the last to the first. */
static void each(struct tern_pool *pool, size_t shares, tern_pool_fn fn, struct work *w) {
    if (pool)
        tern_pool_run(pool, fn, w);
    else
        for (size_t share = shares; share-- > 0;) fn(w, share, shares);
}

static int by_rows(struct work *w, struct tern_pool *pool) {
    const size_t bytes = tern_proof_shared_bytes(w->proof, w->call);
    if (tern_case_guard(&w->shares->shared, bytes, w->c->end, TERN_CACHE_LINE)) return 0;
    w->call->shared = w->shares->shared.data;
    each(pool, w->c->workers, prepare, w);
    if (bytes) tern_guard_protect(&w->shares->shared);
    each(pool, w->c->workers, rows, w);
    return 1;
}

static int by_slices(struct work *w, struct tern_pool *pool) {
    const struct tern_case *c = w->c;
    const size_t bytes = c->slices * c->m * sizeof(int32_t);
    if (tern_case_guard(&w->shares->shared, bytes, c->end, 1)) return 0;
    const int32_t *sums = (int32_t *)(void *)w->shares->shared.data;
    memset(w->shares->shared.data, 0xff, bytes); /* nor of sums */
    each(pool, c->slices, slice, w);
    tern_slices_add(sums + c->row0, c->slices, c->m, c->row1 - c->row0, (int32_t *)w->call->y + c->row0);
    return 1;
}

int tern_shares_run(struct tern_shares *s, const struct tern_proof *p, const struct tern_case *c,
                    struct tern_call *call) {
    const size_t shares = c->slices ? c->slices : c->workers;
    struct work w = {s, p, c, call, 0};
    struct tern_pool *pool = NULL;
    w.local_bytes = c->slices ? tern_slice_scratch(p, call, c->slices) : tern_proof_local_bytes(p, call);
    for (size_t i = 0; i < (c->together ? shares : 1); i++)
        if (tern_case_guard(&s->local[i], w.local_bytes, c->end, TERN_CACHE_LINE)) return 0;
    if (c->together && tern_pool_new(shares, NULL, &pool, NULL)) return 0;
    const int done = c->slices ? by_slices(&w, pool) : by_rows(&w, pool);
    tern_pool_free(pool);
    return done;
}

int tern_shares_intact(const struct tern_shares *s) {
    int intact = tern_guard_intact(&s->shared);
    for (size_t i = 0; i < TERN_CASE_TOGETHER_MAX; i++)
        intact &= !s->local[i].map || tern_guard_intact(&s->local[i]);
    return intact;
}

void tern_shares_drop(struct tern_shares *s) {
    tern_guard_drop(&s->shared);
    for (size_t i = 0; i < TERN_CASE_TOGETHER_MAX; i++) tern_guard_drop(&s->local[i]);
}
