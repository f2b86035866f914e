#include "kernels/gemm/tile.h"

/* All tokens against a chunk of rows row .. end: `quads` quads from `first` on. */
static void tile_chunk(const struct tern_call *c, const struct tile_kernel *kernel, struct quads codes,
                       size_t first, size_t quads, size_t row, size_t end) {
    const size_t n = c->x->n, tiles = fours_tiles(n), unit = kernel->unit;
    struct gemm_tile x = {.step = codes.step, .quads = quads, .end = end, .first = first == 0};
    for (x.row = row; x.row < end; x.row += kernel->high * QUAD_ROWS) {
        const size_t high = tern_min(kernel->high, (end - x.row + QUAD_ROWS - 1) / QUAD_ROWS);
        x.codes = codes.at + (x.row - row) / QUAD_ROWS * codes.pitch;
        for (size_t t = 0; t < tiles; t++) {
            const size_t live = fours_token(n, t + 1) - fours_token(n, t);
            x.token = fours_token(n, t);
            x.q = (const int8_t *)c->shared + fours_tile(c->w.k, unit, t) +
                  first * tern_round_up(live, unit) * QUAD_COLUMNS;
            kernel->multiply(c, &x, high, live);
        }
    }
}

/* Decodes a chunk of the rows row .. end. */
static void tile_decode(const struct tern_call *c, const struct reader *reader,
                        const struct tile_kernel *kernel, struct quads codes, size_t first, size_t count,
                        size_t row, size_t end) {
    for (size_t r = row; r < end; r += reader->rows) {
        struct quads out = codes;
        out.at += (r - row) / QUAD_ROWS * codes.pitch;
        reader->read(c, r, first, tern_round_up(count, reader->unit), out);
    }
    if (!kernel->arrange) return;
    for (size_t r = row; r < end; r += QUAD_ROWS, codes.at += codes.pitch)
        kernel->arrange(codes, tern_round_up(count, kernel->unit));
}

void tern_tile_gemm(const struct tern_call *c, size_t row0, size_t row1, uint8_t *codes,
                    const struct reader *reader, const struct tile_kernel *kernel) {
    const size_t quads = quads_of(c->w.k);
    const size_t most = kernel->most ? kernel->most : tern_min(fours_block(c), quads);
    const size_t unit = reader->unit % kernel->unit ? reader->unit * kernel->unit : reader->unit;
    const struct tile_room room = tile_room(reader->rows, unit, kernel->high, most);
    const struct quads out = {codes, QUAD, room.rows / QUAD_ROWS * QUAD};
    for (size_t row = row0; row < row1; row += room.rows) {
        const size_t end = tern_min(row + room.rows, row1);
        for (size_t first = 0; first < quads; first += room.chunk) {
            const size_t count = tern_min(room.chunk, quads - first);
            tile_decode(c, reader, kernel, out, first, count, row, end);
            tile_chunk(c, kernel, out, first, count, row, end);
        }
    }
}
