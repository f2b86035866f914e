#include "kernels/dense/f32_ops.h"

#include "base/isa.h"
#include "base/random.h"
#include "kernels/epilogue.h"
#include "kernels/half.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS 8 /* at most */

#define MOST 1000

static float a[MOST], b[MOST], c[MOST], d[MOST];
static struct tern_random seed = {42};

static float some(float scale) {
    return scale * (float)(2 * tern_random_unit(&seed) - 1);
}

static void fill(float *x, size_t n, float scale) {
    for (size_t i = 0; i < n; i++) x[i] = some(scale);
}

/* Every level that this processor can run. */
static size_t levels(const struct tern_f32_ops **out) {
    size_t n = 0;
    for (size_t i = 0; n < LEVELS && tern_f32_ops_levels[i]; i++)
        if (!(tern_f32_ops_levels[i]->needs & ~tern_isa_detected())) out[n++] = tern_f32_ops_levels[i];
    return n;
}

#define FOR_EACH_LEVEL(o)                                                                                    \
    const struct tern_f32_ops *table_[LEVELS], *o;                                                           \
    const size_t levels_ = levels(table_);                                                                   \
    for (size_t l_ = 0; l_ < levels_ && (o = table_[l_]); l_++)

Test(f32ops, norm_divides_by_the_root_of_the_mean_square) {
    static const size_t size[] = {1, 7, 16, 33, 256, 691};
    FOR_EACH_LEVEL(o)
    for (size_t s = 0; s < 6; s++) {
        const size_t n = size[s];
        double sum = 0;
        fill(a, n, 3);
        fill(b, n, 2);
        for (size_t i = 0; i < n; i++) sum += (double)a[i] * a[i];
        o->norm(a, b, n, 1e-5f, c);
        for (size_t i = 0; i < n; i++)
            cr_assert(epsilon_eq(dbl, c[i], a[i] / sqrt(sum / (double)n + 1e-5) * b[i], 3e-6), "%s n %zu",
                      o->level, n);
    }
}

Test(f32ops, norm_without_weights_copies) {
    FOR_EACH_LEVEL(o) {
        fill(a, 40, 3);
        o->norm(a, NULL, 40, 1e-5f, c);
        cr_assert(memcmp(a, c, 40 * sizeof *a) == 0);
    }
}

Test(f32ops, norm_of_zeros_is_zero) {
    FOR_EACH_LEVEL(o) {
        memset(a, 0, sizeof a);
        fill(b, 64, 1);
        o->norm(a, b, 64, 1e-5f, c);
        for (size_t i = 0; i < 64; i++) cr_assert(c[i] == 0);
    }
}

Test(f32ops, rope_rotates_each_pair_by_its_angle) {
    enum { DIM = 48 };
    float cosine[DIM / 2], sine[DIM / 2];
    for (int neox = 0; neox < 2; neox++) {
        FOR_EACH_LEVEL(o) {
            fill(a, DIM, 2);
            memcpy(c, a, DIM * sizeof *a);
            for (size_t i = 0; i < DIM / 2; i++) {
                const double angle = 17 * pow(1e4, -2.0 * (double)i / DIM);
                cosine[i] = (float)cos(angle);
                sine[i] = (float)sin(angle);
            }
            o->rope(c, cosine, sine, DIM, neox);
            for (size_t i = 0; i < DIM / 2; i++) {
                const size_t u = neox ? i : 2 * i, v = neox ? i + DIM / 2 : 2 * i + 1;
                const double angle = 17 * pow(1e4, -2.0 * (double)i / DIM);
                cr_assert(epsilon_eq(dbl, c[u], a[u] * cos(angle) - a[v] * sin(angle), 1e-6));
                cr_assert(epsilon_eq(dbl, c[v], a[u] * sin(angle) + a[v] * cos(angle), 1e-6));
            }
        }
    }
}

Test(f32ops, softmax_weights_are_the_exponentials_over_their_sum) {
    static const size_t size[] = {1, 2, 15, 16, 17, 300};
    FOR_EACH_LEVEL(o)
    for (size_t s = 0; s < 6; s++) {
        const size_t n = size[s];
        double sum = 0;
        float top = -1e30f;
        fill(a, n, 30);
        memcpy(c, a, n * sizeof *a);
        for (size_t i = 0; i < n; i++) top = a[i] > top ? a[i] : top;
        for (size_t i = 0; i < n; i++) sum += exp((double)(a[i] - top));
        const float rest = o->softmax(c, n);
        for (size_t i = 0; i < n; i++) {
            const double expected = exp((double)(a[i] - top)) / sum; /* of the f32 difference */
            cr_assert(le(dbl, fabs((double)(c[i] * rest) - expected), 1e-6 * expected + 1e-30), "%s n %zu",
                      o->level, n);
        }
    }
}

Test(f32ops, softmax_stands_scores_far_apart_and_huge) {
    FOR_EACH_LEVEL(o) {
        float s[16] = {3e38f, -3e38f, 0};
        const float rest = o->softmax(s, 3);
        cr_assert(epsilon_eq(flt, s[0] * rest, 1, 1e-6f));
        cr_assert(lt(flt, s[1] * rest, 1e-30f));
        cr_assert(lt(flt, s[2] * rest, 1e-30f));
    }
}

Test(f32ops, scores_are_scaled_dot_products_of_either_cache_type) {
    enum { DIM = 36, KEYS = 9 };
    uint16_t half[KEYS * DIM];
    FOR_EACH_LEVEL(o) {
        fill(a, DIM, 1);
        fill(b, KEYS * DIM, 1);
        o->store[0](b, KEYS * DIM, half);
        o->scores[1](a, b, KEYS, DIM, 0.25f, c);
        o->scores[0](a, half, KEYS, DIM, 0.25f, d);
        for (size_t p = 0; p < KEYS; p++) {
            double exact = 0, rounded = 0;
            for (size_t i = 0; i < DIM; i++) {
                exact += (double)a[i] * b[p * DIM + i];
                rounded += (double)a[i] * tern_f16_to_f32(half[p * DIM + i]);
            }
            cr_assert(epsilon_eq(dbl, c[p], exact / 4, 2e-6));
            cr_assert(epsilon_eq(dbl, d[p], rounded / 4, 2e-6));
        }
    }
}

/* Also lengths that leave a rest behind blocks of positions and of dimensions. */
Test(f32ops, heads_together_get_the_bits_of_each_alone) {
    enum { H = TERN_HEADS_TOGETHER, DIM = 80, KEYS = 11, STRIDE = 16 };
    uint16_t half[KEYS * DIM];
    float together[H * DIM];
    FOR_EACH_LEVEL(o) {
        if (!o->scores_together) continue;
        fill(a, H * DIM, 1);
        fill(b, KEYS * DIM, 1);
        o->store[0](b, KEYS * DIM, half);
        o->scores_together(a, half, KEYS, DIM, 0.25f, c, STRIDE);
        fill(together, H * DIM, 1);
        memcpy(b, together, sizeof together);
        o->gather_together(c, STRIDE, half, KEYS, DIM, together);
        for (size_t h = 0; h < H; h++) {
            o->scores[0](a + h * DIM, half, KEYS, DIM, 0.25f, d);
            cr_assert(memcmp(d, c + h * STRIDE, KEYS * sizeof *d) == 0, "%s head %zu", o->level, h);
            o->gather[0](c + h * STRIDE, half, KEYS, DIM, b + h * DIM);
        }
        cr_assert(memcmp(b, together, sizeof together) == 0, "%s", o->level);
    }
}

Test(f32ops, halves_are_stored_alike_at_every_level) {
    enum { N = 4096 + 7 };
    static float x[N];
    static uint16_t h[N];
    static const uint32_t odd[] = {0x7f800001, 0x7fc00000, 0xffffffff, 0x7f800000, 0xff800000, 0x80000000,
                                   0x33000000, 0x33000001, 0x477fefff, 0x477ff000, 0x387fffff, 0x00000001};
    struct tern_random r = {7};
    for (size_t i = 0; i < N; i++) {
        const uint32_t bits = i < 12 ? odd[i] : (uint32_t)tern_random_next(&r);
        memcpy(&x[i], &bits, sizeof bits);
    }
    FOR_EACH_LEVEL(o) {
        o->store[TERN_KV_F16](x, N, h);
        for (size_t i = 0; i < N; i++)
            cr_assert(eq(u16, h[i], tern_f32_to_f16(x[i])), "%s: %a", o->level, (double)x[i]);
    }
}

Test(f32ops, gather_adds_weighted_values_in_two_pieces_as_in_one) {
    enum { DIM = 70, VALUES = 8 };
    uint16_t half[VALUES * DIM];
    FOR_EACH_LEVEL(o) {
        fill(a, VALUES, 1);
        fill(b, VALUES * DIM, 1);
        o->store[0](b, VALUES * DIM, half);
        const void *const values[2] = {half, b};
        const size_t bytes[2] = {2, 4};
        for (int kv = 0; kv < 2; kv++) {
            memset(c, 0, DIM * sizeof *c);
            memset(d, 0, DIM * sizeof *d);
            o->gather[kv](a, values[kv], VALUES, DIM, c);
            o->gather[kv](a, values[kv], VALUES - 1, DIM, d);
            o->gather[kv](a + VALUES - 1, (const char *)values[kv] + (VALUES - 1) * DIM * bytes[kv], 1, DIM,
                          d);
            cr_assert(memcmp(c, d, DIM * sizeof *c) == 0);
            for (size_t i = 0; i < DIM; i++) {
                double sum = 0;
                for (size_t p = 0; p < VALUES; p++)
                    sum += (double)a[p] * (kv ? b[p * DIM + i] : tern_f16_to_f32(half[p * DIM + i]));
                cr_assert(epsilon_eq(dbl, c[i], sum, 2e-6));
            }
        }
    }
}

static float scale_at(const int8_t *row, size_t dim, size_t i) {
    float scale;
    memcpy(&scale, row + dim + i / TERN_KV_BLOCK * sizeof scale, sizeof scale);
    return scale;
}

Test(f32ops, bytes_are_within_half_a_step_and_read_back_by_scores_and_gather) {
    static const size_t size[] = {2, 36, 70, 128};
    for (size_t n = 0; n < 4; n++) {
        enum { ROWS = 6 };
        const size_t dim = size[n], row = tern_kv_row_bytes(TERN_KV_Q8, dim);
        int8_t *q8 = calloc(ROWS, row);
        FOR_EACH_LEVEL(o) {
            fill(a, dim, 1);
            fill(b, ROWS * 2, 0.5f);
            for (size_t p = 0; p < ROWS; p++) {
                float x[128], scale, top = 0;
                fill(x, dim, p == 2 ? 0 : (float)(p + 1));
                o->store[TERN_KV_Q8](x, dim, q8 + p * row);
                memcpy(&scale, q8 + p * row + dim, sizeof scale);
                for (size_t i = 0; i < dim; i++) {
                    if (i % TERN_KV_BLOCK == 0) top = 0;
                    for (size_t j = i; i % TERN_KV_BLOCK == 0 && j < i + TERN_KV_BLOCK && j < dim; j++)
                        top = fmaxf(top, fabsf(x[j]));
                    scale = scale_at(q8 + p * row, dim, i);
                    cr_assert(epsilon_eq(flt, scale, top / 127, 1e-6f));
                    cr_assert(le(flt, fabsf(scale * q8[p * row + i] - x[i]), 0.501f * scale + 1e-7f));
                }
            }
            o->scores[TERN_KV_Q8](a, q8, ROWS, dim, 0.25f, c);
            memset(d, 0, dim * sizeof *d);
            o->gather[TERN_KV_Q8](b, q8, ROWS - 1, dim, d);
            o->gather[TERN_KV_Q8](b + ROWS - 1, q8 + (ROWS - 1) * row, 1, dim, d);
            for (size_t p = 0; p < ROWS; p++) {
                double sum = 0;
                for (size_t i = 0; i < dim; i++)
                    sum += (double)a[i] * scale_at(q8 + p * row, dim, i) * q8[p * row + i];
                cr_assert(epsilon_eq(dbl, c[p], sum / 4, 2e-5));
            }
            for (size_t i = 0; i < dim; i++) {
                double sum = 0;
                for (size_t p = 0; p < ROWS; p++)
                    sum += (double)b[p] * scale_at(q8 + p * row, dim, i) * q8[p * row + i];
                cr_assert(epsilon_eq(dbl, d[i], sum, 2e-5));
            }
        }
        free(q8);
    }
}

Test(f32ops, bytes_of_no_numbers_are_numbers) {
    FOR_EACH_LEVEL(o) {
        const float x[4] = {NAN, INFINITY, -1, 2};
        int8_t q[4 + sizeof(float)];
        float y[4] = {0};
        const float one = 1;
        o->store[TERN_KV_Q8](x, 4, q);
        o->gather[TERN_KV_Q8](&one, q, 1, 4, y);
        cr_assert(q[0] == 0);
    }
}

Test(f32ops, halves_of_every_kind_are_read_exactly) {
    static uint16_t half[65536];
    static float y[65536];
    const float one = 1;
    for (size_t i = 0; i < 65536; i++) half[i] = (uint16_t)i;
    FOR_EACH_LEVEL(o) {
        memset(y, 0, sizeof y);
        o->gather[0](&one, half, 1, 65536, y); /* 0 + 1 * x */
        for (size_t i = 0; i < 65536; i++) {
            const float x = tern_f16_to_f32((uint16_t)i);
            cr_assert(isnan(x) ? isnan(y[i]) : y[i] == x, "%s %04zx", o->level, i);
        }
    }
}

Test(f32ops, every_level_gives_the_same_bits) {
    enum { N = 333, DIM = 48, KEYS = 13 };
    const struct tern_f32_ops *o[LEVELS];
    const size_t n = levels(o);
    if (n < 2) cr_skip_test("this processor has one level only");
    static float out[LEVELS][2 * MOST];
    static uint16_t half[KEYS * DIM];
    static int8_t bytes[KEYS * (DIM + 8)];
    fill(a, N, 5);
    fill(b, KEYS * DIM, 1);
    for (size_t l = 0; l < n; l++) {
        float *y = out[l];
        o[l]->norm(a, b, N, 1e-5f, y);
        o[l]->store[0](b, KEYS * DIM, half);
        o[l]->scores[0](y, half, KEYS, DIM, 0.1f, y + N);
        o[l]->scores[1](y, b, KEYS, DIM, 0.1f, y + N + 16);
        y[N + 32] = o[l]->softmax(y + N, KEYS);
        o[l]->gather[0](y + N, half, KEYS, DIM, y + N + 33);
        o[l]->gather[1](y + N, b, KEYS, DIM, y + N + 33);
        for (size_t p = 0; p < KEYS; p++) o[l]->store[TERN_KV_Q8](b + p * DIM, DIM, bytes + p * (DIM + 8));
        o[l]->scores[TERN_KV_Q8](a, bytes, KEYS, DIM, 0.1f, y + N + 100);
        o[l]->gather[TERN_KV_Q8](a, bytes, KEYS, DIM, y + N + 120);
        if (l) cr_assert(memcmp(out[0], y, sizeof out[0]) == 0, "%s against %s", o[l]->level, o[0]->level);
    }
}

Test(f32ops, the_norm_of_the_head_is_the_one_that_layers_quantise) {
    static const size_t size[] = {5, 16, 40, 691};
    int8_t want[768], got[768];
    int32_t sums[2];
    float inv[2];
    FOR_EACH_LEVEL(o)
    for (size_t s = 0; s < 4; s++) {
        const size_t n = size[s], stride = tern_token_stride(n);
        fill(a, n, 3);
        fill(b, n, 2);
        o->norm(a, b, n, 1e-5f, c);
        tern_quantise_reference(c, n, stride, want, &sums[0], &inv[0]);
        tern_epilogue_ops_for(tern_isa_detected())
            ->norm_quantise(a, b, n, 1e-5f, stride, got, &sums[1], &inv[1]);
        cr_assert(memcmp(want, got, stride) == 0, "%s n %zu", o->level, n);
        cr_assert(memcmp(&inv[0], &inv[1], sizeof *inv) == 0);
    }
}
