/* planes and bin1 (packed by formats/memory/planes.c): bits become bytes, four rows at a time, so that they share
 * what is loaded of the activations.
 *
 * Sixteen columns are two bytes of a word: tbl puts each into eight lanes, and cmtst makes -1 of the lanes whose bit is set. Then
 *   planes   minus - plus is the trit: per 16 weights 2 tbl, 2 cmtst, 1 subtract and the product
 *   bin1     the mask is -1 where the weight is +1: sum(w * a) = -2 * sum(mask * a) - sum(a); 1 tbl, 1 cmtst and the product
 * A product is one sdot where there is VEC_DOT, else two smlal; those add at most 4 products of 128 to an int16 lane per word. */
#ifndef TERN_KERNELS_ARM_SIGNS_PLANES_H
#define TERN_KERNELS_ARM_SIGNS_PLANES_H

#include "kernels/flush.h"
#include "kernels/formats/memory/planes.h"
#include "kernels/loops/row_tiles.h"

enum { PLANES_ROWS = 4, PLANES_STEP = 4 * 128 }; /* largest step of int16, per word */
_Static_assert(TERN_FLUSH_512 *PLANES_STEP <= TERN_INT16_MOST, "planes: int16 sums");

/* -1 in the bytes whose bit is set, of the sixteen columns that the bytes `first` and `first` + 1 of words are. */
ALWAYS_INLINE vec planes_mask(vec words, size_t first, vec spread, vec bits) {
    return vtstq_u8(v_look16(words, v_add8(spread, v_bytes((int)first))), bits);
}

#ifdef VEC_DOT
enum { PLANES_HALVES = 1 };
ALWAYS_INLINE void planes_add(vec *acc, vec w, vec a) {
    *acc = v_dot(*acc, w, a);
}

ALWAYS_INLINE vec planes_widen(vec sum, const vec *acc) {
    return v_add32(sum, *acc);
}
#else
enum { PLANES_HALVES = 2 };
ALWAYS_INLINE void planes_add(vec *acc, vec w, vec a) {
    acc[0] = v_mad_low(acc[0], w, a);
    acc[1] = v_mad_high(acc[1], w, a);
}

ALWAYS_INLINE vec planes_widen(vec sum, const vec *acc) {
    return v_widen(v_widen(sum, acc[0]), acc[1]);
}
#endif

/* kind: 1 for binary weights. */
ALWAYS_INLINE void planes_tile(const struct tern_call *c, struct row_tile x) {
    const size_t words = tern_plane_words(c->w.k), word = x.kind ? 8 : 16, pitch = words * word;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const int8_t *q = c->x->q + x.t * c->x->stride;
    const vec spread = V_OF_U64(vcombine_u64(vcreate_u64(0), vcreate_u64(0x0101010101010101)));
    const vec bits = V_OF_U64(vdupq_n_u64(0x8040201008040201));
    vec sum[PLANES_ROWS];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) sum[i] = v_zero();
    for (size_t b = 0; b < words;) {
        const size_t stop = PLANES_HALVES == 1 ? words : tern_min(words, b + x.flush);
        vec acc[PLANES_ROWS][PLANES_HALVES];
        UNROLL
        for (size_t i = 0; i < x.rows * PLANES_HALVES; i++) {
            acc[i / PLANES_HALVES][i % PLANES_HALVES] = v_zero();
            v_settle(&acc[i / PLANES_HALVES][i % PLANES_HALVES]);
        }
        for (; b < stop; b++) {
            vec a[4];
            UNROLL
            for (size_t h = 0; h < 4; h++) a[h] = v_load(q + 64 * b + 16 * h);
            UNROLL
            for (size_t i = 0; i < x.rows; i++) {
                const uint8_t *at = w + i * pitch + word * b;
                v_prefetch(at + x.ahead);
                const vec both = x.kind ? vcombine_u8(vld1_u8(at), vdup_n_u8(0)) : v_load(at);
                UNROLL
                for (size_t h = 0; h < 4; h++) {
                    vec w16 = planes_mask(both, 2 * h, spread, bits);
                    if (!x.kind) w16 = v_sub8(planes_mask(both, 8 + 2 * h, spread, bits), w16);
                    planes_add(acc[i], w16, a[h]);
                }
            }
        }
        UNROLL
        for (size_t i = 0; i < x.rows; i++) sum[i] = planes_widen(sum[i], acc[i]);
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++) {
        const int32_t s = v_sum(sum[i]);
        *row_result(c, &x, i, 0) = x.kind ? -2 * s - c->x->sum[x.t] : s;
    }
}

ALWAYS_INLINE void planes_gemv(const struct tern_call *c, size_t row0, size_t row1, int binary) {
    row_tiles(c, row0, row1,
              PLANES_HALVES == 1 ? row_tile_of(c, PLANES_ROWS, 1, binary)
                                 : row_tile_flushed(c, PLANES_ROWS, 1, binary),
              planes_tile);
}

#endif
