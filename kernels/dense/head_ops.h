/* The inner loops of the output matrix: rows of four storage formats against one f32 vector, and the integer
 * scan of the two-stage exact head (docs/exact-head.md).
 *
 * One source (head_ops_level.c), compiled once per ISA level. Float sums run over four accumulators of sixteen
 * lanes in one fixed order without fused operations, so every level gives the same bits; the scan and Q6_K
 * blocks (q6_rows_body.c) sum integers, which have no order. */
#ifndef TERN_KERNELS_DENSE_HEAD_OPS_H
#define TERN_KERNELS_DENSE_HEAD_OPS_H

#include <stddef.h>
#include <stdint.h>

/* F16, F32: plain rows. Q8: Q8_0 blocks (32 weights in 34 bytes). Q6_K: the weights of Q6_K blocks, 256 in
 * 210 bytes, in the order of q6_lanes.h. */
enum tern_rows { TERN_ROWS_F16, TERN_ROWS_F32, TERN_ROWS_Q8, TERN_ROWS_Q6_K, TERN_ROWS_COUNT };

/* Bytes of one row of k weights; k is a multiple of 32 (Q8) or 256 (Q6_K). */
size_t tern_rows_bytes(enum tern_rows type, size_t k);

/* A float dot product of k terms: terms per accumulator lane, the product, two levels of accumulators, four
 * of lanes, and at most 15 single ones behind them; 64 for what the planes of q6_rows_body.c lose. Its error
 * is below this many times 2^-24, relative to |row| |x|. */
static inline double tern_rows_roundings(size_t k) {
    return (double)(k / 64) + 24 + 64;
}

/* Rows that all tokens of a step multiply before the next ones, so that they come from a near cache. Q6_K
 * takes more, because splitting a token costs as much as some hundred rows do. */
static inline size_t tern_rows_turn(enum tern_rows type, size_t row_bytes) {
    const size_t bytes = (size_t)256 << (type == TERN_ROWS_Q6_K ? 13 : 10);
    return row_bytes < bytes ? bytes / row_bytes : 1;
}

#define TERN_SCAN_UNIT 256 /* weights packed together: four vectors of 64 */

/* Rows of unsigned codes u, w ~ scale * block_scale * (u - offset). A row is `groups` groups of `units` units
 * (the last may have fewer, `all_units` in all); a group begins with 16 block scales, one byte each: block j
 * of a group is bytes 4j..4j+3 of each of its vectors. */
struct tern_scan {
    const unsigned char *data;
    size_t row_bytes, all_units, units;
    int bits;     /* 6: packed, 192 bytes a unit; 7 and 8: a byte each */
    float *scale; /* of each row */
};

/* A vector as two planes of int8, high * 256 + low, each all_units * 256 long, 64-byte aligned; `offset`: for
 * each group and block (16 a group) the sum of high * 256 + low times the code that stands for zero. */
struct tern_scan_vector {
    const int8_t *high, *low;
    const int32_t *offset;
    float scale;
};

/* A vector as one plane of int8 for the scan of Q6_K rows, in the order of q6_lanes.h: value i of block b is
 * step[b] * code. `zero`: for each group of 16 weights minus 16 times the sum of its codes, twice, so that a group's two
 * entries are what the code 32, which stands for nothing, must give back. k codes, k / 8 zeros, k / 256 steps; codes and
 * zeros are 64-byte aligned. */
struct tern_q6_vector {
    const int8_t *code;
    const int16_t *zero;
    const float *step;
};

#define TERN_ROWS_TOGETHER 16

struct tern_head_ops {
    const char *level;
    uint32_t needs; /* TERN_NEEDS_ of the level */
    /* y[r - r0] = row r . x for r0 <= r < r1. */
    void (*rows[TERN_ROWS_COUNT])(const void *data, size_t k, size_t r0, size_t r1, const float *x, float *y);
    /* y[t * ystride + r - r0] = row r . token t for n tokens of k floats, xstride apart: bit for bit what
     * `rows` gives for each of them. A row is read and
     * widened once for TERN_ROWS_TOGETHER tokens, but for Q6_K, whose time is all arithmetic. */
    void (*tile[TERN_ROWS_COUNT])(const void *data, size_t k, size_t r0, size_t r1, const float *x,
                                  size_t xstride, size_t n, float *y, size_t ystride);
    /* y[r - r0] = the scan's estimate of row r . x. */
    void (*scan)(const struct tern_scan *s, const struct tern_scan_vector *x, size_t r0, size_t r1, float *y);
    /* The same for rows of Q6_K as `rows` takes them: their codes are the scan, one plane of x a third of the products. */
    void (*scan_q6_k)(const void *data, size_t k, size_t r0, size_t r1, const struct tern_q6_vector *x,
                      float *y);
};

/* The levels that this build has, the weakest ("scalar") first, then NULL. */
extern const struct tern_head_ops *const tern_head_ops_levels[];
/* The strongest of them that `usable` allows. */
const struct tern_head_ops *tern_head_ops_for(uint32_t usable);

#endif
