/* I2_S, the layout of x86 builds of bitnet.cpp: the matrix as one row-major run of weights cut in blocks of
 * 128.
 *
 *   block = 32 bytes; byte p holds  w[p] w[p+32] w[p+64] w[p+96]
 *                          in bits   7:6    5:4     3:2     1:0      codes 0, 1, 2 = -1, 0, +1
 *   after the last block: f32 scale, 28 bytes of padding. */
#include "kernels/format.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static size_t gcd(size_t a, size_t b) {
    while (b) {
        size_t t = a % b;
        a = b;
        b = t;
    }
    return a;
}

static enum tern_status accepts(size_t m, size_t k, struct tern_error *e) {
    if ((m * k) % 128 == 0) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "i2s: %zux%zu: the number of weights is not a multiple of 128", m,
                     k);
}

static size_t row_step(size_t m, size_t k) {
    (void)m;
    return 128 / gcd(k, 128); /* a range must begin where a block begins */
}

static size_t bytes(size_t m, size_t k) {
    return m * k / 4 + 32;
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    uint8_t *out = (uint8_t *)dst + r0 * k / 4;
    for (size_t i = 0; i < (r1 - r0) * k; i += 128, out += 32) {
        for (size_t p = 0; p < 32; p++) {
            const int8_t *w = trits + i + p;
            out[p] = (uint8_t)((w[0] + 1) << 6 | (w[32] + 1) << 4 | (w[64] + 1) << 2 | (w[96] + 1));
        }
    }
    if (r1 != m) return;
    memset(out, 0, 32);
    memcpy(out, &scale, sizeof scale);
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    const uint8_t *in = (const uint8_t *)src + r0 * k / 4;
    for (size_t i = 0; i < (r1 - r0) * k; i += 128, in += 32) {
        for (size_t p = 0; p < 32; p++) {
            int8_t *w = trits + i + p;
            w[0] = (int8_t)((in[p] >> 6) - 1);
            w[32] = (int8_t)((in[p] >> 4 & 3) - 1);
            w[64] = (int8_t)((in[p] >> 2 & 3) - 1);
            w[96] = (int8_t)((in[p] & 3) - 1);
        }
    }
}

static enum tern_status read_scale(const void *src, size_t m, size_t k, float *out, struct tern_error *e) {
    memcpy(out, (const uint8_t *)src + m * k / 4, sizeof *out);
    if (isfinite(*out)) return TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "i2s: the scale is not finite");
}

const struct tern_format tern_format_i2s = {
    .name = "i2s",
    .title = "I2_S, x86 layout: blocks of 128 weights in 32 bytes",
    .source = "bitnet.cpp, ggml type 36",
    .bits = 2.0,
    .in_files = 1,
    .accepts = accepts,
    TERN_FORMAT_CALLS,
    .scale = read_scale,
};
