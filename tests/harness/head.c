#include "harness/head/exact.h"
#include "kernels/dense/q6_lanes.h"
#include "models/dense_pack.h"

#include "base/isa.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/half.h"
#include "models/model.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS 8 /* at most */

static struct tern_random seed = {7};

static float gauss(void) {
    float s = -6;
    for (int i = 0; i < 12; i++) s += (float)tern_random_unit(&seed);
    return s;
}

static size_t levels(const struct tern_head_ops **out) {
    size_t n = 0;
    for (size_t i = 0; n < LEVELS && tern_head_ops_levels[i]; i++)
        if (!(tern_head_ops_levels[i]->needs & ~tern_isa_detected())) out[n++] = tern_head_ops_levels[i];
    return n;
}

/* A matrix in one format, and the values that it stands for. */
struct rows {
    size_t m, k;
    enum tern_rows type;
    unsigned char *data;
    float *value;
};

static void pack_row(struct rows *w, size_t r, const float *x) {
    static const enum tern_dense_type dense[] = {TERN_DENSE_F16, TERN_DENSE_F32, TERN_DENSE_Q8_0,
                                                 TERN_DENSE_Q6_K};
    unsigned char *out = w->data + r * tern_rows_bytes(w->type, w->k);
    if (w->type == TERN_ROWS_F16)
        for (size_t i = 0; i < w->k; i++) ((uint16_t *)(void *)out)[i] = tern_f32_to_f16(x[i]);
    if (w->type == TERN_ROWS_F32) memcpy(out, x, w->k * sizeof *x);
    if (w->type == TERN_ROWS_Q8) tern_pack_q8(x, w->k, out);
    if (w->type == TERN_ROWS_Q6_K) tern_pack_q6_k(x, w->k, out);
    const struct tern_dense d = {.type = dense[w->type], .rows = w->m, .cols = w->k, .data = w->data};
    tern_dense_row(&d, r, w->value + r * w->k);
    if (w->type == TERN_ROWS_Q6_K) tern_lanes_of_q6_k(out, w->k, out);
}

static struct rows rows_new(enum tern_rows type, size_t m, size_t k) {
    struct rows w = {m, k, type, tern_alloc(m * tern_rows_bytes(type, k)), tern_alloc(m * k * sizeof(float))};
    return w;
}

static void rows_free(struct rows *w) {
    tern_free(w->data);
    tern_free(w->value);
}

static struct rows random_rows(enum tern_rows type, size_t m, size_t k) {
    struct rows w = rows_new(type, m, k);
    float *x = tern_alloc(k * sizeof *x);
    for (size_t r = 0; r < m; r++) {
        for (size_t i = 0; i < k; i++) x[i] = gauss() * 0.02f;
        pack_row(&w, r, x);
    }
    tern_free(x);
    return w;
}

Test(head, rows_of_every_format_are_dot_products_of_the_values_and_the_same_bits_at_every_level) {
    static const size_t width[TERN_ROWS_COUNT][3] = {
        {1, 77, 640}, {5, 64, 600}, {32, 96, 640}, {256, 768, 8704}};
    const struct tern_head_ops *o[LEVELS];
    const size_t n = levels(o);
    for (int type = 0; type < TERN_ROWS_COUNT; type++)
        for (size_t s = 0; s < 3; s++) {
            const size_t k = width[type][s];
            enum { M = 5 };
            struct rows w = random_rows((enum tern_rows)type, M, k);
            float *x = tern_alloc(k * sizeof *x), first[M], y[M], plain[M];
            for (size_t i = 0; i < k; i++) x[i] = gauss();
            for (size_t l = 0; l < n; l++) {
                o[l]->rows[type](w.data, k, 0, 2, x, y);
                o[l]->rows[type](w.data, k, 2, M, x, y + 2);
                o[l]->rows[TERN_ROWS_F32](w.value, k, 0, M, x, plain);
                cr_assert(type == TERN_ROWS_Q6_K || memcmp(y, plain, sizeof y) == 0,
                          "%s type %d k %zu: not the f32 dot", o[l]->level, type, k);
                if (l) cr_assert(memcmp(y, first, sizeof y) == 0, "%s type %d k %zu", o[l]->level, type, k);
                memcpy(first, y, sizeof y);
            }
            for (size_t r = 0; r < M; r++) {
                double sum = 0, size = 0;
                for (size_t i = 0; i < k; i++) {
                    sum += (double)w.value[r * k + i] * x[i];
                    size += fabs((double)w.value[r * k + i] * x[i]);
                }
                cr_assert(le(dbl, fabs(sum - y[r]), tern_rows_roundings(k) * 0x1p-24 * size));
            }
            tern_free(x);
            rows_free(&w);
        }
}

/* Row and column counts, and tokens, that leave something over at every level of the tile. */
Test(head, several_tokens_at_once_give_the_bits_of_one_at_a_time) {
    static const size_t width[TERN_ROWS_COUNT][4] = {
        {1, 77, 640, 2141}, {5, 64, 600, 1100}, {32, 96, 640, 2144}, {256, 768, 1024, 8704}};
    static const size_t tokens[] = {1, 2, 3, 4, 6, 16, 19, 37};
    enum { M = 11, MOST = 37 };
    const struct tern_head_ops *o[LEVELS];
    const size_t n = levels(o);
    for (int type = 0; type < TERN_ROWS_COUNT; type++)
        for (size_t s = 0; s < 4; s++) {
            const size_t k = width[type][s], stride = k + 3;
            struct rows w = random_rows((enum tern_rows)type, M, k);
            float *x = tern_alloc(MOST * stride * sizeof *x), one[MOST][M], y[MOST][M + 2];
            for (size_t i = 0; i < MOST * stride; i++) x[i] = gauss();
            x[5 * stride] = INFINITY; /* of a token alone */
            for (size_t l = 0; l < n; l++) {
                for (size_t t = 0; t < MOST; t++) o[l]->rows[type](w.data, k, 0, M, x + t * stride, one[t]);
                for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
                    for (size_t r0 = 0; r0 < 3; r0++) {
                        const size_t r1 = M - r0;
                        memset(y, 0x55, sizeof y);
                        o[l]->tile[type](w.data, k, r0, r1, x, stride, tokens[i], y[0], M + 2);
                        for (size_t t = 0; t < MOST; t++)
                            for (size_t r = 0; r < M + 2; r++) {
                                float expected;
                                memset(&expected, 0x55, sizeof expected); /* untouched */
                                if (t < tokens[i] && r < r1 - r0) expected = one[t][r0 + r];
                                cr_assert(isnan(expected) ? isnan(y[t][r])
                                                          : memcmp(&expected, &y[t][r], sizeof expected) == 0,
                                          "%s type %d k %zu: %zu tokens, token %zu row %zu", o[l]->level,
                                          type, k, tokens[i], t, r);
                            }
                    }
            }
            tern_free(x);
            rows_free(&w);
        }
}

/* Integers that overflow, and magnitudes that the planes cannot hold together. */
Test(head, q6_k_rows_stand_the_largest_codes_and_any_vector) {
    enum { K = 512 };
    const struct tern_head_ops *o[LEVELS];
    const size_t n = levels(o);
    unsigned char blocks[K / 256 * 210];
    float x[K], y, first = 0;
    for (int kind = 0; kind < 5; kind++) {
        memset(blocks, 0, sizeof blocks); /* code -32 */
        for (size_t b = 0; b < K / 256; b++) {
            memset(blocks + 210 * b + 192, kind == 1 ? 127 : 0x80, 16);
            blocks[210 * b + 209] = 0x3c; /* d = 1 */
        }
        const double w = kind == 1 ? -32.0 * 127 : -32.0 * -128;
        double sum = 0, squares = 0;
        for (size_t i = 0; i < K; i++) {
            x[i] = kind < 2    ? 3e4f
                   : kind == 2 ? (i % 256 ? 1e-7f : 1e7f)
                   : kind == 3 ? -1e-30f * (float)i
                               : ldexpf(gauss(), (int)(i % 64) - 32);
            sum += w * (double)x[i], squares += (double)x[i] * (double)x[i];
        }
        for (size_t l = 0; l < n; l++) {
            o[l]->rows[TERN_ROWS_Q6_K](blocks, K, 0, 1, x, &y);
            cr_assert(le(dbl, fabs((double)y - sum),
                         tern_rows_roundings(K) * 0x1p-24 * fabs(w) * sqrt(K * squares) + 1e-30),
                      "%s kind %d", o[l]->level, kind);
            cr_assert(l == 0 || y == first, "%s kind %d", o[l]->level, kind);
            first = y;
        }
    }
    x[7] = INFINITY;
    o[0]->rows[TERN_ROWS_Q6_K](blocks, K, 0, 1, x, &y);
    cr_assert(isnan(y));
}

Test(head, packed_blocks_are_near_what_went_in) {
    enum { K = 512 };
    float x[K];
    for (size_t i = 0; i < K; i++) x[i] = gauss();
    memset(x, 0, 32 * sizeof *x);
    for (int type = TERN_ROWS_Q8; type < TERN_ROWS_COUNT; type++) {
        struct rows w = rows_new((enum tern_rows)type, 1, K);
        pack_row(&w, 0, x);
        const size_t block = type == TERN_ROWS_Q8 ? 32 : 16;
        for (size_t b = 0; b < K; b += block) {
            float top = 0,
                  most = 0; /* the scale of a small block of Q6_K is one of 127 steps of the largest */
            for (size_t i = 0; i < block; i++) top = fmaxf(top, fabsf(x[b + i]));
            for (size_t i = 0; i < K; i++) most = fmaxf(most, fabsf(x[i]));
            const float slack = type == TERN_ROWS_Q8 ? top / 200 : top / 55 + most / 200;
            for (size_t i = 0; i < block; i++)
                cr_assert(le(flt, fabsf(w.value[b + i] - x[b + i]), slack), "type %d at %zu", type, b + i);
        }
        rows_free(&w);
    }
}

static struct tern_exact *exact_of(const struct rows *w, size_t workers, int bits, size_t block) {
    struct tern_exact *x = NULL;
    const struct tern_exact_options o = {bits, block, .in_place = !bits};
    cr_assert(tern_exact_new(w->m, w->k, workers, &o, &x, NULL) == TERN_OK);
    for (size_t r = 0; r < w->m; r++)
        if (bits)
            tern_exact_pack(x, r, w->value + r * w->k);
        else
            tern_exact_pack_in_place(x, r, w->data + r * tern_rows_bytes(w->type, w->k));
    tern_exact_packed(x);
    return x;
}

static int falling(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

/* What is asked for has the full head's bits; the rest is lower. Returns how many rows were answered. */
static size_t check(const float *full, const float *y, size_t m, const struct tern_wanted *want) {
    float *sorted = tern_alloc(m * sizeof *sorted);
    memcpy(sorted, full, m * sizeof *sorted);
    qsort(sorted, m, sizeof *sorted, falling);
    double least = want->top ? (double)sorted[tern_min(want->top, m) - 1] : -INFINITY;
    if (want->margin > 0) least = fmax(least, (double)sorted[0] - want->margin);
    size_t answered = 0;
    for (size_t r = 0; r < m; r++) {
        if ((double)full[r] >= least || !isinf(y[r]))
            cr_assert(memcmp(&full[r], &y[r], sizeof *y) == 0, "row %zu: %a instead of %a", r, (double)y[r],
                      (double)full[r]);
        else
            cr_assert(y[r] < 0, "row %zu", r);
        answered += !isinf(y[r]);
    }
    tern_free(sorted);
    return answered;
}

struct job {
    struct tern_exact *x;
    struct tern_pool *pool;
    const struct tern_exact_full *full;
    const struct tern_wanted *want;
    const float *h;
    float *y;
};

static void work(void *ctx, size_t w, size_t workers) {
    const struct job *j = ctx;
    tern_exact_run(j->x, j->pool, w, workers, j->full, j->want, j->h, j->y);
}

/* Every level, 1 to 3 workers, some wishes; the smallest number of answered rows. No bits: in place. */
static size_t try_all(const struct rows *w, const float *h, int bits, size_t block) {
    static const struct tern_wanted want[] = {{1, 0}, {2, 0}, {40, 0}, {0, 0.5}, {7, 2}, {1000, 1e-30}};
    const struct tern_head_ops *o[LEVELS];
    const size_t n = levels(o);
    size_t fewest = w->m;
    float *full = tern_alloc(w->m * sizeof *full), *y = tern_alloc(w->m * sizeof *y);
    float *estimate = tern_alloc(w->m * sizeof *y), *bound = tern_alloc(w->m * sizeof *y);
    float *other = tern_alloc(w->m * sizeof *y);
    for (size_t workers = 1; workers <= 3; workers++) {
        struct tern_pool *pool;
        cr_assert(tern_pool_new(workers, NULL, &pool, NULL) == TERN_OK);
        struct tern_exact *x = exact_of(w, workers, bits, block);
        for (size_t l = 0; l < n; l++) {
            const struct tern_exact_full f = {o[l], w->type, w->data};
            o[l]->rows[w->type](w->data, w->k, 0, w->m, h, full);
            if (tern_exact_estimate(x, &f, h, estimate, bound)) {
                for (size_t r = 0; r < w->m; r++)
                    cr_assert(le(dbl, fabs((double)estimate[r] - (double)full[r]), (double)bound[r]),
                              "%s %zu", o[l]->level, r);
                if (l) cr_assert(memcmp(estimate, other, w->m * sizeof *y) == 0, "%s", o[l]->level);
                memcpy(other, estimate, w->m * sizeof *y);
            }
            for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
                struct job j = {x, pool, &f, &want[i], h, y};
                for (size_t r = 0; r < w->m; r++) y[r] = NAN;
                tern_pool_run(pool, work, &j);
                fewest = tern_min(fewest, check(full, y, w->m, &want[i]));
            }
        }
        tern_exact_free(x);
        tern_pool_free(pool);
    }
    tern_free(full);
    tern_free(y);
    tern_free(estimate);
    tern_free(bound);
    tern_free(other);
    return fewest;
}

static float *vector(size_t k) {
    float *h = tern_alloc(k * sizeof *h);
    for (size_t i = 0; i < k; i++) h[i] = gauss();
    return h;
}

Test(head_exact, random_rows_give_the_full_heads_logits_and_few_are_computed) {
    static const struct {
        int bits;
        size_t block, k;
    } c[] = {{6, 16, 640}, {6, 32, 1024}, {6, 64, 300}, {7, 32, 768},
             {8, 32, 512}, {8, 64, 1100}, {6, 32, 1}};
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        struct rows w = random_rows(i % 2 ? TERN_ROWS_F32 : TERN_ROWS_F16, 700, c[i].k);
        float *h = vector(c[i].k);
        const size_t fewest = try_all(&w, h, c[i].bits, c[i].block);
        if (c[i].k > 1) cr_assert(lt(sz, fewest, 700 / 4), "%d bits: %zu", c[i].bits, fewest);
        tern_free(h);
        rows_free(&w);
    }
}

Test(head_exact, quantised_full_heads_can_be_scanned_too) {
    for (int type = TERN_ROWS_Q8; type <= TERN_ROWS_Q6_K; type++) {
        struct rows w = random_rows((enum tern_rows)type, 300, 512);
        float *h = vector(512);
        try_all(&w, h, 6, 32);
        if (type == TERN_ROWS_Q6_K) cr_assert(lt(sz, try_all(&w, h, 0, 0), 300 / 4));
        tern_free(h);
        rows_free(&w);
    }
}

/* The vector's codes are as wrong as they can be, all in the direction of a row; one block is larger than all others. */
Test(head_exact, q6_k_rows_scanned_in_place_stay_within_the_bound) {
    enum { M = 130, K = 1024 };
    struct rows w = rows_new(TERN_ROWS_Q6_K, M, K);
    float x[K], *h = vector(K);
    for (int kind = 0; kind < 5; kind++) {
        for (size_t i = 0; i < K; i++) {
            const float whole = (float)tern_random_below(&seed, 250) - 125;
            h[i] = kind == 0   ? whole + (i % 2 ? 0.499f : -0.499f)
                   : kind == 1 ? gauss() * (i / 256 == 2 ? 1e6f : 1)
                   : kind == 2 ? gauss() * 1e-38f
                   : kind == 3 ? gauss() * 1e30f
                               : 0;
            if (kind == 0 && i % 256 == 0) h[i] = 127;
        }
        for (size_t r = 0; r < M; r++) {
            const float size = r % 7 == 3 ? 1e-4f : r % 7 == 5 ? 100 : 1;
            for (size_t i = 0; i < K; i++) x[i] = r % 3 ? gauss() * size : i % 2 ? size : -size;
            if (r % 11 == 10) memset(x, 0, sizeof x);
            pack_row(&w, r, x);
        }
        try_all(&w, h, 0, 0);
    }
    tern_free(h);
    rows_free(&w);
}

Test(head_exact, all_rows_tied_and_rows_that_differ_in_the_last_bit_are_answered) {
    enum { M = 200, K = 512 };
    struct rows w = rows_new(TERN_ROWS_F32, M, K);
    float x[K], *h = vector(K);
    for (size_t i = 0; i < K; i++) x[i] = gauss();
    for (size_t r = 0; r < M; r++) {
        const size_t at = r % K;
        const float kept = x[at];
        if (r % 3 == 1) x[at] = nextafterf(kept, INFINITY);
        if (r % 3 == 2) x[at] = nextafterf(kept, -INFINITY);
        pack_row(&w, r, x);
        x[at] = kept;
    }
    try_all(&w, h, 6, 32);
    tern_free(h);
    rows_free(&w);
}

/* Rows whose whole rounding error points along h, up and down in turns: the estimate is as wrong as it can
 * be. */
Test(head_exact, errors_that_all_point_along_the_vector_stay_within_the_bound) {
    enum { M = 256, K = 1024 };
    for (int bits = 6; bits <= 8; bits++) {
        const int most = (1 << (bits - 1)) - 1;
        struct rows w = rows_new(TERN_ROWS_F32, M, K);
        float x[K], h[K];
        for (size_t i = 0; i < K; i++) h[i] = tern_random_unit(&seed) < 0.5 ? -1 : 1;
        for (size_t r = 0; r < M; r++) {
            for (size_t i = 0; i < K; i++) {
                const int code = (int)(tern_random_unit(&seed) * (2 * most - 2)) - most + 1;
                x[i] = ((float)code + (r % 2 ? 0.49f : -0.49f) * h[i]) * 0x1p-10f;
            }
            for (size_t i = 0; i < K; i += 4) /* one largest weight in every block, whatever their size */
                if (i % 1024 < 64) x[i] = (float)most * 0x1p-10f;
            pack_row(&w, r, x);
        }
        try_all(&w, h, bits, 16);
        try_all(&w, h, bits, 64);
        rows_free(&w);
    }
}

Test(head_exact, rows_of_huge_tiny_and_no_norm_and_lonely_weights_are_in_the_bound) {
    enum { M = 120, K = 512 };
    struct rows w = rows_new(TERN_ROWS_F32, M, K);
    float x[K], *h = vector(K);
    for (size_t r = 0; r < M; r++) {
        static const float size[] = {1, 1e-3f, 1e30f, 1e-30f, 0, 1e-44f};
        for (size_t i = 0; i < K; i++) x[i] = gauss() * size[r % 6];
        if (r % 10 == 7) memset(x, 0, sizeof x), x[r] = 3;
        if (r % 10 == 8) x[r] *= 1e6f;
        pack_row(&w, r, x);
    }
    try_all(&w, h, 6, 32);
    h[3] = 1e4f; /* nearly all of the vector in one place */
    try_all(&w, h, 8, 16);
    for (size_t i = 0; i < K; i++) h[i] *= 1e-38f;
    try_all(&w, h, 6, 32);
    memset(h, 0, K * sizeof *h);
    try_all(&w, h, 6, 32);
    tern_free(h);
    rows_free(&w);
}

Test(head_exact, what_is_not_finite_goes_to_the_full_head) {
    enum { M = 40, K = 256 };
    const struct tern_head_ops *o = tern_head_ops_for(tern_isa_detected());
    for (int bad_row = 0; bad_row < 2; bad_row++) {
        struct rows w = random_rows(TERN_ROWS_F32, M, K);
        float *h = vector(K), y[M], full[M];
        if (bad_row)
            ((float *)(void *)w.data)[5 * K] = w.value[5 * K] = INFINITY;
        else
            h[9] = INFINITY;
        struct tern_exact *x = exact_of(&w, 1, 6, 32);
        const struct tern_exact_full f = {o, TERN_ROWS_F32, w.data};
        tern_exact_run(x, NULL, 0, 1, &f, &(struct tern_wanted){1, 0}, h, y);
        o->rows[TERN_ROWS_F32](w.data, K, 0, M, h, full);
        cr_assert(memcmp(y, full, sizeof y) == 0);
        struct tern_exact_counts n;
        tern_exact_counts(x, &n);
        cr_assert(eq(u64, n.whole, 1));
        tern_exact_free(x);
        tern_free(h);
        rows_free(&w);
    }
}

Test(head_exact, refuses_bits_and_blocks_that_do_not_exist) {
    struct tern_exact *x;
    static const struct tern_exact_options bad[] = {{5, 32, 0}, {9, 32, 0}, {6, 8, 0}, {6, 48, 0}};
    for (size_t i = 0; i < 4; i++) cr_assert(tern_exact_new(4, 64, 1, &bad[i], &x, NULL) == TERN_BAD_INPUT);
    const struct tern_exact_options in_place = {.in_place = 1};
    cr_assert(tern_exact_new(4, 64, 1, &in_place, &x, NULL) == TERN_BAD_INPUT);
}

Test(head_pack, blocks_of_q4_0_keep_their_values_as_q8_0) {
    unsigned char four[3 * 18], eight[3 * 34];
    float a[96], b[96];
    struct tern_random r = {5};
    for (size_t i = 0; i < sizeof four; i++) four[i] = (unsigned char)tern_random_below(&r, 256);
    for (size_t i = 0; i < 3; i++) four[18 * i + 1] = (unsigned char)(0x20 + i); /* a finite scale */
    tern_q8_of_q4_0(four, 96, eight);
    tern_dense_row(&(struct tern_dense){.type = TERN_DENSE_Q4_0, .rows = 1, .cols = 96, .data = four}, 0, a);
    tern_dense_row(&(struct tern_dense){.type = TERN_DENSE_Q8_0, .rows = 1, .cols = 96, .data = eight}, 0, b);
    cr_assert(memcmp(a, b, sizeof a) == 0);
}
