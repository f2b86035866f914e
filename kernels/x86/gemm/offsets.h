/* Quads -> offsets into tables, for Vec-LUT.
 *
 * The code of a quad's row is d0 + 3 d1 + 9 d2 + 27 d3, 0..80; the offset is the code times the bytes of a
 * table entry, one register, and fits 16 bits. Eight quads of a row, a pass, lie together: 16 bytes that the
 * micro-kernel loads as two words of 64 bits.
 *
 *     [pass][row tile][place 0..15][8 offsets]
 *
 * Places are rows in another order, which a 4 x 4 transpose within 128 bits gives for nothing: of the rows of
 * one register place_of() tells where they are. */
#ifndef TERN_KERNELS_X86_GEMM_OFFSETS_H
#define TERN_KERNELS_X86_GEMM_OFFSETS_H

#include "kernels/gemm/quads.h"
#include "kernels/x86/gemm/transpose.h"

enum { PASS = 8, OFFSET_BYTES = PASS * 2, QUAD_PARTS = QUAD / VEC_BYTES, ENTRIES = 81 };

/* Where row 0..15 of a row tile is. */
ALWAYS_INLINE size_t place_of(size_t row) {
    enum { PART = LANES, STEP = LANES / 4 };
    return row / PART * PART + row % 4 * STEP + row % PART / 4;
}

/* The offset in every 32-bit lane: u8 * s8 pairs are at most 2 + 3 * 2 and 9 * 2 + 27 * 2. */
ALWAYS_INLINE vec quad_offsets(vec codes) {
    const vec pairs = V(maddubs_epi16)(codes, v_ints(0x1b090301));
    return V(madd_epi16)(pairs, v_words(VEC_BYTES));
}

/* One pass of one row tile. */
ALWAYS_INLINE void tile_offsets(const uint8_t *quads, uint8_t *out) {
    UNROLL
    for (size_t part = 0; part < QUAD_PARTS; part++, quads += VEC_BYTES) {
        vec two[4], row[4];
        UNROLL
        for (size_t i = 0; i < 4; i++)
            two[i] = v_or(quad_offsets(v_load(quads + 2 * i * QUAD)),
                          v_shl32(quad_offsets(v_load(quads + (2 * i + 1) * QUAD)), 16));
        transpose_four(two, row);
        UNROLL
        for (size_t i = 0; i < 4; i++, out += VEC_BYTES) v_store(out, row[i]);
    }
}

#endif
