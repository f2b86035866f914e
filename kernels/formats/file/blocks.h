/* Row-block formats: a row is an optional header and K/weights blocks, one after another, rows without
 * padding. The block codecs of TQ1_0, Q1_0, Q2_0, IQ1_BN and IQ2_BN, and what they share. */
#ifndef TERN_KERNELS_FORMATS_FILE_BLOCKS_H
#define TERN_KERNELS_FORMATS_FILE_BLOCKS_H

#include "kernels/formats/file/base3.h"
#include "kernels/formats/rows.h"

#include "base/status.h"

enum { TERN_BLOCK_MAX = 256 };

struct tern_file_block {
    const char *name;
    size_t weights, bytes;
    size_t header;   /* bytes before the first block of a row: 0, 2 (f16 scale) or 4 (f32 scale) */
    size_t scale_at; /* of the block's own f16 scale, when there is no header */
    void (*encode)(const int8_t *trits, uint8_t *block); /* leaves the scale alone */
    void (*decode)(const uint8_t *block, uint8_t *code);
};

extern const struct tern_file_block tern_block_tq10, tern_block_q10, tern_block_q20g64, tern_block_q20g128,
    tern_block_iq1bn, tern_block_iq2bn;

static inline size_t tern_blocks_row(const struct tern_file_block *b, size_t k) {
    return b->header + k / b->weights * b->bytes;
}

enum tern_status tern_blocks_accepts(const struct tern_file_block *b, size_t k, struct tern_error *e);
void tern_blocks_pack(const struct tern_file_block *b, const int8_t *trits, size_t k, size_t r0, size_t r1,
                      float scale, uint8_t *dst);
/* The one scale of all blocks (rows) that hold a weight other than 0; 0 when there is none. TERN_UNSUPPORTED
 * when they differ, TERN_BAD_INPUT when one is not finite. */
enum tern_status tern_blocks_scale(const struct tern_file_block *b, const uint8_t *src, size_t m, size_t k,
                                   float *out, struct tern_error *e);

/* Decoders of one block. They live here so that the scalar kernels inline them. */

static inline void tern_tq10_decode(const uint8_t *block, uint8_t *code) {
    uint8_t digit[5];
    for (size_t p = 0; p < 32; p++) {
        tern_base3_digits(tern_base3_number(block[p]), digit);
        for (size_t n = 0; n < 5; n++) code[p + 32 * n] = digit[n];
    }
    for (size_t p = 0; p < 16; p++) {
        tern_base3_digits(tern_base3_number(block[32 + p]), digit);
        for (size_t n = 0; n < 5; n++) code[160 + p + 16 * n] = digit[n];
    }
    for (size_t p = 0; p < 4; p++) {
        tern_base3_digits(tern_base3_number(block[48 + p]), digit);
        for (size_t n = 0; n < 4; n++)
            code[240 + p + 4 * n] = digit[4] ? 3 : digit[n]; /* four trits and a 0 */
    }
}

static inline void tern_q10_decode(const uint8_t *block, uint8_t *code) {
    for (size_t j = 0; j < 128; j++) code[j] = (uint8_t)((block[2 + j / 8] >> j % 8 & 1) * 2);
}

static inline void tern_q20_decode(const uint8_t *block, size_t weights, uint8_t *code) {
    for (size_t j = 0; j < weights; j++) code[j] = block[2 + j / 4] >> j % 4 * 2 & 3;
}

static inline void tern_q20g64_decode(const uint8_t *block, uint8_t *code) {
    tern_q20_decode(block, 64, code);
}

static inline void tern_q20g128_decode(const uint8_t *block, uint8_t *code) {
    tern_q20_decode(block, 128, code);
}

static inline void tern_iq1bn_decode(const uint8_t *block, uint8_t *code) {
    unsigned rest =
        tern_base3_number(block[12]); /* the 16th weight of each group of 16, first least significant */
    const int bad = rest >= 81;
    for (size_t g = 0; g < 4; g++, rest /= 3) {
        uint8_t *c = code + 16 * g;
        for (size_t i = 0; i < 3; i++) {
            unsigned q = tern_base3_number(block[3 * g + i]);
            const int none = q == TERN_BASE3_NONE;
            for (size_t j = 0; j < 5; j++, q /= 3) c[5 * i + j] = none ? 3 : (uint8_t)(q % 3);
        }
        c[15] = bad ? 3 : (uint8_t)(rest % 3);
    }
}

static inline void tern_iq2bn_decode(const uint8_t *block, uint8_t *code) {
    for (size_t j = 0; j < 64; j++) code[j] = block[j % 16] >> j / 16 * 2 & 3;
}

ALWAYS_INLINE void tern_blocks_decode(const uint8_t *data, size_t k, size_t row, uint8_t *code, size_t header,
                                      size_t weights, size_t bytes,
                                      void (*decode)(const uint8_t *block, uint8_t *code)) {
    const uint8_t *block = data + row * (header + k / weights * bytes) + header;
    for (size_t j = 0; j < k; j += weights, block += bytes) decode(block, code + j);
}

#define TERN_BLOCK_ROW(name, header, weights, bytes)                                                         \
    static inline void tern_##name##_row(const uint8_t *data, size_t m, size_t k, size_t row,                \
                                         uint8_t *code) {                                                    \
        (void)m;                                                                                             \
        tern_blocks_decode(data, k, row, code, header, weights, bytes, tern_##name##_decode);                \
    }

TERN_BLOCK_ROW(tq10, 0, 256, 54)
TERN_BLOCK_ROW(q10, 0, 128, 18)
TERN_BLOCK_ROW(q20g64, 0, 64, 18)
TERN_BLOCK_ROW(q20g128, 0, 128, 34)
TERN_BLOCK_ROW(iq1bn, 2, 64, 13)
TERN_BLOCK_ROW(iq2bn, 4, 64, 16)

#endif
