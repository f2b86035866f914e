/* A GEMM of t24 that decodes a block of a panel once for all tokens, 512 bits wide. */
#ifndef TERN_KERNELS_X86_PANELS_T24_UNPACK_H
#define TERN_KERNELS_X86_PANELS_T24_UNPACK_H

#include "kernels/x86/panels/t24.h"
#include "kernels/x86/panels/unpack.h"

/* A panel is three tiles of 64 rows (fields of 16) for the multiplication. */
enum { T24_FIELDS = 4, T24_TILES = 3, T24_TOKENS = 6 };

/* The codes of one chunk as scratch[tile][group][field], groups of four columns, `groups` of them per tile.
 */
ALWAYS_INLINE void t24_decode_chunk(const uint8_t *at, size_t lanes, vec *scratch, size_t groups,
                                    size_t group) {
    UNROLL
    for (size_t s = 0; s < TERN_T24_SLOTS; s++) {
        const size_t row = s * lanes, field = row / 16;
        const vec digits = t24_digits(at, s / 3);
        uint8_t piece[64], *out = (uint8_t *)(scratch + (field / T24_FIELDS * groups + group) * T24_FIELDS) +
                                  field % T24_FIELDS * 64 + row % 16 * 4;
        v_store(piece, v_and(s % 3 ? v_shr16(digits, 2 * (unsigned)(s % 3)) : digits, v_bytes(3)));
        for (size_t i = 0; i < 16 / lanes; i++)
            memcpy(out + i * T24_FIELDS * 64, piece + i * lanes * 4, lanes * 4);
    }
}

ALWAYS_INLINE void t24_decode_block(const uint8_t *w, size_t lanes, size_t g0, size_t count, vec *scratch,
                                    size_t groups) {
    const size_t step = 16 / lanes; /* groups of a chunk */
    for (size_t g = 0; g < count; g += step)
        t24_decode_chunk(w + (g0 + g) / step * TERN_T24_CHUNK, lanes, scratch, groups, g);
}

/* Blocks are multiples of 16 groups, as many as the widest chunk has. A third of the next block is asked for
 * while a tile's tokens are multiplied. */
ALWAYS_INLINE void t24_gemm(const struct tern_call *c, size_t row0, size_t row1, vec *scratch) {
    const size_t k = c->w.k, all = tern_panel_groups(k), panel = tern_t24_panel(k, 8);
    const size_t most = tern_min((size_t)c->param[TERN_P_BLOCK] / 4, tern_round_up(all, 16));
    for (size_t r = row0; r < row1; r += TERN_T24_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / TERN_T24_ROWS * panel;
        const size_t lanes = tern_t24_lanes(c->w.m, r), rows = tern_min(TERN_T24_ROWS, row1 - r);
        const size_t step = 16 / lanes;
        for (size_t g0 = 0; g0 < all; g0 += most) {
            const size_t count = tern_min(most, all - g0), rest = all - g0 - count;
            const uint8_t *next = w + (rest ? (g0 + count) / step * TERN_T24_CHUNK : panel);
            const size_t chunks = (tern_min(most, rest ? rest : all) + step - 1) / step;
            const size_t third = fetch_count(chunks * TERN_T24_CHUNK) / T24_TILES;
            switch (lanes) {
            case 8:
                t24_decode_block(w, 8, g0, count, scratch, most);
                break;
            case 4:
                t24_decode_block(w, 4, g0, count, scratch, most);
                break;
            case 2:
                t24_decode_block(w, 2, g0, count, scratch, most);
                break;
            default:
                t24_decode_block(w, 1, g0, count, scratch, most);
            }
            for (size_t i = 0; i * 16 * T24_FIELDS < rows; i++, next += third * 64)
                unpack_all_tokens(c,
                                  (struct unpack_block){.codes = scratch + i * most * T24_FIELDS,
                                                        .first = g0,
                                                        .groups = count,
                                                        .fields = T24_FIELDS,
                                                        .row = r + i * 16 * T24_FIELDS,
                                                        .end = row1,
                                                        .next = next,
                                                        .lines = third},
                                  unpack_packed(c, T24_TOKENS));
        }
    }
}

#endif
