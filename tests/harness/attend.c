#include "kernels/dense/attend.h"

#include "base/isa.h"
#include "base/random.h"
#include "kernels/fused.h"
#include "kernels/half.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS    8   /* at most */
#define KEYS      150 /* of a test: nine blocks and a rest */
#define BLOCKS    10
#define DIM_MOST  128
#define ROWS_MOST 15

static struct tern_random seed = {42};

static float some(float scale) {
    return scale * (float)(2 * tern_random_unit(&seed) - 1);
}

static void fill(float *x, size_t n, float scale) {
    for (size_t i = 0; i < n; i++) x[i] = some(scale);
}

/* Every level that this processor can run; the scalar one first. */
static size_t levels(const struct tern_attend_ops **out) {
    size_t n = 0;
    for (size_t i = 0; n < LEVELS && tern_attend_ops_levels[i]; i++)
        if (!(tern_attend_ops_levels[i]->needs & ~tern_isa_detected())) out[n++] = tern_attend_ops_levels[i];
    return n;
}

#define FOR_EACH_LEVEL(o)                                                                                    \
    const struct tern_attend_ops *table_[LEVELS], *o;                                                        \
    const size_t levels_ = levels(table_);                                                                   \
    for (size_t l_ = 0; l_ < levels_ && (o = table_[l_]); l_++)

static const size_t dims[] = {2, 36, 48, 64, 70, 96, 128};
#define DIMS (sizeof dims / sizeof *dims)

static float key[KEYS][DIM_MOST], value[KEYS][DIM_MOST], query[DIM_MOST * ROWS_MOST];
static unsigned char keys[BLOCKS * TERN_KEYS * 4 * DIM_MOST], values[KEYS * 4 * DIM_MOST];

static void fill_cache(const struct tern_attend_ops *o, enum tern_kv_type type, size_t dim) {
    for (size_t p = 0; p < KEYS; p++) {
        unsigned char *block = keys + p / TERN_KEYS * tern_kv_keys_bytes(type, dim);
        o->put_key[type](key[p], dim, p % TERN_KEYS, block);
        o->put_value[type](value[p], dim, values + p * tern_kv_value_bytes(type, dim));
    }
}

static void random_cache(const struct tern_attend_ops *o, enum tern_kv_type type, size_t dim) {
    fill(key[0], KEYS * DIM_MOST, 1);
    fill(value[0], KEYS * DIM_MOST, 1);
    fill(query, DIM_MOST * ROWS_MOST, 1);
    fill_cache(o, type, dim);
}

/* What rounding to the cache's type may change a value of at most 1 by. */
static double step_of(enum tern_kv_type type) {
    return type == TERN_KV_F16 ? 0x1p-11 : type == TERN_KV_F32 ? 0 : 0.51 / 127;
}

static uint32_t bits_of(float x) {
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static float any_float(void) {
    const uint32_t b = (uint32_t)tern_random_next(&seed);
    float x;
    memcpy(&x, &b, sizeof x);
    return x;
}

static void same_as_fmaf(float a, float b, float c) {
    const float want = fmaf(a, b, c), got = tern_fused_emulated(a, b, c);
    if (isnan(want))
        cr_assert(isnan(got), "%a %a %a", (double)a, (double)b, (double)c);
    else
        cr_assert(eq(u32, bits_of(got), bits_of(want)), "%a * %a + %a", (double)a, (double)b, (double)c);
}

Test(attend, a_fused_multiplication_is_emulated_bit_for_bit) {
    for (size_t i = 0; i < 2000000; i++) same_as_fmaf(any_float(), any_float(), any_float());
    for (size_t i = 0; i < 2000000; i++) { /* of like size, where bits are lost */
        const float a = some(1), b = some(1);
        same_as_fmaf(a, b, -a * b);
        same_as_fmaf(a, b, ldexpf(some(1), (int)tern_random_below(&seed, 60) - 40));
    }
    /* The product is a little more or less than half a step of c: a second rounding would tie. */
    for (int sign = -1; sign <= 1; sign += 2)
        for (int e = -30; e <= 30; e++) {
            const float c = ldexpf(1 + FLT_EPSILON, e), half = ldexpf(1, e - 24);
            same_as_fmaf(half * (1 + FLT_EPSILON), sign * (1 - FLT_EPSILON / 2), c);
            same_as_fmaf(half, sign * (1 + FLT_EPSILON), c);
            same_as_fmaf(half, (float)sign, c);
        }
    same_as_fmaf(1e-40f, 0.5f, 1e-45f);
    same_as_fmaf(FLT_MAX, 2, -FLT_MAX);
    same_as_fmaf(FLT_MAX, FLT_MAX, 0);
    same_as_fmaf(INFINITY, 0, 1);
    same_as_fmaf(INFINITY, 1, -INFINITY);
    same_as_fmaf(1, 1, INFINITY);
    same_as_fmaf(-0.0f, 1, -0.0f);
}

Test(attend, scores_are_dot_products_with_the_keys_of_every_cache_type) {
    static float out[KEYS + TERN_KEYS];
    FOR_EACH_LEVEL(o)
    for (size_t i = 0; i < DIMS; i++)
        for (enum tern_kv_type type = 0; type < TERN_KV_TYPES; type++) {
            const size_t dim = dims[i];
            random_cache(o, type, dim);
            o->scores[type](query, 1, keys, BLOCKS, dim, out, 0);
            for (size_t p = 0; p < KEYS; p++) {
                double sum = 0, room = 1e-5;
                for (size_t d = 0; d < dim; d++) {
                    sum += (double)query[d] * (double)key[p][d];
                    room += fabs((double)query[d]) * step_of(type);
                }
                cr_assert(lt(dbl, fabs((double)out[p] - sum), room), "%s, type %d, %zu values", o->level,
                          type, dim);
            }
        }
}

Test(attend, gather_is_the_weighted_sum_of_the_values_of_every_cache_type) {
    static float weight[KEYS], out[DIM_MOST];
    FOR_EACH_LEVEL(o)
    for (size_t i = 0; i < DIMS; i++)
        for (enum tern_kv_type type = 0; type < TERN_KV_TYPES; type++) {
            const size_t dim = dims[i];
            random_cache(o, type, dim);
            fill(weight, KEYS, 1);
            memset(out, 0, sizeof out);
            o->gather[type](weight, 0, 1, values, KEYS, dim, out, 0);
            for (size_t d = 0; d < dim; d++) {
                double sum = 0, room = 1e-5;
                for (size_t p = 0; p < KEYS; p++) {
                    sum += (double)weight[p] * (double)value[p][d];
                    room += fabs((double)weight[p]) * step_of(type);
                }
                cr_assert(lt(dbl, fabs((double)out[d] - sum), room), "%s, type %d, %zu values", o->level,
                          type, dim);
            }
        }
}

/* Of any number of rows and blocks, so that every tile and every rest of a tile is met. */
Test(attend, rows_of_a_tile_get_the_bits_of_each_alone) {
    enum { STRIDE = BLOCKS * TERN_KEYS };
    static float out[ROWS_MOST * STRIDE], one[STRIDE], q[DIM_MOST];
    FOR_EACH_LEVEL(o)
    for (size_t rows = 1; rows <= ROWS_MOST; rows++)
        for (size_t blocks = 1; blocks <= BLOCKS; blocks++) {
            const enum tern_kv_type type = (enum tern_kv_type)((rows + blocks) % TERN_KV_TYPES);
            const size_t dim = dims[(rows + blocks) % DIMS];
            random_cache(o, type, dim);
            o->scores[type](query, rows, keys, blocks, dim, out, STRIDE);
            for (size_t r = 0; r < rows; r++) {
                for (size_t d = 0; d < dim; d++) q[d] = query[d * rows + r];
                o->scores[type](q, 1, keys, blocks, dim, one, 0);
                cr_assert(memcmp(one, out + r * STRIDE, blocks * TERN_KEYS * sizeof *one) == 0,
                          "%s: row %zu of %zu, %zu blocks", o->level, r, rows, blocks);
            }
        }
}

Test(attend, gathered_rows_get_the_bits_of_each_alone_and_of_two_pieces) {
    static float weight[ROWS_MOST][KEYS], out[ROWS_MOST][DIM_MOST], one[DIM_MOST];
    FOR_EACH_LEVEL(o)
    for (size_t rows = 1; rows <= ROWS_MOST; rows++)
        for (size_t i = 0; i < DIMS; i++) {
            const enum tern_kv_type type = (enum tern_kv_type)((rows + i) % TERN_KV_TYPES);
            const size_t dim = dims[i], bytes = tern_kv_value_bytes(type, dim), cut = rows * 7;
            random_cache(o, type, dim);
            fill(weight[0], rows * KEYS, 1);
            memset(out, 0, sizeof out);
            o->gather[type](weight[0], KEYS, rows, values, cut, dim, out[0], DIM_MOST);
            o->gather[type](weight[0] + cut, KEYS, rows, values + cut * bytes, KEYS - cut, dim, out[0],
                            DIM_MOST);
            for (size_t r = 0; r < rows; r++) {
                memset(one, 0, sizeof one);
                o->gather[type](weight[r], 0, 1, values, KEYS, dim, one, 0);
                cr_assert(memcmp(one, out[r], sizeof one) == 0, "%s: row %zu of %zu, %zu values", o->level, r,
                          rows, dim);
            }
        }
}

Test(attend, every_level_gives_the_same_bits) {
    enum { ROWS = 13, STRIDE = BLOCKS * TERN_KEYS };
    const struct tern_attend_ops *o[LEVELS];
    const size_t n = levels(o);
    if (n < 2) cr_skip_test("this processor has one level only");
    static float score[LEVELS][ROWS * STRIDE], out[LEVELS][ROWS][DIM_MOST];
    static unsigned char kept[sizeof keys + sizeof values];
    static struct tern_attended whole[LEVELS][ROWS];
    for (size_t i = 0; i < DIMS; i++)
        for (enum tern_kv_type type = 0; type < TERN_KV_TYPES; type++) {
            const size_t dim = dims[i];
            random_cache(o[0], type, dim);
            memcpy(kept, keys, sizeof keys);
            memcpy(kept + sizeof keys, values, sizeof values);
            memset(out, 0, sizeof out);
            for (size_t l = 0; l < n; l++) {
                fill_cache(o[l], type, dim);
                cr_assert(memcmp(kept, keys, sizeof keys) == 0, "%s: keys, type %d", o[l]->level, type);
                cr_assert(memcmp(kept + sizeof keys, values, sizeof values) == 0, "%s: values, type %d",
                          o[l]->level, type);
                o[l]->scores[type](query, ROWS, keys, BLOCKS, dim, score[l], STRIDE);
                for (size_t r = 0; r < ROWS; r++)
                    whole[l][r] = o[l]->softmax(score[l] + r * STRIDE, KEYS - r);
                o[l]->gather[type](score[l], STRIDE, ROWS, values, KEYS - ROWS, dim, out[l][0], DIM_MOST);
                for (size_t r = 1; r < ROWS; r++)
                    o[l]->merge(&whole[l][0], out[l][0], &whole[l][r], out[l][r], dim);
            }
            for (size_t l = 1; l < n; l++) {
                cr_assert(memcmp(score[0], score[l], sizeof score[0]) == 0, "%s: scores", o[l]->level);
                cr_assert(memcmp(whole[0], whole[l], sizeof whole[0]) == 0, "%s: sums", o[l]->level);
                cr_assert(memcmp(out[0], out[l], sizeof out[0]) == 0, "%s: values", o[l]->level);
            }
        }
}

Test(attend, softmax_weights_are_the_exponentials_over_their_sum) {
    static const size_t size[] = {1, 2, 15, 16, 17, 300};
    static float s[304], e[304];
    FOR_EACH_LEVEL(o)
    for (size_t i = 0; i < 6; i++) {
        const size_t n = size[i];
        double sum = 0;
        float top = -1e30f;
        fill(s, n, 30);
        memcpy(e, s, sizeof e);
        for (size_t p = 0; p < n; p++) top = s[p] > top ? s[p] : top;
        for (size_t p = 0; p < n; p++) sum += exp((double)(s[p] - top));
        const struct tern_attended got = o->softmax(e, n);
        cr_assert(eq(flt, got.top, top));
        cr_assert(lt(dbl, fabs((double)got.sum - sum), 1e-6 * sum), "%s: %zu scores", o->level, n);
        for (size_t p = 0; p < n; p++) {
            const double expected = exp((double)(s[p] - top)); /* of the f32 difference */
            cr_assert(le(dbl, fabs((double)e[p] - expected), 1e-6 * expected + 1e-30), "%s n %zu", o->level,
                      n);
        }
    }
}

Test(attend, softmax_stands_scores_far_apart_and_huge) {
    FOR_EACH_LEVEL(o) {
        float s[16] = {3e38f, -3e38f, 0};
        const struct tern_attended got = o->softmax(s, 3);
        cr_assert(eq(flt, s[0], 1));
        cr_assert(lt(flt, s[1], 1e-30f));
        cr_assert(lt(flt, s[2], 1e-30f));
        cr_assert(eq(flt, got.sum, 1));
    }
}

Test(attend, merged_spans_are_the_softmax_of_all_positions) {
    enum { DIM = 36, CUT = 64 };
    static float s[160], e[160], out[48], add[48];
    FOR_EACH_LEVEL(o)
    for (int later_wins = 0; later_wins < 2; later_wins++) {
        double sum = 0, want[DIM] = {0};
        random_cache(o, TERN_KV_F32, DIM);
        fill(s, KEYS, 3);
        s[later_wins ? KEYS - 1 : 0] = 9;
        for (size_t p = 0; p < KEYS; p++) sum += exp((double)s[p]);
        for (size_t p = 0; p < KEYS; p++)
            for (size_t d = 0; d < DIM; d++) want[d] += exp((double)s[p]) / sum * (double)value[p][d];
        memcpy(e, s, sizeof e);
        memset(out, 0, sizeof out);
        memset(add, 0, sizeof add);
        struct tern_attended whole = o->softmax(e, CUT);
        o->gather[TERN_KV_F32](e, 0, 1, values, CUT, DIM, out, 0);
        memcpy(e, s + CUT, (KEYS - CUT) * sizeof *e);
        const struct tern_attended part = o->softmax(e, KEYS - CUT);
        o->gather[TERN_KV_F32](e, 0, 1, values + CUT * tern_kv_value_bytes(TERN_KV_F32, DIM), KEYS - CUT, DIM,
                               add, 0);
        o->merge(&whole, out, &part, add, DIM);
        for (size_t d = 0; d < DIM; d++)
            cr_assert(lt(dbl, fabs((double)(out[d] / whole.sum) - want[d]), 1e-6), "%s", o->level);
    }
}

Test(attend, halves_are_stored_alike_at_every_level) {
    enum { N = 4096 + 7 };
    static float x[N];
    static uint16_t row[N + 16], block[N * TERN_KEYS];
    static const uint32_t odd[] = {0x7f800001, 0x7fc00000, 0xffffffff, 0x7f800000, 0xff800000, 0x80000000,
                                   0x33000000, 0x33000001, 0x477fefff, 0x477ff000, 0x387fffff, 0x00000001};
    for (size_t i = 0; i < N; i++) {
        if (i < 12)
            memcpy(&x[i], &odd[i], sizeof x[i]);
        else
            x[i] = any_float();
    }
    FOR_EACH_LEVEL(o) {
        o->put_value[TERN_KV_F16](x, N, row);
        o->put_key[TERN_KV_F16](x, N, 3, block);
        for (size_t i = 0; i < N; i++) {
            cr_assert(eq(u16, row[i], tern_f32_to_f16(x[i])), "%s: %a", o->level, (double)x[i]);
            cr_assert(eq(u16, block[i * TERN_KEYS + 3], tern_f32_to_f16(x[i])));
        }
        for (size_t i = N; i < tern_attend_width(N); i++) cr_assert(eq(u16, row[i], 0));
    }
}

Test(attend, halves_of_every_kind_are_read_exactly) {
    static uint16_t half[65536];
    static float y[65536];
    const float one = 1;
    for (size_t i = 0; i < 65536; i++) half[i] = (uint16_t)i;
    FOR_EACH_LEVEL(o) {
        memset(y, 0, sizeof y);
        o->gather[TERN_KV_F16](&one, 0, 1, half, 1, 65536, y, 0); /* 0 + 1 * x */
        for (size_t i = 0; i < 65536; i++) {
            const float x = tern_f16_to_f32((uint16_t)i);
            cr_assert(isnan(x) ? isnan(y[i]) : y[i] == x, "%s %04zx", o->level, i);
        }
    }
}

static float scale_at(const int8_t *row, size_t dim, size_t i) {
    float scale;
    memcpy(&scale, row + tern_attend_width(dim) + i / TERN_KV_BLOCK * sizeof scale, sizeof scale);
    return scale;
}

Test(attend, bytes_are_within_half_a_step_of_the_largest_of_their_block) {
    static int8_t row[2 * DIM_MOST];
    FOR_EACH_LEVEL(o)
    for (size_t n = 0; n < DIMS; n++)
        for (size_t round = 0; round < 3; round++) {
            const size_t dim = dims[n];
            float x[DIM_MOST], top = 0;
            fill(x, dim, (float)round);
            o->put_value[TERN_KV_Q8](x, dim, row);
            for (size_t i = 0; i < dim; i++) {
                if (i % TERN_KV_BLOCK == 0) top = 0;
                for (size_t j = i; i % TERN_KV_BLOCK == 0 && j < i + TERN_KV_BLOCK && j < dim; j++)
                    top = fmaxf(top, fabsf(x[j]));
                const float scale = scale_at(row, dim, i);
                cr_assert(epsilon_eq(flt, scale, top / 127, 1e-6f));
                cr_assert(le(flt, fabsf(scale * row[i] - x[i]), 0.501f * scale + 1e-7f));
            }
        }
}

Test(attend, bytes_of_no_numbers_are_numbers) {
    FOR_EACH_LEVEL(o) {
        const float x[4] = {NAN, INFINITY, -1, 2};
        int8_t q[16 + sizeof(float)];
        o->put_value[TERN_KV_Q8](x, 4, q);
        cr_assert(q[0] == 0);
    }
}
