/* TL1 and TL2 of bitnet.cpp for any tile. The tile is not part of the tensor: the program that writes and the
 * program that reads must know the same three numbers (bitnet.cpp keeps them in kernel_config.ini). The
 * registered formats tl1 and tl2 use tern_tl1_tile and tern_tl2_tile; tl.c draws the bytes. */
#ifndef TERN_KERNELS_FORMATS_FILE_TL_H
#define TERN_KERNELS_FORMATS_FILE_TL_H

#include "kernels/format.h"

#include <stddef.h>
#include <stdint.h>

/* The preset tile of a shape where the published tables have one, else the documented default:
 *   TL1   BM = the first of 256 320 160 128 96 64 32 that divides M,
 *         BK = the first of 128 64 32 8 that divides K, bm = 32
 *   TL2   BM likewise, BK = 96, bm = 32 */
struct tern_tl_tile tern_tl1_tile(size_t m, size_t k);
struct tern_tl_tile tern_tl2_tile(size_t m, size_t k);

/* TERN_OK when the tile divides the shape, else TERN_UNSUPPORTED with the reason. */
enum tern_status tern_tl1_check(struct tern_tl_tile t, size_t m, size_t k, struct tern_error *e);
enum tern_status tern_tl2_check(struct tern_tl_tile t, size_t m, size_t k, struct tern_error *e);

size_t tern_tl1_bytes(size_t m, size_t k);
size_t tern_tl2_bytes(size_t m, size_t k);

/* As the functions of struct tern_format; row ranges are multiples of t.rows. */
void tern_tl1_pack(struct tern_tl_tile t, const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1,
                   float scale, uint8_t *dst);
void tern_tl2_pack(struct tern_tl_tile t, const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1,
                   float scale, uint8_t *dst);

/* Where the byte of columns col .. col+3 (col % 4 == 0) of a row lies in a TL1 plane of k columns. */
static inline size_t tern_tl1_at(struct tern_tl_tile t, size_t k, size_t row, size_t col) {
    const size_t by = 256 / t.inner, r = row % t.rows, c = col % t.cols;
    return row / t.rows * (t.rows * k / 4) + col / t.cols * (t.rows * t.cols / 4) + /* tile */
           r / t.inner * (t.inner * t.cols / 4) + c / by * 64 + /* bm x by block, 64 bytes */
           r % t.inner / 16 * (4 * by) + c % by / 4 * 16 + r % 16;
}

/* The two nibbles of such a byte: 3*w0 + w1 + 4 (high: first pair). 9..15 stand for nothing. */
static inline void tern_tl_pairs(uint8_t byte, uint8_t *code) {
    const unsigned hi = byte >> 4, lo = byte & 15;
    code[0] = hi > 8 ? 3 : (uint8_t)(hi / 3);
    code[1] = hi > 8 ? 3 : (uint8_t)(hi % 3);
    code[2] = lo > 8 ? 3 : (uint8_t)(lo / 3);
    code[3] = lo > 8 ? 3 : (uint8_t)(lo % 3);
}

static inline void tern_tl1_read(struct tern_tl_tile t, const uint8_t *data, size_t k, size_t row,
                                 uint8_t *code) {
    for (size_t c = 0; c < k; c += 4) tern_tl_pairs(data[tern_tl1_at(t, k, row, c)], code + c);
}

/* The three planes of a TL2 tensor. */
struct tern_tl2_planes {
    size_t three;        /* columns coded in triples; the others are coded in pairs */
    size_t signs, pairs; /* byte offsets of the second and third plane */
};

static inline struct tern_tl2_planes tern_tl2_cut(struct tern_tl_tile t, size_t m, size_t k) {
    const size_t three = k / t.cols * t.cols;
    return (struct tern_tl2_planes){three, m * three / 6, m * three / 24 * 5};
}

/* Rows of a block of 32 in the order 0-7, 16-23, 8-15, 24-31. */
static inline size_t tern_tl2_lane(size_t row) {
    static const uint8_t place[4] = {0, 16, 8, 24};
    return (size_t)place[row % 32 / 8] + row % 8;
}

/* Byte of columns col .. col+5 (col % 6 == 0, within the triples). */
static inline size_t tern_tl2_three_at(struct tern_tl_tile t, size_t three, size_t row, size_t col) {
    return row / t.rows * (t.rows * three / 6) + col / t.cols * (t.rows * t.cols / 6) +
           row % t.rows / 32 * (32 * t.cols / 6) + col % t.cols / 6 * 32 + tern_tl2_lane(row);
}

/* Little-endian 16-bit word with the signs of columns col .. col+23 (col % 24 == 0): triple i has bit 15 - 2i
 * for a row with r % 32 < 16, and bit 14 - 2i for the others. */
static inline size_t tern_tl2_sign_at(struct tern_tl_tile t, size_t three, size_t row, size_t col) {
    return row / t.rows * (t.rows * three / 24) + col / t.cols * (t.rows * t.cols / 24) +
           row % t.rows / 32 * (32 * t.cols / 24) + col % t.cols / 24 * 32 + row % 16 * 2;
}

/* Byte of columns col .. col+3 (col % 4 == 0) counted from the first paired column, of which there are `two`.
 */
static inline size_t tern_tl2_pair_at(struct tern_tl_tile t, size_t two, size_t row, size_t col) {
    return row / t.rows * (t.rows * two / 4) + col / 32 * (t.rows * 8) + row % t.rows / 32 * 256 +
           col % 32 / 4 * 32 + tern_tl2_lane(row);
}

static inline void tern_tl2_triple(unsigned magnitude, int negative, uint8_t *code) {
    const unsigned v = negative ? 13 - magnitude : 13 + magnitude;
    const int none = magnitude > 13;
    code[0] = none ? 3 : (uint8_t)(v / 9);
    code[1] = none ? 3 : (uint8_t)(v / 3 % 3);
    code[2] = none ? 3 : (uint8_t)(v % 3);
}

static inline void tern_tl2_read(struct tern_tl_tile t, const uint8_t *data, size_t m, size_t k, size_t row,
                                 uint8_t *code) {
    const struct tern_tl2_planes p = tern_tl2_cut(t, m, k);
    for (size_t c = 0; c < p.three; c += 24) {
        const uint8_t *sign = data + p.signs + tern_tl2_sign_at(t, p.three, row, c);
        const unsigned bits = (unsigned)(sign[0] | sign[1] << 8) << (row % 32 / 16);
        for (size_t i = 0; i < 8; i += 2) {
            const uint8_t byte = data[tern_tl2_three_at(t, p.three, row, c + 3 * i)];
            tern_tl2_triple(byte >> 4, bits >> (15 - 2 * i) & 1, code + c + 3 * i);
            tern_tl2_triple(byte & 15, bits >> (13 - 2 * i) & 1, code + c + 3 * i + 3);
        }
    }
    for (size_t c = p.three; c < k; c += 4)
        tern_tl_pairs(data[p.pairs + tern_tl2_pair_at(t, k - p.three, row, c - p.three)], code + c);
}

#endif
