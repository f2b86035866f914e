/* The loops of Vec-LUT alone (veclut.h). */
#ifndef TERN_KERNELS_X86_GEMM_VECLUT_GEMM_H
#define TERN_KERNELS_X86_GEMM_VECLUT_GEMM_H

#include "kernels/x86/gemm/veclut.h"

static void veclut_tile(const struct tern_call *c, const struct veclut_block *b, size_t first, size_t passes,
                        uint8_t *wide, size_t token) {
    for (size_t p = 0; p < passes; p++) {
        veclut_build(c, b, first, p, token);
        run_pass(b->offsets + p * b->pitch, b->places, b->tables, b->sum, wide,
                 (p ? 0 : FROM_ZERO) | (p + 1 < passes ? 0 : WIDEN | (first ? 0 : FIRST_WIDE)));
    }
}

static void veclut_rows(const struct tern_call *c, const struct veclut_block *b,
                        const struct reader *reader) {
    const size_t quads = quads_of(c->w.k), chunk = veclut_chunk(reader->unit);
    const size_t tile_bytes = b->places * WIDE;
    for (size_t first = 0; first < quads; first += chunk) {
        const size_t passes = veclut_offsets(c, b, reader, first, tern_min(chunk, quads - first));
        for (size_t t = 0; t < b->tokens; t += TOKENS)
            veclut_tile(c, b, first, passes, b->wide + t / TOKENS * tile_bytes, b->token + t);
    }
    for (size_t t = 0; t < b->tokens; t += TOKENS)
        veclut_finish(c, b, b->wide + t / TOKENS * tile_bytes, b->token + t);
}

static void veclut_gemm(const struct tern_call *c, size_t row0, size_t row1, uint8_t *local,
                        const struct reader *reader) {
    const struct veclut_room room = veclut_room(c, TOKENS);
    const size_t most = tern_max(room.rows / reader->rows, 1) * reader->rows, n = c->x->n;
    struct veclut_block b = {.codes = local + room.codes,
                             .offsets = local + room.offsets,
                             .sum = local + room.sum,
                             .wide = local + room.wide,
                             .tables = local + room.tables};
    for (b.token = 0; b.token < n; b.token += room.tokens) {
        b.tokens = tern_min(room.tokens, n - b.token);
        for (b.row = row0; b.row < row1; b.row += most) {
            b.rows = tern_min(most, row1 - b.row);
            b.places = tern_round_up(b.rows, QUAD_ROWS);
            b.pitch = tern_round_up(b.rows, reader->rows) * OFFSET_BYTES;
            veclut_rows(c, &b, reader);
        }
    }
}

#endif
