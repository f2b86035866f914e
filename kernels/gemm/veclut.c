#include "kernels/gemm/veclut.h"

static void veclut_rows(const struct tern_call *c, const struct veclut_block *b, const struct reader *reader,
                        const struct veclut_kernel *kernel) {
    const size_t quads = quads_of(c->w.k), chunk = veclut_chunk(reader->unit), tokens = kernel->tokens;
    const size_t tile_bytes = b->places * tokens * sizeof(int32_t);
    for (size_t first = 0; first < quads; first += chunk) {
        const size_t passes = kernel->decode(c, b, reader, first, tern_min(chunk, quads - first));
        for (size_t t = 0; t < b->tokens; t += tokens)
            kernel->tile(c, b, first, passes, b->wide + t / tokens * tile_bytes, b->token + t);
    }
    for (size_t t = 0; t < b->tokens; t += tokens)
        kernel->finish(c, b, b->wide + t / tokens * tile_bytes, b->token + t);
}

void tern_veclut_gemm(const struct tern_call *c, size_t row0, size_t row1, uint8_t *local,
                      const struct reader *reader, const struct veclut_kernel *kernel) {
    const struct veclut_room room = veclut_room(c, kernel->tokens);
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
            b.across = tern_round_up(b.rows, reader->rows);
            veclut_rows(c, &b, reader, kernel);
        }
    }
}
