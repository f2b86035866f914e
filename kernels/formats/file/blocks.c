/* What the row-block formats share: sizes, packing, and the one scale that BitNet's tensors have. */
#include "kernels/formats/file/blocks.h"

#include "kernels/half.h"

#include <math.h>
#include <string.h>

enum tern_status tern_blocks_accepts(const struct tern_file_block *b, size_t k, struct tern_error *e) {
    if (k % b->weights == 0) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "%s: K = %zu is not a multiple of %zu", b->name, k, b->weights);
}

void tern_blocks_pack(const struct tern_file_block *b, const int8_t *trits, size_t k, size_t r0, size_t r1,
                      float scale, uint8_t *dst) {
    const uint16_t half = tern_f32_to_f16(scale);
    uint8_t *out = dst + r0 * tern_blocks_row(b, k);
    for (size_t r = r0; r < r1; r++) {
        if (b->header == sizeof half) memcpy(out, &half, sizeof half);
        if (b->header == sizeof scale) memcpy(out, &scale, sizeof scale);
        out += b->header;
        for (size_t j = 0; j < k; j += b->weights, out += b->bytes, trits += b->weights) {
            b->encode(trits, out);
            if (!b->header) memcpy(out + b->scale_at, &half, sizeof half);
        }
    }
}

static float scale_of(const struct tern_file_block *b, const uint8_t *at) {
    uint16_t half;
    float whole;
    memcpy(&half, at, sizeof half);
    if (b->header != sizeof whole) return tern_f16_to_f32(half);
    memcpy(&whole, at, sizeof whole);
    return whole;
}

static int all_zero(const struct tern_file_block *b, const uint8_t *block, size_t blocks) {
    uint8_t code[TERN_BLOCK_MAX];
    for (; blocks; blocks--, block += b->bytes) {
        b->decode(block, code);
        for (size_t i = 0; i < b->weights; i++)
            if (code[i] != 1) return 0;
    }
    return 1;
}

enum tern_status tern_blocks_scale(const struct tern_file_block *b, const uint8_t *src, size_t m, size_t k,
                                   float *out, struct tern_error *e) {
    const char *unit = b->header ? "row" : "block";
    const size_t per_row = k / b->weights, units = b->header ? m : m * per_row,
                 step = b->header ? tern_blocks_row(b, k) : b->bytes;
    float common = 0;
    for (size_t i = 0; i < units; i++, src += step) {
        const float s = scale_of(b, src + (b->header ? 0 : b->scale_at));
        if (!isfinite(s))
            return tern_fail(e, TERN_BAD_INPUT, "%s: the scale of %s %zu is not finite", b->name, unit, i);
        if (s == common || all_zero(b, src + b->header, b->header ? per_row : 1)) continue;
        if (common != 0 || s == 0)
            return tern_fail(e, TERN_UNSUPPORTED,
                             "%s: %s %zu has scale %g, others %g: not one scale per tensor", b->name, unit, i,
                             (double)s, (double)common);
        common = s;
    }
    *out = common;
    return TERN_OK;
}
