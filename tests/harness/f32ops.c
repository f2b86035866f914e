#include "kernels/dense/f32_ops.h"

#include "base/isa.h"
#include "base/random.h"
#include "kernels/epilogue.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS 8 /* at most */

#define MOST 1000

static float a[MOST], b[MOST], c[MOST];
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

Test(f32ops, every_level_gives_the_same_bits) {
    enum { N = 333, DIM = 66 };
    const struct tern_f32_ops *o[LEVELS];
    const size_t n = levels(o);
    if (n < 2) cr_skip_test("this processor has one level only");
    static float out[LEVELS][MOST];
    fill(a, N, 5);
    fill(b, N, 1);
    for (size_t l = 0; l < n; l++) {
        float *y = out[l];
        o[l]->norm(a, b, N, 1e-5f, y);
        for (int neox = 0; neox < 2; neox++) {
            memcpy(y + N + 100 * neox, a, DIM * sizeof *a);
            o[l]->rope(y + N + 100 * neox, b, b + DIM / 2, DIM, neox);
        }
        o[l]->multiply(y + N, DIM, 0.1f);
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
        const struct tern_epilogue_ops *quantiser = tern_epilogue_ops_for(tern_isa_detected());
        quantiser->quantise(a, b, quantiser->norm_factor(a, n, 1e-5f), n, stride, got, &sums[1], &inv[1]);
        cr_assert(memcmp(want, got, stride) == 0, "%s n %zu", o->level, n);
        cr_assert(memcmp(&inv[0], &inv[1], sizeof *inv) == 0);
    }
}
