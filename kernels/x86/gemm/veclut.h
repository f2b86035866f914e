/* Vec-LUT, a micro-kernel: an entry of a table is a register of as many tokens as it has int16 lanes, and the
 * code of a quad's row chooses it. Sixteen, 32 or 64 bytes of sums gain four columns by one vpaddw with a
 * memory operand: no multiplication, no shuffle.
 *
 * A pass is eight tables in L1; one entry of each is added to the sum of every row of the block. Building a
 * table takes 81 additions.
 *
 * Per row and pass: 8 vpaddw with a load, 2 loads of four offsets, 14 operations that take them apart, 1 load
 * and 1 store of the sum. The last pass of a chunk widens in its place. Bound: |entry| <= 4 * 128 and
 * a chunk has at most 56 quads: 28,672. */
#ifndef TERN_KERNELS_X86_GEMM_VECLUT_H
#define TERN_KERNELS_X86_GEMM_VECLUT_H

#include "kernels/flush.h"
#include "kernels/gemm/veclut.h"
#include "kernels/loops/two_trits.h"
#include "kernels/x86/gemm/offsets.h"

enum { TOKENS = VEC_BYTES / 2, TABLE = ENTRIES * VEC_BYTES, WIDE = 2 * VEC_BYTES };
_Static_assert(VECLUT_CHUNK <= TERN_FLUSH_ENTRIES(4), "Vec-LUT: int16 sums");
_Static_assert((ENTRIES - 1) * VEC_BYTES < 65536, "Vec-LUT: offsets of 16 bits");

ALWAYS_INLINE void build_table(const int16_t *x, uint8_t *table) {
    vec low[9], high[9];
    two_trits(x, TOKENS, low);
    two_trits(x + 2 * TOKENS, TOKENS, high);
    for (size_t h = 0; h < 9; h++) UNROLL
    for (size_t l = 0; l < 9; l++) v_store(table + (9 * h + l) * VEC_BYTES, v_add16(low[l], high[h]));
}

/* The eight entries of a row. */
ALWAYS_INLINE vec add_entries(vec sum, const uint8_t *offsets, const uint8_t *tables) {
    uint64_t four[2];
    memcpy(four, offsets, sizeof four);
    UNROLL
    for (size_t j = 0; j < PASS; j++)
        sum = v_add16(sum, v_load(tables + j * TABLE + (uint16_t)(four[j / 4] >> j % 4 * 16)));
    return sum;
}

/* What becomes of the sums of a pass. */
enum { FROM_ZERO = 1, WIDEN = 2, FIRST_WIDE = 4 };

/* wide: the int32 of a row are its tokens of even, then of odd number. */
ALWAYS_INLINE void pass_rows(const uint8_t *offsets, size_t rows, const uint8_t *tables, uint8_t *sum,
                             uint8_t *wide, int what) {
    for (size_t r = 0; r < rows; r++, offsets += OFFSET_BYTES, sum += VEC_BYTES, wide += WIDE) {
        const vec s = add_entries(what & FROM_ZERO ? v_zero() : v_load(sum), offsets, tables);
        if (what & WIDEN) {
            const vec even = v_low16(s), odd = v_high16(s);
            v_store(wide, what & FIRST_WIDE ? even : v_add32(v_load(wide), even));
            v_store(wide + VEC_BYTES, what & FIRST_WIDE ? odd : v_add32(v_load(wide + VEC_BYTES), odd));
        } else {
            v_store(sum, s);
        }
    }
}

/* The code of every kind of pass, once for all readers. */
static __attribute__((noinline)) void run_pass(const uint8_t *offsets, size_t rows, const uint8_t *tables,
                                               uint8_t *sum, uint8_t *wide, int what) {
    UNROLL
    for (int i = 0; i < 8; i++)
        if (what == i && (i & WIDEN || !(i & FIRST_WIDE))) pass_rows(offsets, rows, tables, sum, wide, i);
}

/* Decodes `count` quads from `first` on into whole passes. */
static size_t veclut_offsets(const struct tern_call *c, const struct veclut_block *b,
                             const struct reader *reader, size_t first, size_t count) {
    const size_t passes = (count + PASS - 1) / PASS, pitch = VECLUT_PITCH, bytes = b->across * OFFSET_BYTES;
    for (size_t row = 0; row < b->rows; row += reader->rows) {
        if (reader->offsets) {
            reader->offsets(c, b->row + row, first, count, b->offsets + row * OFFSET_BYTES, bytes);
            continue;
        }
        reader->read(c, b->row + row, first, tern_round_up(count, reader->unit),
                     (struct quads){b->codes, pitch, QUAD});
        for (size_t tile = 0; tile < reader->rows / QUAD_ROWS && row + tile * QUAD_ROWS < b->rows; tile++) {
            uint8_t *quads = b->codes + tile * pitch;
            memset(quads + count * QUAD, 1, (passes * PASS - count) * QUAD); /* trit 0 */
            for (size_t p = 0; p < passes; p++)
                tile_offsets(quads + p * PASS * QUAD,
                             b->offsets + p * bytes + (row + tile * QUAD_ROWS) * OFFSET_BYTES);
        }
    }
    return passes;
}

ALWAYS_INLINE void store_rows(int32_t *y, size_t live, vec x) {
    int32_t part[LANES];
    if (live >= LANES) {
        v_store(y, x);
        return;
    }
    v_store(part, x);
    memcpy(y, part, live * sizeof *y);
}

/* The results of one token tile: int32 sums [place][token] -> y[token][row]. */
static void veclut_finish(const struct tern_call *c, const struct veclut_block *b, const uint8_t *wide,
                          size_t token) {
    int32_t *y = (int32_t *)c->y + token * c->ldy + b->row;
    const size_t live = tern_min(TOKENS, c->x->n - token);
    for (size_t row = 0; row < b->rows; row += LANES) {
        const uint8_t *from = wide + row / QUAD_ROWS * QUAD_ROWS * WIDE;
        UNROLL
        for (size_t half = 0; half < 2; half++) {
            vec x[LANES];
            UNROLL
            for (size_t i = 0; i < LANES; i++)
                x[i] = v_load(from + place_of(row % QUAD_ROWS + i) * WIDE + half * VEC_BYTES);
            transpose_lanes(x);
            UNROLL
            for (size_t i = 0; i < LANES; i++)
                if (2 * i + half < live) store_rows(y + (2 * i + half) * c->ldy + row, b->rows - row, x[i]);
        }
    }
}

/* The tables of a pass. */
static void veclut_build(const struct tern_call *c, const struct veclut_block *b, size_t first, size_t pass,
                         size_t token) {
    const int16_t *x = (const int16_t *)c->shared + token * veclut_columns(c->w.k) +
                       (first + pass * PASS) * QUAD_COLUMNS * TOKENS;
    for (size_t j = 0; j < PASS; j++) build_table(x + j * QUAD_COLUMNS * TOKENS, b->tables + j * TABLE);
}

static void veclut_tile(const struct tern_call *c, const struct veclut_block *b, size_t first, size_t passes,
                        uint8_t *wide, size_t token) {
    for (size_t p = 0; p < passes; p++) {
        veclut_build(c, b, first, p, token);
        run_pass(b->offsets + p * b->across * OFFSET_BYTES, b->places, b->tables, b->sum, wide,
                 (p ? 0 : FROM_ZERO) | (p + 1 < passes ? 0 : WIDEN | (first ? 0 : FIRST_WIDE)));
    }
}

static const struct veclut_kernel veclut_kernel = {TOKENS, veclut_offsets, veclut_tile, veclut_finish};

#endif
