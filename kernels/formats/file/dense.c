/* f16, f32 and i8: the dense baselines as formats. Plain row-major arrays, rows K elements apart without padding.
 */
#include "kernels/format.h"

#include "kernels/half.h"

#include <string.h>

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 1;
}

static size_t bytes_i8(size_t m, size_t k) {
    return m * k;
}

static void pack_i8(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    memcpy((int8_t *)dst + r0 * k, trits, (r1 - r0) * k);
}

static void unpack_i8(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    const int8_t *in = (const int8_t *)src + r0 * k;
    for (size_t i = 0; i < (r1 - r0) * k; i++) trits[i] = in[i] < -1 || in[i] > 1 ? 2 : in[i];
}

const struct tern_format tern_format_i8 = {
    .name = "i8",
    .title = "dense int8, one byte per weight",
    .source = "two's complement",
    .bits = 8,
    .accepts = tern_accepts_any,
    .row_step = row_step,
    .bytes = bytes_i8,
    .pack = pack_i8,
    .unpack = unpack_i8,
};

static size_t bytes_f16(size_t m, size_t k) {
    return m * k * 2;
}

static size_t bytes_f32(size_t m, size_t k) {
    return m * k * 4;
}

static void pack_f16(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    uint16_t *out = (uint16_t *)dst + r0 * k;
    for (size_t i = 0; i < (r1 - r0) * k; i++) out[i] = trits[i] ? (trits[i] > 0 ? 0x3c00 : 0xbc00) : 0;
}

static void pack_f32(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    float *out = (float *)dst + r0 * k;
    for (size_t i = 0; i < (r1 - r0) * k; i++) out[i] = trits[i];
}

static int8_t trit_of(float f) {
    return f == 0 ? 0 : f == 1 ? 1 : f == -1 ? -1 : 2;
}

static void unpack_f16(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    const uint16_t *in = (const uint16_t *)src + r0 * k;
    for (size_t i = 0; i < (r1 - r0) * k; i++) trits[i] = trit_of(tern_f16_to_f32(in[i]));
}

static void unpack_f32(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    const float *in = (const float *)src + r0 * k;
    for (size_t i = 0; i < (r1 - r0) * k; i++) trits[i] = trit_of(in[i]);
}

const struct tern_format tern_format_f16 = {
    .name = "f16",
    .title = "dense IEEE half precision, the usual baseline",
    .source = "IEEE 754",
    .bits = 16,
    .in_files = 1,
    .accepts = tern_accepts_any,
    .row_step = row_step,
    .bytes = bytes_f16,
    .pack = pack_f16,
    .unpack = unpack_f16,
};

const struct tern_format tern_format_f32 = {
    .name = "f32",
    .title = "dense IEEE single precision",
    .source = "IEEE 754",
    .bits = 32,
    .in_files = 1,
    .accepts = tern_accepts_any,
    .row_step = row_step,
    .bytes = bytes_f32,
    .pack = pack_f32,
    .unpack = unpack_f32,
};
