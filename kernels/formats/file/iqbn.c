/* The BitNet formats of ik_llama.cpp: blocks of 64 weights, one scale per row, kept at the row's beginning.
 *
 *   IQ1_BN      row: f16 scale, then per 64 weights 13 bytes. Group g = 0..3 of 16 weights:
 *                 bytes 3g..3g+2   its first 15, five per byte (base3.h, but the first trit least significant)
 *                 byte 12          the last ones of the four groups, group 0 least significant
 *   IQ2_BN      row: f32 scale, then per 64 weights 16 bytes:
 *                 byte j           w[j] w[j+16] w[j+32] w[j+48] in bits 1:0 3:2 5:4 7:6, trit + 1
 *   IQ2_BN_R4   four rows: four f32 scales, then per 64 columns 64 bytes:
 *                 byte 16l+4r+i    of row r: w[16l+i] w[16l+i+4] w[16l+i+8] w[16l+i+12] in bits 1:0 3:2 5:4 7:6 */
#include "kernels/formats/file/iqbn.h"
#include "kernels/formats/file/block_format.h"

#include <math.h>
#include <string.h>

static void iq1bn_encode(const int8_t *trits, uint8_t *block) {
    unsigned rest = 0;
    for (size_t g = 4; g-- > 0;) {
        const int8_t *w = trits + 16 * g;
        for (size_t i = 0; i < 3; i++) {
            unsigned q = 0;
            for (size_t j = 5; j-- > 0;) q = q * 3 + (unsigned)(w[5 * i + j] + 1);
            block[3 * g + i] = tern_base3_byte(q);
        }
        rest = rest * 3 + (unsigned)(w[15] + 1);
    }
    block[12] = tern_base3_byte(rest);
}

static void iq2bn_encode(const int8_t *w, uint8_t *block) {
    for (size_t j = 0; j < 16; j++, w++)
        block[j] = (uint8_t)(0x55 + w[0] + 4 * w[16] + 16 * w[32] + 64 * w[48]);
}

const struct tern_file_block tern_block_iq1bn = {.name = "iq1bn",
                                                 .weights = 64,
                                                 .bytes = 13,
                                                 .header = 2,
                                                 .encode = iq1bn_encode,
                                                 .decode = tern_iq1bn_decode};
const struct tern_file_block tern_block_iq2bn = {.name = "iq2bn",
                                                 .weights = 64,
                                                 .bytes = 16,
                                                 .header = 4,
                                                 .encode = iq2bn_encode,
                                                 .decode = tern_iq2bn_decode};

TERN_BLOCK_FORMAT(iq1bn, "IQ1_BN: blocks of 64 weights in 13 bytes, an f16 scale per row",
                  "ik_llama.cpp, type 134", 1.625, 0)
TERN_BLOCK_FORMAT(iq2bn, "IQ2_BN: blocks of 64 weights in 16 bytes, an f32 scale per row",
                  "ik_llama.cpp, type 135", 2.0, 0)

static enum tern_status accepts(size_t m, size_t k, struct tern_error *e) {
    if (m % 4 == 0 && k % 64 == 0) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "iq2bnr4: %zux%zu: M must be a multiple of 4 and K of 64", m, k);
}

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 4;
}

static size_t bytes(size_t m, size_t k) {
    return m * (4 + k / 4);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m;
    uint8_t *out = (uint8_t *)dst + r0 * (4 + k / 4);
    for (size_t r = r0; r < r1; r += 4, trits += 4 * k) {
        for (int i = 0; i < 4; i++, out += sizeof scale) memcpy(out, &scale, sizeof scale);
        for (size_t j = 0; j < k; j += 16, out += 16)
            for (size_t p = 0; p < 16; p++) {
                const int8_t *w = trits + p / 4 * k + j + p % 4;
                out[p] = (uint8_t)(0x55 + w[0] + 4 * w[4] + 16 * w[8] + 64 * w[12]);
            }
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_iq2bnr4_row);
}

static int row_is_zero(const uint8_t *src, size_t k, size_t row) {
    const uint8_t *in = src + row / 4 * 4 * (4 + k / 4) + 16;
    for (size_t i = 0; i < k / 16; i++)
        for (size_t p = 0; p < 4; p++)
            if (in[16 * i + row % 4 * 4 + p] != 0x55) return 0;
    return 1;
}

static enum tern_status read_scale(const void *src, size_t m, size_t k, float *out, struct tern_error *e) {
    float common = 0;
    for (size_t r = 0; r < m; r++) {
        float s;
        memcpy(&s, (const uint8_t *)src + r / 4 * 4 * (4 + k / 4) + r % 4 * sizeof s, sizeof s);
        if (!isfinite(s))
            return tern_fail(e, TERN_BAD_INPUT, "iq2bnr4: the scale of row %zu is not finite", r);
        if (s == common || row_is_zero(src, k, r)) continue;
        if (common != 0 || s == 0)
            return tern_fail(e, TERN_UNSUPPORTED,
                             "iq2bnr4: row %zu has scale %g, others %g: not one scale per tensor", r,
                             (double)s, (double)common);
        common = s;
    }
    *out = common;
    return TERN_OK;
}

const struct tern_format tern_format_iq2bnr4 = {
    .name = "iq2bnr4",
    .title = "IQ2_BN_R4: four rows interleaved, an f32 scale per row",
    .source = "ik_llama.cpp, type 335",
    .bits = 2.0,
    .in_files = 1,
    .accepts = accepts,
    TERN_FORMAT_CALLS,
    .scale = read_scale,
};
