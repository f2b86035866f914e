/* The ternary and binary blocks of ggml beside TQ2_0 (which has tq20.c). Every block ends or begins with an f16
 * scale.
 *
 *   TQ1_0   54 bytes, 256 weights; five trits per byte as in base3.h, the first most significant
 *             bytes 0..31    w[p] w[p+32] .. w[p+128]              p = byte
 *             bytes 32..47   w[160+p] w[176+p] .. w[224+p]         p = byte - 32
 *             bytes 48..51   w[240+p] w[244+p] w[248+p] w[252+p]   p = byte - 48, and a 0
 *             bytes 52..53   f16 scale
 *   Q1_0    18 bytes, 128 weights: f16 scale; bit j%8 of byte 2 + j/8 is 1 for +1, 0 for -1
 *   Q2_0    18 bytes, 64 weights (PrismML: 34 bytes, 128 weights): f16 scale; bits 2*(j%4) of byte 2 + j/4 hold
 *           trit + 1. Code 3 is +2, legal in the format and no trit. */
#include "kernels/formats/file/block_format.h"

#include <string.h>

static unsigned number(const int8_t *w, size_t step, int count) {
    unsigned q = 0;
    for (int n = 0; n < 5; n++) q = q * 3 + (n < count ? (unsigned)(w[(size_t)n * step] + 1) : 0);
    return q;
}

static void tq10_encode(const int8_t *trits, uint8_t *block) {
    for (size_t p = 0; p < 32; p++) block[p] = tern_base3_byte(number(trits + p, 32, 5));
    for (size_t p = 0; p < 16; p++) block[32 + p] = tern_base3_byte(number(trits + 160 + p, 16, 5));
    for (size_t p = 0; p < 4; p++) block[48 + p] = tern_base3_byte(number(trits + 240 + p, 4, 4));
}

static void q10_encode(const int8_t *trits, uint8_t *block) {
    memset(block + 2, 0, 16);
    for (size_t j = 0; j < 128; j++) block[2 + j / 8] |= (uint8_t)((trits[j] > 0) << j % 8);
}

static void q20_encode(const int8_t *trits, size_t weights, uint8_t *block) {
    for (size_t j = 0; j < weights; j += 4, trits += 4)
        block[2 + j / 4] = (uint8_t)(0x55 + trits[0] + 4 * trits[1] + 16 * trits[2] + 64 * trits[3]);
}

static void q20g64_encode(const int8_t *trits, uint8_t *block) {
    q20_encode(trits, 64, block);
}

static void q20g128_encode(const int8_t *trits, uint8_t *block) {
    q20_encode(trits, 128, block);
}

const struct tern_file_block tern_block_tq10 = {.name = "tq10",
                                                .weights = 256,
                                                .bytes = 54,
                                                .scale_at = 52,
                                                .encode = tq10_encode,
                                                .decode = tern_tq10_decode};
const struct tern_file_block tern_block_q10 = {
    .name = "q10", .weights = 128, .bytes = 18, .encode = q10_encode, .decode = tern_q10_decode};
const struct tern_file_block tern_block_q20g64 = {
    .name = "q20g64", .weights = 64, .bytes = 18, .encode = q20g64_encode, .decode = tern_q20g64_decode};
const struct tern_file_block tern_block_q20g128 = {
    .name = "q20g128", .weights = 128, .bytes = 34, .encode = q20g128_encode, .decode = tern_q20g128_decode};

TERN_BLOCK_FORMAT(tq10, "TQ1_0: blocks of 256 weights, five trits per byte, and an f16 scale",
                  "ggml, type 34", 1.6875, 0)
TERN_BLOCK_FORMAT(q10, "Q1_0: blocks of 128 signs and an f16 scale", "ggml, type 41", 1.125, 1)
TERN_BLOCK_FORMAT(q20g64, "Q2_0: blocks of 64 weights in 16 bytes and an f16 scale", "ggml, type 42", 2.25, 0)
TERN_BLOCK_FORMAT(q20g128, "Q2_0 and PQ2_0: blocks of 128 weights in 32 bytes and an f16 scale",
                  "PrismML llama.cpp, types 42 and 142", 2.125, 0)
