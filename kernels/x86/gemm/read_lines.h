/* Reader of t24 (formats/memory/t24.h): five lines hold 24 slots of rows x 8 lanes and 8 columns; a last panel
 * of fewer rows has 4, 2 or 1 lanes and 16, 32 or 64 columns in its lines. */
#ifndef TERN_KERNELS_X86_GEMM_READ_LINES_H
#define TERN_KERNELS_X86_GEMM_READ_LINES_H

#include "kernels/gemm/quads.h"
#include "kernels/x86/panels/t24.h"

/* The 16 / lanes quads of one chunk. One lane is 24 rows: the others of the second row tile are trit 0. */
ALWAYS_INLINE void read_chunk(const uint8_t *at, size_t lanes, struct quads out) {
    for (size_t i = 0; lanes == 1 && i < 16; i++) memset(out.at + out.pitch + i * out.step, 1, QUAD);
    UNROLL
    for (size_t j = 0; j < TERN_T24_SLOTS / 3; j++) {
        const vec three = t24_digits(at, j);
        UNROLL
        for (unsigned d = 0; d < 3; d++) {
            const size_t row = (3 * j + d) * lanes;
            uint8_t piece[64], *to = out.at + row / QUAD_ROWS * out.pitch + row % QUAD_ROWS * 4;
            v_store(piece, v_and(v_shr16(three, 2 * d), v_bytes(3)));
            for (size_t i = 0; i < 16 / lanes; i++)
                memcpy(to + i * out.step, piece + i * lanes * 4, lanes * 4);
        }
    }
}

static void read_t24(const struct tern_call *c, size_t row, size_t first, size_t count, struct quads out) {
    const size_t lanes = tern_t24_lanes(c->w.m, row), quads = 16 / lanes,
                 bytes = tern_t24_panel(c->w.k, lanes);
    const uint8_t *panel = (const uint8_t *)c->w.data + row / TERN_T24_ROWS * tern_t24_panel(c->w.k, 8);
    for (size_t q = 0; q < count; q += quads, out.at += quads * out.step) {
        const size_t chunk = tern_min((first + q) / quads * TERN_T24_CHUNK, bytes - TERN_T24_CHUNK);
        const uint8_t *at = panel + chunk; /* beyond K: any codes */
        for (size_t line = 0; line < TERN_T24_CHUNK; line += 64)
            _mm_prefetch((const char *)(at + READ_AHEAD + line), _MM_HINT_T0);
        if (lanes == 8)
            read_chunk(at, 8, out);
        else
            read_chunk(at, lanes, out);
    }
}

static const struct reader reader_t24 = {TERN_T24_ROWS, 16, read_t24, NULL};

#endif
