/* t24 with 512-bit vpdpbusd, and a GEMM that decodes a block of a panel once for all tokens. */
#define TERN_VEC_BITS 512
#include "kernels/x86/panels/t24_template.h"
#include "kernels/x86/panels/unpack_template.h"

/* A panel is three tiles of 64 rows (fields of 16) for the multiplication. */
enum { FIELDS = 4, TILES = 3, TOKENS = 6 };

/* The codes of one chunk as scratch[tile][group][field], groups of four columns, `groups` of them per tile.
 */
ALWAYS_INLINE void decode_chunk(const uint8_t *at, size_t lanes, vec *scratch, size_t groups, size_t group) {
    UNROLL
    for (size_t s = 0; s < TERN_T24_SLOTS; s++) {
        const size_t row = s * lanes, field = row / 16;
        const vec digits = t24_digits(at, s / 3);
        uint8_t piece[64], *out = (uint8_t *)(scratch + (field / FIELDS * groups + group) * FIELDS) +
                                  field % FIELDS * 64 + row % 16 * 4;
        v_store(piece, v_and(s % 3 ? _mm512_srli_epi16(digits, 2 * (unsigned)(s % 3)) : digits, v_bytes(3)));
        for (size_t i = 0; i < 16 / lanes; i++)
            memcpy(out + i * FIELDS * 64, piece + i * lanes * 4, lanes * 4);
    }
}

ALWAYS_INLINE void decode_block(const uint8_t *w, size_t lanes, size_t g0, size_t count, vec *scratch,
                                size_t groups) {
    const size_t step = 16 / lanes; /* groups of a chunk */
    for (size_t g = 0; g < count; g += step)
        decode_chunk(w + (g0 + g) / step * TERN_T24_CHUNK, lanes, scratch, groups, g);
}

tern_run_fn gemv_t24_i8_r192k8__avx512vbmi, gemm_t24_i8_r192k4n6_unpack__avx512vbmi;

void gemv_t24_i8_r192k8__avx512vbmi(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    t24_gemv(c, row0, row1, local);
}

/* Blocks are multiples of 16 groups, as many as the widest chunk has. A third of the next block is asked for
 * while a tile's tokens are multiplied. */
void gemm_t24_i8_r192k4n6_unpack__avx512vbmi(const struct tern_call *c, size_t row0, size_t row1,
                                             void *local) {
    const size_t k = c->w.k, all = tern_panel_groups(k), panel = tern_t24_panel(k, 8);
    const size_t most = tern_min((size_t)c->param[TERN_P_BLOCK] / 4, tern_round_up(all, 16));
    vec *scratch = local;
    for (size_t r = row0; r < row1; r += TERN_T24_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / TERN_T24_ROWS * panel;
        const size_t lanes = tern_t24_lanes(c->w.m, r), rows = tern_min(TERN_T24_ROWS, row1 - r);
        const size_t step = 16 / lanes;
        for (size_t g0 = 0; g0 < all; g0 += most) {
            const size_t count = tern_min(most, all - g0), rest = all - g0 - count;
            const uint8_t *next = w + (rest ? (g0 + count) / step * TERN_T24_CHUNK : panel);
            const size_t chunks = (tern_min(most, rest ? rest : all) + step - 1) / step;
            const size_t third = fetch_count(chunks * TERN_T24_CHUNK) / TILES;
            switch (lanes) {
            case 8:
                decode_block(w, 8, g0, count, scratch, most);
                break;
            case 4:
                decode_block(w, 4, g0, count, scratch, most);
                break;
            case 2:
                decode_block(w, 2, g0, count, scratch, most);
                break;
            default:
                decode_block(w, 1, g0, count, scratch, most);
            }
            for (size_t i = 0; i * 16 * FIELDS < rows; i++, next += third * 64)
                unpack_tokens(c, scratch + i * most * FIELDS, next, third, g0, count, r + i * 16 * FIELDS,
                              row1, FIELDS, TOKENS);
        }
    }
}
