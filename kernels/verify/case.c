#include "kernels/verify/case.h"

#include "base/memory.h"
#include "base/random.h"
#include "kernels/proof_make.h"
#include "kernels/reference.h"
#include "kernels/verify/shares.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tern_case_text(const struct tern_variant *v, const struct tern_case *c, char *out, size_t out_bytes) {
    char params[96], tile[80] = "";
    tern_variant_params_text(v, c->param, params, sizeof params);
    if (c->tile.rows)
        snprintf(tile, sizeof tile, " tile=%zu:%zu:%zu", c->tile.rows, c->tile.cols, c->tile.inner);
    snprintf(out, out_bytes, "%zux%zux%zu%s weights=%s acts=%s rows=%zu..%zu %s%s=%zu params=%s seed=%llu",
             c->m, c->k, c->n, tile, tern_weight_pattern_name(c->weights), tern_act_pattern_name(c->acts),
             c->row0, c->row1, c->together ? "concurrent " : "", c->slices ? "slices" : "shares",
             c->slices ? c->slices : c->workers, params, (unsigned long long)c->seed);
}

struct buffers {
    int8_t *trits, *q8; /* q8: one token before it becomes floats */
    int32_t *sum;
    float *inv;
    struct tern_guard w, q, f, y;
    struct tern_shares shares;
};

static void drop(struct buffers *b) {
    tern_free(b->trits);
    tern_free(b->q8);
    tern_free(b->sum);
    tern_free(b->inv);
    struct tern_guard *g[] = {&b->w, &b->q, &b->f, &b->y};
    for (size_t i = 0; i < sizeof g / sizeof *g; i++) tern_guard_drop(g[i]);
    tern_shares_drop(&b->shares);
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
    tern_fill_trits(b->trits, c->m, c->k, c->weights, v->format->binary, &r);

    if (tern_case_guard(&b->w, v->format->bytes(c->m, c->k), c->end,
                        v->format->in_files ? 1 : TERN_CACHE_LINE))
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
        if (tern_case_guard(&b->q, c->n * x->stride, c->end, 1)) return 0;
        x->q = (int8_t *)b->q.data;
        for (size_t t = 0; t < c->n; t++) {
            int8_t *q = x->q + t * x->stride;
            tern_fill_activations(q, c->k, c->acts, b->trits + t % c->m * c->k, &r);
            for (size_t i = 0; i < c->k; i++) x->sum[t] += q[i];
        }
        tern_guard_protect(&b->q);
    } else {
        b->q8 = tern_alloc(c->k);
        if (!b->q8 || tern_case_guard(&b->f, c->n * x->fstride * sizeof(float), c->end, 1)) return 0;
        x->f = (float *)(void *)b->f.data;
        for (size_t t = 0; t < c->n; t++) {
            tern_fill_activations(b->q8, c->k, c->acts, b->trits + t % c->m * c->k, &r);
            for (size_t i = 0; i < c->k; i++)
                x->f[t * x->fstride + i] = (float)b->q8[i] * (i % 3 ? 0.37f : 1e-3f);
        }
        tern_guard_protect(&b->f);
    }
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

    const size_t ldy = c->m + c->gap; /* rows of results are not aligned, and the gap must stay untouched */
    if (tern_case_guard(&b.y, ((c->n - 1) * ldy + c->m) * 4, c->end, 1)) goto done;
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
    if (!tern_shares_run(&b.shares, &proof, c, &call)) goto done;

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
    if (ok && !(tern_guard_intact(&b.y) && tern_shares_intact(&b.shares))) {
        snprintf(text, text_bytes, "wrote outside a buffer");
        ok = 0;
    }
done:
    drop(&b);
    return ok;
}
