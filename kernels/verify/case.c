#include "kernels/verify/case.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/random.h"
#include "kernels/proof_make.h"
#include "kernels/reference.h"
#include "kernels/split.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const weight_names[] = {"plus", "minus", "zero", "random", "alternating", "runs"};
static const char *const act_names[] = {"max", "min", "edge", "zero", "random", "aligned", "narrow"};

void tern_case_text(const struct tern_variant *v, const struct tern_case *c, char *out, size_t out_bytes) {
    char params[96], tile[80] = "";
    tern_variant_params_text(v, c->param, params, sizeof params);
    if (c->tile.rows)
        snprintf(tile, sizeof tile, " tile=%zu:%zu:%zu", c->tile.rows, c->tile.cols, c->tile.inner);
    snprintf(out, out_bytes, "%zux%zux%zu%s weights=%s acts=%s rows=%zu..%zu %s=%zu params=%s seed=%llu",
             c->m, c->k, c->n, tile, weight_names[c->weights], act_names[c->acts], c->row0, c->row1,
             c->slices ? "slices" : "shares", c->slices ? c->slices : c->workers, params,
             (unsigned long long)c->seed);
}

static void fill_trits(int8_t *t, size_t m, size_t k, enum tern_weight_pattern p, struct tern_random *r) {
    for (size_t i = 0; i < m * k; i++) {
        switch (p) {
        case TERN_W_PLUS:
            t[i] = 1;
            break;
        case TERN_W_MINUS:
            t[i] = -1;
            break;
        case TERN_W_ZERO:
            t[i] = 0;
            break;
        case TERN_W_ALTERNATING:
            t[i] = (int8_t)((i / k + i % k) % 3) - 1;
            break;
        case TERN_W_RUNS:
            t[i] = (i % k) / 517 % 2 ? -1 : 1;
            break; /* long runs that cross every block size */
        case TERN_W_RANDOM: {
            const uint32_t u = tern_random_below(r, 100);
            t[i] = u < 42 ? 0 : u < 71 ? 1 : -1;
        }
        }
    }
    if (p == TERN_W_RANDOM && m > 2) memset(t + k, 0, k); /* a row of zeros */
}

/* A binary layout has no 0: every pattern becomes one of signs. */
static void signs_for_zeros(int8_t *t, size_t n, struct tern_random *r) {
    for (size_t i = 0; i < n; i++)
        if (!t[i]) t[i] = tern_random_below(r, 2) ? 1 : -1;
}

static int8_t activation(enum tern_act_pattern p, const int8_t *row, size_t i, struct tern_random *r) {
    switch (p) {
    case TERN_A_MAX:
        return 127;
    case TERN_A_MIN:
        return -128;
    case TERN_A_EDGE:
        return i % 2 ? -128 : 127;
    case TERN_A_ZERO:
        return 0;
    case TERN_A_ALIGNED:
        return row[i] < 0 ? -128 : 127; /* drives the sum of that row to its extreme */
    case TERN_A_NARROW: {
        const unsigned bits = 1 + (unsigned)(i / 128 % 8);
        return (int8_t)((int)tern_random_below(r, 1u << bits) - (1 << (bits - 1)));
    }
    case TERN_A_RANDOM:
        break;
    }
    return (int8_t)(tern_random_below(r, 256) - 128);
}

struct buffers {
    int8_t *trits;
    int32_t *sum;
    float *inv;
    struct tern_guard w, q, f, y, shared, local; /* of slices: local is a thread's scratch, shared the sums */
};

static void drop(struct buffers *b) {
    tern_free(b->trits);
    tern_free(b->sum);
    tern_free(b->inv);
    struct tern_guard *g[] = {&b->w, &b->q, &b->f, &b->y, &b->shared, &b->local};
    for (size_t i = 0; i < sizeof g / sizeof *g; i++) tern_guard_drop(g[i]);
}

/* A guard that ends at the page when that keeps the 64-byte alignment the contract promises. */
static int guarded(struct tern_guard *g, size_t bytes, int end, size_t align) {
    return tern_guard_get(g, bytes, end && bytes % align == 0);
}

static void pack(const struct tern_format *f, const struct tern_case *c, const struct buffers *b, size_t r0,
                 size_t r1) {
    const int8_t *trits = b->trits + r0 * c->k;
    if (c->tile.rows)
        f->tile_pack(c->tile, trits, c->m, c->k, r0, r1, 1.0f, b->w.data);
    else
        f->pack(trits, c->m, c->k, r0, r1, 1.0f, b->w.data);
}

static int prepare_inputs(const struct tern_variant *v, const struct tern_case *c, struct buffers *b,
                          struct tern_tokens *x) {
    struct tern_random r = {c->seed};
    b->trits = tern_alloc(c->m * c->k);
    b->sum = tern_alloc(c->n * sizeof *b->sum);
    b->inv = tern_alloc(c->n * sizeof *b->inv);
    if (!b->trits || !b->sum || !b->inv) return 0;
    fill_trits(b->trits, c->m, c->k, c->weights, &r);
    if (v->format->binary) signs_for_zeros(b->trits, c->m * c->k, &r);

    if (guarded(&b->w, v->format->bytes(c->m, c->k), c->end, v->format->in_files ? 1 : TERN_CACHE_LINE))
        return 0;
    const size_t step = c->tile.rows ? c->tile.rows : v->format->row_step(c->m, c->k);
    const size_t cut = tern_min(c->m / 2 / step * step, c->m);
    pack(v->format, c, b, cut, c->m); /* ranges, in any order */
    pack(v->format, c, b, 0, cut);
    tern_guard_protect(&b->w);

    *x = (struct tern_tokens){
        .n = c->n, .k = c->k, .stride = tern_token_stride(c->k), .sum = b->sum, .inv = b->inv};
    x->fstride = tern_round_up(c->k, 64);
    if (v->act != TERN_ACT_F32) {
        if (guarded(&b->q, c->n * x->stride, c->end, 1)) return 0;
        x->q = (int8_t *)b->q.data;
        for (size_t t = 0; t < c->n; t++) {
            const int8_t *row = b->trits + t % c->m * c->k;
            for (size_t i = 0; i < c->k; i++) {
                x->q[t * x->stride + i] = activation(c->acts, row, i, &r);
                x->sum[t] += x->q[t * x->stride + i];
            }
        }
        tern_guard_protect(&b->q);
    } else {
        if (guarded(&b->f, c->n * x->fstride * sizeof(float), c->end, 1)) return 0;
        x->f = (float *)(void *)b->f.data;
        for (size_t t = 0; t < c->n; t++)
            for (size_t i = 0; i < c->k; i++)
                x->f[t * x->fstride + i] =
                    (float)activation(c->acts, b->trits + t % c->m * c->k, i, &r) * (i % 3 ? 0.37f : 1e-3f);
        tern_guard_protect(&b->f);
    }
    return 1;
}

/* Runs the variant as a pool of c->workers would, one share after another. */
static int compute(const struct tern_proof *p, const struct tern_case *c, struct buffers *b,
                   struct tern_call *call) {
    const size_t shared = tern_proof_shared_bytes(p, call), local = tern_proof_local_bytes(p, call);
    if (guarded(&b->shared, shared, c->end, TERN_CACHE_LINE)) return 0;
    if (guarded(&b->local, local, c->end, TERN_CACHE_LINE)) return 0;
    call->shared = b->shared.data;
    for (size_t w = 0; w < c->workers; w++) tern_proof_prepare(p, call, w, c->workers);
    if (shared) tern_guard_protect(&b->shared);
    const size_t rows = c->row1 - c->row0;
    for (size_t w = c->workers; w-- > 0;) {
        size_t from, to;
        tern_variant_share(p->variant, rows, w, c->workers, &from, &to);
        memset(b->local.data, 0xff, local); /* nothing may be expected of scratch */
        if (from < to) tern_proof_run(p, call, c->row0 + from, c->row0 + to, b->local.data);
    }
    return 1;
}

/* The same as so many threads would that take a slice of K each. */
static int compute_slices(const struct tern_proof *p, const struct tern_case *c, struct buffers *b,
                          const struct tern_call *call) {
    const size_t scratch = tern_slice_scratch(p, call, c->slices);
    if (guarded(&b->shared, c->slices * c->m * sizeof(int32_t), c->end, 1)) return 0;
    if (guarded(&b->local, scratch, c->end, TERN_CACHE_LINE)) return 0;
    int32_t *sums = (int32_t *)(void *)b->shared.data;
    memset(sums, 0xff, c->slices * c->m * sizeof *sums); /* nor of sums */
    for (size_t s = c->slices; s-- > 0;) {
        memset(b->local.data, 0xff, scratch);
        tern_slice_prepare(p, call, s, c->slices, b->local.data);
        tern_slice_run(p, call, s, c->slices, c->row0, c->row1, b->local.data, sums + s * c->m);
    }
    tern_slices_add(sums + c->row0, c->slices, c->m, c->row1 - c->row0, (int32_t *)call->y + c->row0);
    return 1;
}

static int compare_int(const struct tern_variant *v, const struct tern_case *c, struct buffers *b,
                       const struct tern_call *call, char *text, size_t text_bytes) {
    const int32_t *y = call->y;
    tern_reference_fn *reference = tern_reference_of(v->act);
    for (size_t t = 0; t < c->n; t++) {
        for (size_t r = 0; r < c->m; r++) {
            const int32_t got = y[t * call->ldy + r];
            int32_t want = INT32_MIN + 1;
            if (r >= c->row0 && r < c->row1)
                want = reference(b->trits + r * c->k, call->x->q + t * call->x->stride, c->k);
            if (got == want) continue;
            snprintf(text, text_bytes, "row %zu of token %zu is %d, must be %d%s", r, t, got, want,
                     want == INT32_MIN + 1 ? " (outside the row range: untouched)" : "");
            return 0;
        }
    }
    return 1;
}

/* Any order of summation, with or without fused multiply-add, stays within gamma_K * sum |w*x| of the exact
 * result (Higham, Accuracy and Stability of Numerical Algorithms, 3.1); gamma_K = K*u / (1 - K*u), u = 2^-24.
 */
static int compare_float(const struct tern_case *c, struct buffers *b, const struct tern_call *call,
                         char *text, size_t text_bytes) {
    const float *y = call->y;
    const double ku = (double)(c->k + 2) * 0x1p-24, gamma = ku / (1 - ku);
    for (size_t t = 0; t < c->n; t++) {
        const float *x = call->x->f + t * call->x->fstride;
        for (size_t r = 0; r < c->m; r++) {
            const float got = y[t * call->ldy + r];
            if (r < c->row0 || r >= c->row1) {
                if (got == -1e30f) continue;
                snprintf(text, text_bytes, "row %zu of token %zu, outside the row range, was written", r, t);
                return 0;
            }
            double want = 0, size = 0;
            for (size_t i = 0; i < c->k; i++) {
                const double p = (double)b->trits[r * c->k + i] * (double)x[i];
                want += p;
                size += fabs(p);
            }
            if (fabs((double)got - want) <= gamma * size) continue;
            snprintf(text, text_bytes, "row %zu of token %zu is %.9g, must be %.9g within %.3g", r, t,
                     (double)got, want, gamma * size);
            return 0;
        }
    }
    return 1;
}

int tern_case_run(const struct tern_variant *v, const struct tern_case *c, char *text, size_t text_bytes) {
    const struct tern_proof proof = tern_proof_of(v); /* not earned yet: this is where it is earned */
    struct buffers b;
    struct tern_tokens x;
    memset(&b, 0, sizeof b);
    int ok = 0;
    snprintf(text, text_bytes, "out of memory");
    if (!prepare_inputs(v, c, &b, &x)) goto done;

    const size_t ldy = c->m + 3; /* rows of results are not aligned, and the gap must stay untouched */
    if (guarded(&b.y, ((c->n - 1) * ldy + c->m) * 4, c->end, 1)) goto done;
    const size_t cells = b.y.bytes / 4;
    for (size_t i = 0; i < cells; i++) {
        if (v->act != TERN_ACT_F32)
            ((int32_t *)(void *)b.y.data)[i] = INT32_MIN + 1;
        else
            ((float *)(void *)b.y.data)[i] = -1e30f;
    }
    struct tern_call call = {
        .w = {.format = v->format, .m = c->m, .k = c->k, .data = b.w.data, .tile = c->tile},
        .x = &x,
        .y = b.y.data,
        .ldy = ldy};
    memcpy(call.param, c->param, sizeof call.param);
    if (!(c->slices ? compute_slices(&proof, c, &b, &call) : compute(&proof, c, &b, &call))) goto done;

    ok = v->act != TERN_ACT_F32 ? compare_int(v, c, &b, &call, text, text_bytes)
                                : compare_float(c, &b, &call, text, text_bytes);
    for (size_t i = 0; ok && i < cells; i++) {
        if (i % ldy < c->m) continue;
        const int32_t *gap = (const int32_t *)(const void *)b.y.data + i;
        const float *gap_f = (const float *)(const void *)b.y.data + i;
        if (v->act != TERN_ACT_F32 ? *gap == INT32_MIN + 1 : *gap_f == -1e30f) continue;
        snprintf(text, text_bytes, "wrote between two tokens' rows of results");
        ok = 0;
    }
    if (ok && !(tern_guard_intact(&b.y) && tern_guard_intact(&b.local) && tern_guard_intact(&b.shared))) {
        snprintf(text, text_bytes, "wrote outside a buffer");
        ok = 0;
    }
done:
    drop(&b);
    return ok;
}
