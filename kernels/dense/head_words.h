/* The words that the rows of the output matrix are written with, for the level that is compiled: Meson names the header of
 * an architecture's level in TERN_OPS_WORDS; without it they are plain C.
 *
 *   half_of       the float of a half
 *   vec           sixteen floats: vec_zero, vec_f32, vec_f16, vec_i8 (loads), vec_add, vec_mul, vec_scale, vec_put, vec_fold
 *   scan_sums     the integer sums of the scan: scan_none, scan_unit (adds a unit), scan_value (as floats)
 *   q6_block      one Q6_K block against the planes of a vector
 *   q6_estimate   the same against one plane; whole numbers
 *   IN_TURN       loads behind it stay behind it; only where a compiler must be told
 *   part          PART sums of a tile: part_load, part_add, part_put; TILE_TOKENS tokens of four rows fit the registers */
#ifndef TERN_KERNELS_DENSE_HEAD_WORDS_H
#define TERN_KERNELS_DENSE_HEAD_WORDS_H

#ifdef TERN_OPS_WORDS
#include TERN_OPS_WORDS
#else
#include "kernels/dense/head_plain.h"
#endif

#include "kernels/half.h"

#include <string.h>

#ifndef IN_TURN
#define IN_TURN
#endif

#define AHEAD 4096 /* bytes that a row's stream is asked for in advance */

static inline void ahead(const void *p, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)p + AHEAD + i);
}

static inline float vec_fold_four(const vec acc[4]) {
    return vec_fold(vec_add(vec_add(acc[0], acc[2]), vec_add(acc[1], acc[3])));
}

static inline float half_at(const unsigned char *p) {
    uint16_t h;
    memcpy(&h, p, sizeof h);
    return half_of(h);
}

#endif
