/* TQ1_0: five digits of base 3 in a byte, as a fraction of 256.
 *
 * With its upper bit turned the byte is a signed fraction x_0 of balanced digits (formats/memory/b80.h): with x_n = 3 x_(n-1), modulo
 * 256, digit n is (3 x_(n-1) - x_n) / 256. With dot products no digit is extracted: one sum gains x_(n-1) times the activations of
 * digit n, another x_n times the same, and the row is (3 * first - second) / 256. Per register of 80 weights: 1 load, 1 xor, 5
 * multiplications, 10 sdot. Sums may wrap; what is divided must fit, and a lane has it of a
 * quarter of the columns: 256 * 128 * K / 4 < 2^31 up to TERN_K_MAX.
 *
 * Without, per register: 1 load, 4 multiplications, 15 operations that make codes of fractions, 10 smlal. An int16 lane gains 16 products
 * a block. */
#ifndef TERN_KERNELS_ARM_FILES_FRACTIONS_H
#define TERN_KERNELS_ARM_FILES_FRACTIONS_H

#include "kernels/arm/files/sums.h"
#include "kernels/flush.h"
#include "kernels/loops/row_tiles.h"

enum { FRACTION_COLUMNS = 256, FRACTION_BYTES = 54 };
#ifdef VEC_DOT
enum { FRACTION_BLOCKS = TERN_K_MAX / FRACTION_COLUMNS };
_Static_assert(TERN_K_MAX / 4 < INT32_MAX / (256 * 128), "files: int32 sums of fractions");
#else
enum { FRACTION_BLOCKS = TERN_FLUSH_256 / 16 };
#endif

/* `count` digits of fractions x; the activations of the next digit are `apart` bytes further. */
ALWAYS_INLINE void fractions_add(vec acc[2], vec x, vec three, const vec *a, size_t count) {
#ifdef VEC_DOT
    UNROLL
    for (size_t n = 0; n < count; n++) {
        acc[0] = sum_dot(acc[0], x, a[n]);
        x = vmulq_u8(x, three);
        acc[1] = sum_dot(acc[1], x, a[n]);
    }
#else
    UNROLL
    for (size_t n = 0; n < count; n++) {
        sum_products(acc, v_shr8(vhaddq_u8(x, v_shr8(x, 1)), 6), a[n]);
        x = vmulq_u8(x, three);
    }
#endif
}

/* Bytes as fractions of the kind that fractions_add() takes. */
ALWAYS_INLINE vec fractions_of(vec x) {
#ifdef VEC_DOT
    return v_xor(x, v_bytes(0x80));
#else
    return x;
#endif
}

ALWAYS_INLINE void fractions_block(const struct row_tile *x, const uint8_t *w, size_t pitch, const int8_t *q,
                                   vec three, vec (*acc)[2]) {
    static const uint8_t powers[16] = {1, 1, 1, 1, 3, 3, 3, 3, 9, 9, 9, 9, 27, 27, 27, 27};
    UNROLL
    for (size_t p = 0; p < 3; p++) {
        vec a[5];
        UNROLL
        for (size_t n = 0; n < 5; n++) a[n] = v_load(q + (p < 2 ? 16 * p + 32 * n : 160 + 16 * n));
        UNROLL
        for (size_t i = 0; i < x->rows; i++)
            fractions_add(acc[i], fractions_of(v_load(w + i * pitch + p * VEC_BYTES)), three, a, 5);
    }
    const vec a = v_load(q + 240), times = v_load(powers);
    UNROLL
    for (size_t i = 0; i < x->rows; i++) { /* four bytes of four digits */
        const vec four = v_four((const int8_t *)w + i * pitch + 48);
        fractions_add(acc[i], fractions_of(vmulq_u8(four, times)), three, &a, 1);
        v_prefetch(w + i * pitch + x->ahead);
    }
}

ALWAYS_INLINE void tile_tq10(const struct tern_call *c, struct row_tile x) {
    const size_t blocks = c->w.k / FRACTION_COLUMNS, pitch = blocks * FRACTION_BYTES;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const int8_t *q = c->x->q;
    vec sum[4], three = v_bytes(3);
    v_settle(&three);
    sums_clear(sum, x.rows);
    for (size_t b = 0; b < blocks;) {
        const size_t stop = tern_min(blocks, b + FRACTION_BLOCKS);
        vec acc[4][2];
        sums_clear(acc[0], x.rows * 2);
        for (; b < stop; b++, w += FRACTION_BYTES, q += FRACTION_COLUMNS)
            fractions_block(&x, w, pitch, q, three, acc);
        UNROLL
        for (size_t i = 0; i < x.rows; i++)
#ifdef VEC_DOT
            sum[i] = v_add32(sum[i], v_sra32(v_sub32(v_mul32(acc[i][0], v_ints(3)), acc[i][1]), 8));
#else
            sum[i] = sums_widen(sum[i], acc[i]);
#endif
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++)
#ifdef VEC_DOT
        *row_result(c, &x, i, 0) = v_sum(sum[i]);
#else
        *row_result(c, &x, i, 0) = v_sum(sum[i]) - c->x->sum[0];
#endif
}

ALWAYS_INLINE void rows_tq10(const struct tern_call *c, size_t row0, size_t row1) {
    row_tiles(c, row0, row1, row_tile_of(c, 4, 1, 0), tile_tq10);
}

#endif
