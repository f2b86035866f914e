#include "tuner/trial/trial.h"

#include "base/memory.h"
#include "kernels/reference.h"
#include "kernels/split.h"
#include "measure/clock.h"
#include "measure/counters/tally.h"

#include <string.h>

#define GUESS_MACS 4000000 /* a few milliseconds of the scalar level */

struct tern_trial {
    const struct tern_proof *proof;
    const struct tern_variant *variant; /* of the proof */
    struct tern_packed *weights;
    struct tern_test_weights
        *test_weights; /* keeps tokens, results and scratch, which all trials of the problem share */
    struct tern_pool *pool;
    tern_quantise_fn *quantise;
    int rotate, prepares;
    struct tern_call call;
    struct tern_tokens tokens;
    size_t scratch_bytes; /* of call.shared, local and sums together */
    size_t shared_bytes;
    unsigned char *local; /* local_stride bytes for each worker */
    size_t local_stride;
    int by_k;      /* split along K */
    int32_t *sums; /* then partial sums of all rows, sum_stride for each worker */
    size_t sum_stride;
};

struct batch {
    struct tern_trial *trial;
    uint64_t calls;
    size_t first; /* copy that the first call reads */
};

static void quantise_tokens(const struct tern_trial *t, size_t from, size_t to) {
    const struct tern_tokens *x = &t->tokens;
    if (t->variant->act == TERN_ACT_F32) return;
    for (size_t i = from; i < to; i++)
        t->quantise(x->f + i * x->fstride, x->k, x->stride, x->q + i * x->stride, &x->sum[i], &x->inv[i]);
}

/* The weights that call i of a batch reads. */
static const void *copy_of(const struct batch *b, uint64_t i) {
    const struct tern_packed *w = b->trial->weights;
    return w->data + (b->trial->rotate ? (b->first + i) % w->copies : 0) * w->stride;
}

/* Each worker a slice of K, over all rows; then each adds its share of the rows. */
static void team_by_k(void *ctx, size_t worker, size_t workers) {
    const struct batch *b = ctx;
    const struct tern_trial *t = b->trial;
    const size_t m = t->call.w.m;
    struct tern_call c = t->call;
    void *scratch = t->local + worker * t->local_stride;
    size_t row0, row1, token0, token1;
    tern_share(m, 1, worker, workers, &row0, &row1);
    tern_share(t->tokens.n, 1, worker, workers, &token0, &token1);
    for (uint64_t i = 0; i < b->calls; i++) {
        c.w.data = copy_of(b, i);
        quantise_tokens(t, token0, token1);
        tern_pool_barrier(t->pool);
        tern_slice_prepare(t->proof, &c, worker, workers, scratch);
        tern_slice_run(t->proof, &c, worker, workers, 0, m, scratch, t->sums + worker * t->sum_stride);
        tern_pool_barrier(t->pool);
        tern_slices_add(t->sums + row0, workers, t->sum_stride, row1 - row0, (int32_t *)c.y + row0);
        tern_pool_barrier(t->pool);
    }
}

static void team(void *ctx, size_t worker, size_t workers) {
    const struct batch *b = ctx;
    const struct tern_trial *t = b->trial;
    struct tern_call c = t->call;
    size_t row0, row1, token0, token1;
    tern_variant_share(t->variant, c.w.m, worker, workers, &row0, &row1);
    tern_share(t->tokens.n, 1, worker, workers, &token0, &token1);
    for (uint64_t i = 0; i < b->calls; i++) {
        c.w.data = copy_of(b, i);
        quantise_tokens(t, token0, token1);
        tern_pool_barrier(t->pool);
        if (t->prepares) {
            tern_proof_prepare(t->proof, &c, worker, workers);
            tern_pool_barrier(t->pool);
        }
        if (row0 < row1) tern_proof_run(t->proof, &c, row0, row1, t->local + worker * t->local_stride);
        tern_pool_barrier(t->pool);
    }
}

static void lay_scratch(struct tern_trial *t, struct tern_region *r) {
    const size_t workers = tern_pool_workers(t->pool);
    t->call.shared = tern_region_take(r, 1, t->shared_bytes);
    t->local = tern_region_take(r, workers, t->local_stride);
    t->sums = t->by_k ? tern_region_take(r, workers, t->sum_stride * sizeof *t->sums) : NULL;
}

/* Another trial may have made the test weights move it. */
static void find_scratch(struct tern_trial *t) {
    struct tern_region r = {.base = tern_test_weights_scratch(t->test_weights, t->scratch_bytes)};
    lay_scratch(t, &r);
}

void tern_trial_run(void *trial, uint64_t calls) {
    struct tern_trial *t = trial;
    struct batch b = {.trial = t, .calls = calls, .first = t->weights->next};
    find_scratch(t);
    tern_pool_run(t->pool, t->by_k ? team_by_k : team, &b);
    if (t->rotate) t->weights->next = (b.first + calls) % t->weights->copies;
    const uint64_t weights = (uint64_t)t->call.w.m * t->call.w.k;
    tern_tally_add(calls, weights, t->weights->bytes, weights * t->tokens.n);
}

/* What the workers do for rows [row0, row1), alone on the calling thread. */
static void alone(struct tern_trial *t, size_t row0, size_t row1) {
    find_scratch(t);
    struct tern_call c = t->call;
    c.w.data = t->weights->data;
    quantise_tokens(t, 0, t->tokens.n);
    const size_t slices = t->by_k ? tern_pool_workers(t->pool) : 0;
    for (size_t s = 0; s < slices; s++) {
        tern_slice_prepare(t->proof, &c, s, slices, t->local);
        tern_slice_run(t->proof, &c, s, slices, row0, row1, t->local, t->sums + s * t->sum_stride);
    }
    if (slices) {
        tern_slices_add(t->sums + row0, slices, t->sum_stride, row1 - row0, (int32_t *)c.y + row0);
        return;
    }
    if (t->prepares) tern_proof_prepare(t->proof, &c, 0, 1);
    tern_proof_run(t->proof, &c, row0, row1, t->local);
}

/* Row ranges begin at multiples of this. */
static size_t row_step(const struct tern_trial *t) {
    return t->by_k ? tern_slice_rows(t->variant, t->call.w.m, t->call.w.k) : t->variant->row_step;
}

static size_t guess_rows(const struct tern_trial *t) {
    const size_t step = row_step(t), m = t->call.w.m;
    const size_t rows = tern_round_up(tern_max(1, GUESS_MACS / t->call.w.k / t->tokens.n), step);
    return tern_min(rows, m);
}

enum tern_status tern_trial_spread(struct tern_trial *t, struct tern_error *e) {
    return tern_test_weights_get(t->test_weights, t->variant->format, t->rotate, t->pool, &t->weights, e);
}

double tern_trial_guess_ns(struct tern_trial *t) {
    const size_t rows = guess_rows(t);
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < 2; i++) {
        const uint64_t start = tern_now_ns();
        alone(t, 0, rows);
        const uint64_t ns = tern_now_ns() - start;
        if (ns < best) best = ns;
    }
    return (double)best * (double)t->call.w.m / (double)rows / (double)tern_pool_workers(t->pool);
}

static enum tern_status check_rows(const struct tern_trial *t, size_t row0, size_t row1,
                                   struct tern_error *e) {
    const size_t k = t->call.w.k;
    const int8_t *trits = tern_test_weights_trits(t->test_weights, t->variant->format);
    tern_reference_fn *reference = tern_reference_of(t->variant->act);
    const int32_t *y = t->call.y;
    for (size_t i = 0; i < t->tokens.n; i += tern_max(1, t->tokens.n - 1)) {
        for (size_t r = row0; r < row1; r++) {
            const int32_t want = reference(trits + r * k, t->tokens.q + i * t->tokens.stride, k);
            const int32_t got = y[i * t->call.ldy + r];
            if (got != want)
                return tern_fail(e, TERN_CHECK_FAILED,
                                 "%s: %zux%zux%zu: row %zu of token %zu is %d, right is %d", t->variant->name,
                                 t->call.w.m, k, t->tokens.n, r, i, got, want);
        }
    }
    return TERN_OK;
}

static enum tern_status check(struct tern_trial *t, struct tern_error *e) {
    const size_t m = t->call.w.m, step = row_step(t), tail = (m - 1) / step * step;
    alone(t, 0, tern_min(step, m));
    alone(t, tail, m);
    if (t->variant->act == TERN_ACT_F32 || !t->variant->exact) return TERN_OK;
    enum tern_status s = check_rows(t, 0, tern_min(step, m), e);
    return s ? s : check_rows(t, tail, m, e);
}

static enum tern_status make_call(struct tern_trial *t, const struct tern_problem *p, struct tern_error *e) {
    struct tern_call *c = &t->call;
    c->w = (struct tern_matrix){.format = t->variant->format, .m = p->m, .k = p->k, .data = t->weights->data};
    c->x = &t->tokens;
    enum tern_status s = tern_test_weights_tokens(t->test_weights, p->n, &t->tokens, &c->y, &c->ldy, e);
    if (s) return s;
    struct tern_region r = {0};
    t->shared_bytes = tern_proof_shared_bytes(t->proof, c);
    t->prepares = t->shared_bytes > 0;
    const size_t local = t->by_k ? tern_slice_scratch(t->proof, c, tern_pool_workers(t->pool))
                                 : tern_proof_local_bytes(t->proof, c);
    t->local_stride = tern_round_up(local, 128) + 128;
    t->sum_stride = tern_round_up(p->m, 32);
    lay_scratch(t, &r);
    t->scratch_bytes = r.used;
    if (!tern_test_weights_scratch(t->test_weights, r.used))
        return tern_fail(e, TERN_NO_MEMORY, "trial: %zux%zux%zu: out of memory", p->m, p->k, p->n);
    return TERN_OK;
}

enum tern_status tern_trial_new(const struct tern_proof *proof, const int *param,
                                const struct tern_problem *p, struct tern_test_weights *test_weights,
                                struct tern_pool *pool, uint32_t usable, size_t l2_bytes,
                                struct tern_trial **out, struct tern_error *e) {
    *out = NULL;
    const struct tern_variant *v = proof ? tern_proof_variant(proof) : NULL;
    const char *why;
    int own[TERN_MAX_PARAMS];
    if (!v) return tern_fail(e, TERN_CHECK_FAILED, "trial: a variant without a proof is never timed");
    tern_variant_defaults(v, own);
    if (param) memcpy(own, param, sizeof own);
    if (own[TERN_P_SPLIT] == TERN_SPLIT_K && (p->n != 1 || !tern_variant_splits(v, p->m, p->k, &why)))
        return tern_fail(e, TERN_UNSUPPORTED, "%s: %zux%zux%zu: split=k: %s", v->name, p->m, p->k, p->n,
                         p->n != 1 ? "only the product of one token is split along K" : why);
    if (!tern_variant_fits_signs(v, usable, p->m, p->k, p->n, &why))
        return tern_fail(e, TERN_UNSUPPORTED, "%s: %zux%zux%zu: %s", v->name, p->m, p->k, p->n, why);
    if (tern_pool_workers(pool) != p->threads)
        return tern_fail(e, TERN_BAD_INPUT, "%s: %zu threads asked of a pool of %zu", v->name, p->threads,
                         tern_pool_workers(pool));
    const size_t bytes = v->format->bytes(p->m, p->k);
    if (p->regime == TERN_HOT && l2_bytes && bytes > l2_bytes * p->threads)
        return tern_fail(e, TERN_UNSUPPORTED,
                         "%s: %zux%zu: %zu bytes of weights are not hot in %zu x %zu bytes of L2", v->name,
                         p->m, p->k, bytes, p->threads, l2_bytes);
    struct tern_trial *t = tern_alloc(sizeof *t);
    if (!t) return tern_fail(e, TERN_NO_MEMORY, "trial: out of memory");
    t->proof = proof;
    t->variant = v;
    t->test_weights = test_weights;
    t->pool = pool;
    t->by_k = own[TERN_P_SPLIT] == TERN_SPLIT_K;
    t->rotate = p->regime != TERN_HOT;
    t->quantise = tern_quantise_for(usable);
    memcpy(t->call.param, own, sizeof own);
    enum tern_status s = tern_test_weights_get(test_weights, v->format, t->rotate, pool, &t->weights, e);
    if (!s) s = make_call(t, p, e);
    if (!s) s = check(t, e);
    if (s) return tern_trial_free(t), s;
    *out = t;
    return TERN_OK;
}

void tern_trial_free(struct tern_trial *t) {
    tern_free(t);
}

void tern_trial_facts(const struct tern_trial *t, struct tern_trial_facts *out) {
    const struct tern_tokens *x = &t->tokens;
    *out = (struct tern_trial_facts){.weight_bytes = t->weights->bytes,
                                     .input_bytes = x->n * x->k * sizeof(float),
                                     .output_bytes = x->n * t->call.w.m * 4,
                                     .copies = t->rotate ? t->weights->copies : 1,
                                     .macs = (double)t->call.w.m * (double)x->k * (double)x->n};
}
