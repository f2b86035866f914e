/* hfu8: the packed uint8 tensors of safetensors checkpoints, [M/4][K], packed along output rows.
 *
 *   byte r*K + c holds column c of rows r, r + M/4, r + M/2, r + 3M/4 in bits 1:0 3:2 5:4 7:6, trit + 1
 *
 * Rows M/4 apart share a byte, so the matrix can only be packed as a whole. The scale is a tensor of its own
 * (`weight_scale`, a factor or a divisor: the reader of the checkpoint knows which). */
#include "kernels/format.h"

#include "kernels/formats/file/hfu8.h"
#include "kernels/formats/rows.h"

static enum tern_status accepts(size_t m, size_t k, struct tern_error *e) {
    (void)k;
    if (m % 4 == 0) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "hfu8: M = %zu is not a multiple of 4", m);
}

static size_t row_step(size_t m, size_t k) {
    (void)k;
    return m;
}

static size_t bytes(size_t m, size_t k) {
    return m / 4 * k;
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)scale;
    if (r0 == r1) return;
    const size_t quarter = m / 4 * k;
    uint8_t *out = dst;
    for (size_t i = 0; i < quarter; i++) {
        const int8_t *w = trits + i;
        out[i] = (uint8_t)(0x55 + w[0] + 4 * w[quarter] + 16 * w[2 * quarter] + 64 * w[3 * quarter]);
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_hfu8_row);
}

const struct tern_format tern_format_hfu8 = {
    .name = "hfu8",
    .title = "safetensors uint8, four quarters of the output rows per byte",
    .source = "Hugging Face transformers, BitNet integration",
    .bits = 2.0,
    .in_files = 1,
    .accepts = accepts,
    TERN_FORMAT_CALLS,
};
