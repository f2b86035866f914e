/* TQ2_0 of ggml: per row, blocks of 256 weights.
 *
 *   block = 66 bytes; bytes 0..31 hold weights 0..127, bytes 32..63 weights 128..255:
 *     byte m of a half holds w[m] w[m+32] w[m+64] w[m+96] in bits 1:0 3:2 5:4 7:6   codes 0, 1, 2 = -1, 0, +1
 *     bytes 64..65: f16 scale
 *
 * A block of zeros may have scale 0; all others must agree, as those of BitNet's tensors do. */
#include "kernels/format.h"

#include "kernels/half.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 256, BLOCK_BYTES = 66 };

static enum tern_status accepts(size_t m, size_t k, struct tern_error *e) {
    (void)m;
    if (k % BLOCK == 0) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "tq20: K = %zu is not a multiple of 256", k);
}

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 1;
}

static size_t bytes(size_t m, size_t k) {
    return m * (k / BLOCK) * BLOCK_BYTES;
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m;
    uint8_t *out = (uint8_t *)dst + r0 * (k / BLOCK) * BLOCK_BYTES;
    const uint16_t d = tern_f32_to_f16(scale);
    for (size_t i = 0; i < (r1 - r0) * k; i += BLOCK, out += BLOCK_BYTES) {
        for (size_t p = 0; p < 64; p++) {
            const int8_t *w = trits + i + (p & 32) * 4 + (p & 31);
            out[p] = (uint8_t)((w[0] + 1) | (w[32] + 1) << 2 | (w[64] + 1) << 4 | (w[96] + 1) << 6);
        }
        memcpy(out + 64, &d, sizeof d);
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    const uint8_t *in = (const uint8_t *)src + r0 * (k / BLOCK) * BLOCK_BYTES;
    for (size_t i = 0; i < (r1 - r0) * k; i += BLOCK, in += BLOCK_BYTES) {
        for (size_t p = 0; p < 64; p++) {
            int8_t *w = trits + i + (p & 32) * 4 + (p & 31);
            for (int g = 0; g < 4; g++) w[32 * g] = (int8_t)((in[p] >> 2 * g & 3) - 1);
        }
    }
}

static int all_zero(const uint8_t *block) {
    for (int p = 0; p < 64; p++)
        if (block[p] != 0x55) return 0;
    return 1;
}

static enum tern_status read_scale(const void *src, size_t m, size_t k, float *out, struct tern_error *e) {
    const uint8_t *in = src;
    float common = 0;
    for (size_t b = 0; b < m * (k / BLOCK); b++, in += BLOCK_BYTES) {
        uint16_t d;
        memcpy(&d, in + 64, sizeof d);
        const float s = tern_f16_to_f32(d);
        if (!isfinite(s))
            return tern_fail(e, TERN_BAD_INPUT, "tq20: the scale of block %zu is not finite", b);
        if (all_zero(in)) continue;
        if (common == 0) common = s;
        if (s != common || s == 0)
            return tern_fail(e, TERN_UNSUPPORTED,
                             "tq20: block %zu has scale %g, others %g: not one scale per tensor", b,
                             (double)s, (double)common);
    }
    *out = common;
    return TERN_OK;
}

const struct tern_format tern_format_tq20 = {
    .name = "tq20",
    .title = "TQ2_0: blocks of 256 weights in 64 bytes and an f16 scale",
    .source = "ggml, type 35",
    .bits = 2.0625,
    .in_files = 1,
    .accepts = accepts,
    TERN_FORMAT_CALLS,
    .scale = read_scale,
};
