#include "kernels/format.h"

#include "base/memory.h"
#include "base/random.h"
#include "kernels/half.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

static int8_t *random_trits(size_t n, uint64_t seed) {
    struct tern_random r = {seed};
    int8_t *t = tern_alloc(n);
    for (size_t i = 0; i < n; i++) t[i] = (int8_t)(tern_random_below(&r, 3) - 1);
    return t;
}

/* Weights that `f` can hold: a binary format has no 0. */
static int8_t *random_weights(const struct tern_format *f, size_t n, uint64_t seed) {
    int8_t *t = random_trits(n, seed);
    for (size_t i = 0; i < n && f->binary; i++)
        if (!t[i]) t[i] = i % 2 ? 1 : -1;
    return t;
}

Test(formats, unpack_of_pack_is_the_identity_for_every_accepted_shape) {
    static const size_t ms[] = {1, 3, 16, 63, 64, 65, 80, 81, 160, 200},
                        ks[] = {1, 3, 4, 5, 64, 128, 250, 256, 384, 640, 8640};
    size_t count, checked = 0;
    const struct tern_format *const *f = tern_formats(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t a = 0; a < sizeof ms / sizeof *ms; a++) {
            for (size_t b = 0; b < sizeof ks / sizeof *ks; b++) {
                const size_t m = ms[a], k = ks[b];
                if (f[i]->accepts(m, k, NULL)) continue;
                int8_t *t = random_weights(f[i], m * k, m * 1000 + k), *back = tern_alloc(m * k);
                void *packed = tern_alloc(f[i]->bytes(m, k));
                f[i]->pack(t, m, k, 0, m, 0.5f, packed);
                f[i]->unpack(packed, m, k, 0, m, back);
                cr_assert(memcmp(t, back, m * k) == 0, "%s %zux%zu", f[i]->name, m, k);
                tern_free(t);
                tern_free(back);
                tern_free(packed);
                checked++;
            }
        }
    }
    cr_assert(checked > 1500, "only %zu shapes were accepted by any format", checked);
}

Test(formats, packing_by_row_ranges_gives_the_same_bytes) {
    size_t count;
    const struct tern_format *const *f = tern_formats(&count);
    for (size_t i = 0; i < count; i++) {
        const size_t k = 256, m = f[i]->accepts(330, k, NULL) ? 640 : 330, step = f[i]->row_step(m, k);
        cr_assert(f[i]->accepts(m, k, NULL) == TERN_OK, "%s", f[i]->name);
        int8_t *t = random_weights(f[i], m * k, 7);
        const size_t bytes = f[i]->bytes(m, k);
        char *whole = tern_alloc(bytes), *parts = tern_alloc(bytes);
        f[i]->pack(t, m, k, 0, m, 0.25f, whole);
        for (size_t r = (m - 1) / step * step;; r -= step) {
            f[i]->pack(t + r * k, m, k, r, tern_min(m, r + step), 0.25f, parts);
            if (r == 0) break;
        }
        cr_assert(memcmp(whole, parts, bytes) == 0, "%s", f[i]->name);
    }
}

Test(formats, a_scale_inside_the_tensor_comes_back) {
    const struct tern_format *i2s = tern_format_named("i2s"), *tq20 = tern_format_named("tq20");
    int8_t *t = random_trits(4 * 256, 3);
    char buf[4096];
    float scale;
    i2s->pack(t, 4, 256, 0, 4, 1.2345678f, buf);
    cr_assert(eq(int, i2s->scale(buf, 4, 256, &scale, NULL), TERN_OK));
    cr_assert(scale == 1.2345678f);
    tq20->pack(t, 4, 256, 0, 4, 0.75f, buf);
    cr_assert(eq(int, tq20->scale(buf, 4, 256, &scale, NULL), TERN_OK));
    cr_assert(scale == 0.75f);
}

Test(formats, blocks_with_different_scales_are_refused) {
    const struct tern_format *f = tern_format_named("tq20");
    int8_t *t = random_trits(512, 3);
    char buf[132];
    float scale;
    struct tern_error e;
    f->pack(t, 2, 256, 0, 2, 0.75f, buf);
    const uint16_t other = tern_f32_to_f16(0.5f);
    memcpy(buf + 66 + 64, &other, 2);
    cr_assert(eq(int, f->scale(buf, 2, 256, &scale, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "block 1") != NULL);
}

Test(formats, a_code_that_is_no_trit_is_seen) {
    const struct tern_format *f = tern_format_named("i2s");
    unsigned char buf[64] = {0};
    int8_t t[128];
    buf[5] = 0xff;
    f->unpack(buf, 1, 128, 0, 1, t);
    cr_assert(eq(int, t[5], 2));
}

Test(formats, shapes_a_format_cannot_hold_are_refused_with_the_reason) {
    struct tern_error e;
    cr_assert(eq(int, tern_format_named("tq20")->accepts(64, 8640, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "8640") != NULL);
    cr_assert(eq(int, tern_format_named("i2s")->accepts(1, 100, &e), TERN_UNSUPPORTED));
}

Test(half, every_f16_survives_the_way_through_f32) {
    for (uint32_t h = 0; h < 0x10000; h++) {
        const float f = tern_f16_to_f32((uint16_t)h);
        if (isnan(f))
            cr_assert(0x7c00 < (tern_f32_to_f16(f) & 0x7fff));
        else
            cr_assert(eq(u32, tern_f32_to_f16(f), h));
    }
}

Test(half, rounding_is_to_nearest_even) {
    cr_assert(eq(u32, tern_f32_to_f16(1.0f + 0x1p-11f), 0x3c00));
    cr_assert(eq(u32, tern_f32_to_f16(1.0f + 0x1.8p-10f), 0x3c02));
    cr_assert(eq(u32, tern_f32_to_f16(65520.0f), 0x7c00));
    cr_assert(eq(u32, tern_f32_to_f16(65519.0f), 0x7bff));
}
