/* The two other layouts that bitnet.cpp builds have written under the name I2_S. Codes, size and the place of
 * the scale are those of i2s.c; nothing in a file tells which of the three it is.
 *
 *   i2sarm  the matrix as one row-major run cut in blocks of 64; block = 16 bytes;
 *           byte p holds w[p] w[p+16] w[p+32] w[p+48] in bits 7:6 5:4 3:2 1:0
 *   i2s4    rows in fours; byte (r/4)*K + c holds rows r, r+1, r+2, r+3 of column c in bits 7:6 5:4 3:2 1:0
 */
#include "kernels/format.h"

#include "kernels/formats/file/i2sfamily.h"
#include "kernels/formats/rows.h"

#include <math.h>
#include <string.h>

static size_t bytes(size_t m, size_t k) {
    return m * k / 4 + 32;
}

static void put_scale(float scale, size_t m, size_t k, uint8_t *dst) {
    memset(dst + m * k / 4, 0, 32);
    memcpy(dst + m * k / 4, &scale, sizeof scale);
}

static enum tern_status read_scale(const void *src, size_t m, size_t k, float *out, struct tern_error *e) {
    memcpy(out, (const uint8_t *)src + m * k / 4, sizeof *out);
    if (isfinite(*out)) return TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "i2s: the scale is not finite");
}

static enum tern_status arm_accepts(size_t m, size_t k, struct tern_error *e) {
    if (m * k % 64 == 0) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "i2sarm: %zux%zu: the number of weights is not a multiple of 64", m,
                     k);
}

static size_t arm_row_step(size_t m, size_t k) {
    (void)m;
    size_t step = 1; /* a range must begin where a block begins */
    while (step * k % 64) step *= 2;
    return step;
}

static void arm_pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    uint8_t *out = (uint8_t *)dst + r0 * k / 4;
    for (size_t i = 0; i < (r1 - r0) * k; i += 64, out += 16)
        for (size_t p = 0; p < 16; p++) {
            const int8_t *w = trits + i + p;
            out[p] = (uint8_t)(0x55 + 64 * w[0] + 16 * w[16] + 4 * w[32] + w[48]);
        }
    if (r1 == m) put_scale(scale, m, k, dst);
}

static void arm_unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    const size_t n = (r1 - r0) * k;
    if (r0 * k % 64 || n % 64) { /* rows that begin or end inside a block */
        tern_unpack_rows(src, m, k, r0, r1, trits, tern_i2sarm_row);
        return;
    }
    const uint8_t *in = (const uint8_t *)src + r0 * k / 4;
    for (size_t i = 0; i < n; i += 64, in += 16)
        for (size_t p = 0; p < 16; p++)
            for (size_t f = 0; f < 4; f++) trits[i + 16 * f + p] = (int8_t)((in[p] >> (6 - 2 * f) & 3) - 1);
}

static enum tern_status four_accepts(size_t m, size_t k, struct tern_error *e) {
    (void)k;
    if (m % 4 == 0) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "i2s4: M = %zu is not a multiple of 4", m);
}

static size_t four_row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 4;
}

static void four_pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    uint8_t *out = (uint8_t *)dst + r0 / 4 * k;
    for (size_t r = r0; r < r1; r += 4, trits += 4 * k, out += k)
        for (size_t j = 0; j < k; j++)
            out[j] =
                (uint8_t)(0x55 + 64 * trits[j] + 16 * trits[k + j] + 4 * trits[2 * k + j] + trits[3 * k + j]);
    if (r1 == m) put_scale(scale, m, k, dst);
}

static void four_unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_i2s4_row);
}

const struct tern_format tern_format_i2sarm = {
    .name = "i2sarm",
    .title = "I2_S, ARM layout: blocks of 64 weights in 16 bytes",
    .source = "bitnet.cpp, ggml type 36",
    .bits = 2.0,
    .in_files = 1,
    .accepts = arm_accepts,
    .row_step = arm_row_step,
    .bytes = bytes,
    .pack = arm_pack,
    .unpack = arm_unpack,
    .scale = read_scale,
};

const struct tern_format tern_format_i2s4 = {
    .name = "i2s4",
    .title = "I2_S, four rows of a column per byte",
    .source = "bitnet.cpp without ACT_PARALLEL, ggml type 36",
    .bits = 2.0,
    .in_files = 1,
    .accepts = four_accepts,
    .row_step = four_row_step,
    .bytes = bytes,
    .pack = four_pack,
    .unpack = four_unpack,
    .scale = read_scale,
};
