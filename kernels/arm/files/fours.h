/* IQ2_BN_R4: four rows together, a register of them is sixteen columns whose fields lie four columns apart.
 *
 * As r16 (panels/r16.h): fields are masked where they are and meet the four lanes of a register of activations. With dot products, per
 * register of 64 weights: 1 load, 3 and, 1 shift, 4 sdot by lane into three sums; without: 1 load, 1 shift, 4 and, 8 smlal. */
#ifndef TERN_KERNELS_ARM_FILES_FOURS_H
#define TERN_KERNELS_ARM_FILES_FOURS_H

#include "kernels/arm/files/sums.h"
#include "kernels/flush.h"
#include "kernels/loops/row_tiles.h"

#ifdef VEC_DOT
enum { FOUR_SUMS = 3, FOUR_TOGETHER = 4 };
#else
enum { FOUR_SUMS = 4, FOUR_TOGETHER = 2, FOUR_FLUSH = TERN_FLUSH_2048 };
_Static_assert(FOUR_FLUSH * 2 * (8 * 128) <= TERN_INT16_LEAST, "files: int16 sums of four rows");
#endif

ALWAYS_INLINE void fours_add(vec *acc, vec w, vec x) {
#ifdef VEC_DOT
    acc[0] = v_dot_lane(acc[0], v_and(w, v_bytes(3)), x, 0);
    acc[1] = v_dot_lane(acc[1], v_and(w, v_bytes(3 << 2)), x, 1);
    acc[2] = v_dot_lane(acc[2], v_and(w, v_bytes(3 << 4)), x, 2);
    acc[0] = v_dot_lane(acc[0], v_shr8(w, 6), x, 3);
#else
    const vec upper = v_shr8(w, 4);
    UNROLL
    for (size_t f = 0; f < 4; f++)
        sum_products(acc + f % 2 * 2, v_and(f < 2 ? w : upper, v_bytes(3 << f % 2 * 2)), v_lane32(x, f));
#endif
}

/* `fours` times four rows. */
ALWAYS_INLINE void fours_tile(const struct tern_call *c, size_t row, size_t fours) {
    const size_t steps = c->w.k / 16, pitch = 4 * (4 + c->w.k / 4), ahead = (size_t)c->param[TERN_P_PREFETCH];
    const uint8_t *w = (const uint8_t *)c->w.data + row / 4 * pitch + 16;
    const int8_t *q = c->x->q;
    vec acc[FOUR_TOGETHER][FOUR_SUMS], sum[FOUR_TOGETHER][2];
    sums_clear(sum[0], fours * 2);
    sums_clear(acc[0], fours * FOUR_SUMS);
#ifdef VEC_DOT
    const size_t flush = steps;
#else
    const size_t flush = FOUR_FLUSH;
#endif
    for (size_t s = 0; s < steps;) {
        const size_t stop = tern_min(steps, s + flush);
        for (; s < stop; s++, w += VEC_BYTES, q += VEC_BYTES) {
            const vec x = v_load(q);
            UNROLL
            for (size_t i = 0; i < fours; i++) {
                fours_add(acc[i], v_load(w + i * pitch), x);
                v_prefetch(w + i * pitch + ahead);
            }
        }
#ifndef VEC_DOT
        UNROLL
        for (size_t i = 0; i < 2 * fours; i++) {
            const vec *of = acc[i / 2] + i % 2 * 2;
            const vec rows = v_pairs32(v_widen(v_zero(), of[0]), v_widen(v_zero(), of[1]));
            sum[i / 2][i % 2] = v_add32(sum[i / 2][i % 2], rows);
        }
        sums_clear(acc[0], fours * FOUR_SUMS);
#endif
    }
    UNROLL
    for (size_t i = 0; i < fours; i++) {
#ifdef VEC_DOT
        sum[i][0] = v_add32(acc[i][0], v_sra32(acc[i][2], 4));
        sum[i][1] = acc[i][1];
#endif
        v_store((int32_t *)c->y + row + 4 * i,
                v_sub32(v_add32(sum[i][0], v_sra32(sum[i][1], 2)), v_ints(c->x->sum[0])));
    }
}

ALWAYS_INLINE void rows_iq2bnr4(const struct tern_call *c, size_t row0, size_t row1) {
    for (; row0 + 4 * FOUR_TOGETHER <= row1; row0 += 4 * FOUR_TOGETHER) fours_tile(c, row0, FOUR_TOGETHER);
    for (; row0 < row1; row0 += 4) fours_tile(c, row0, 1);
}

#endif
