#include "kernels/quantise.h"

#include "base/isa.h"
#include "base/memory.h"
#include "base/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

Test(quantise, the_largest_activation_becomes_127) {
    float x[4] = {0.5f, -2.0f, 1.0f, 0.0f}, inv;
    int8_t q[TERN_TOKEN_ALIGN];
    int32_t sum;
    tern_quantise_reference(x, 4, sizeof q, q, &sum, &inv);
    cr_assert(eq(int, q[0], 32)); /* 31.75 */
    cr_assert(eq(int, q[1], -127));
    cr_assert(eq(int, q[2], 64)); /* 63.5 rounds to even */
    cr_assert(eq(int, sum, 32 - 127 + 64));
    cr_assert(epsilon_eq(flt, inv, 2.0f / 127.0f, 1e-9f));
}

Test(quantise, a_row_of_zeros_has_the_floor_as_its_scale) {
    float x[8] = {0}, inv;
    int8_t q[TERN_TOKEN_ALIGN];
    int32_t sum;
    tern_quantise_reference(x, 8, sizeof q, q, &sum, &inv);
    cr_assert(eq(int, sum, 0));
    cr_assert(epsilon_eq(flt, inv, 1e-5f / 127.0f, 1e-12f));
}

static void compare_levels(const float *x, size_t k) {
    const size_t stride = tern_token_stride(k);
    int8_t *want = tern_alloc(stride), *got = tern_alloc(stride);
    int32_t want_sum, sum;
    float want_inv, inv;
    tern_quantise_reference(x, k, stride, want, &want_sum, &want_inv);
    size_t count;
    const struct tern_isa_level *l = tern_isa_levels(&count);
    for (size_t i = 0; i < count; i++) {
        const uint32_t mask = l[i].needs;
        memset(got, 0x55, stride);
        tern_quantise_for(mask & tern_isa_detected())(x, k, stride, got, &sum, &inv);
        cr_assert(memcmp(got, want, stride) == 0, "q differs at level %s, K = %zu", l[i].name, k);
        cr_assert(eq(int, sum, want_sum));
        cr_assert(memcmp(&inv, &want_inv, sizeof inv) == 0, "inv differs at level %s", l[i].name);
    }
    tern_free(want);
    tern_free(got);
}

Test(quantise, every_level_is_bit_equal_to_the_reference) {
    struct tern_random r = {11};
    for (size_t k = 1; k < 700; k += k < 70 ? 1 : 37) {
        float *x = tern_alloc(k * sizeof *x);
        for (size_t i = 0; i < k; i++) x[i] = (float)(tern_random_unit(&r) * 4 - 2);
        compare_levels(x, k);
        for (size_t i = 0; i < k; i++)
            x[i] = (float)(int)tern_random_below(&r, 255) / 2.0f; /* many exact halves */
        compare_levels(x, k);
        tern_free(x);
    }
}

Test(quantise, nan_infinity_and_denormals_are_defined_at_every_level) {
    float x[40];
    for (size_t i = 0; i < 40; i++) x[i] = (float)i - 20;
    x[3] = NAN;
    compare_levels(x, 40);
    x[7] = INFINITY, x[9] = -INFINITY;
    compare_levels(x, 40);
    for (size_t i = 0; i < 40; i++) x[i] = 1e-42f * (float)i;
    compare_levels(x, 40);
    for (size_t i = 0; i < 40; i++) x[i] = NAN;
    compare_levels(x, 40);
}
