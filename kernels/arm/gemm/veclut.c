/* Vec-LUT: an entry of a table is a register of eight tokens, and the code of a quad's row chooses it, so that four columns of
 * eight or sixteen tokens are gained by one or two loads and adds. It counts loads and not multiplications.
 *
 * A pass is eight quads, with a table or two (tokens 0 to 7, and 8 to 15) each in L1. Eight rows have their sums in registers; a
 * load brings their eight codes of a quad, and per code: 1 ubfx, and per table 1 load by [table, code * 16] and 1 add. Bound:
 * |entry| <= 4 * 128, and a chunk has at most 56 quads: 28,672. */
#include "kernels/arm/vec_neon.h"

#include "kernels/arm/gemm/lines.h"
#include "kernels/arm/gemm/readers.h"
#include "kernels/arm/gemm/transpose.h"
#include "kernels/gemm/veclut.h"
#include "kernels/loops/two_trits.h"
#include "kernels/run.h"

enum { PASS = 8, EIGHT = 8 /* tokens of an entry, rows of a step */, TABLE = CODES * VEC_BYTES };
_Static_assert(VECLUT_CHUNK <= TERN_FLUSH_ENTRIES(4), "Vec-LUT: int16 sums");

/* Lines of quads `first` to `first` + count of the block, and of trits 0 up to whole passes. */
static size_t veclut_decode(const struct tern_call *c, const struct veclut_block *b,
                            const struct reader *reader, size_t first, size_t count) {
    const size_t passes = (count + PASS - 1) / PASS;
    for (size_t row = 0; row < b->rows; row += reader->rows) {
        uint8_t *out = b->offsets + row;
        if (reader->offsets) {
            reader->offsets(c, b->row + row, first, tern_round_up(count, reader->unit), out, b->across);
            continue;
        }
        reader->read(c, b->row + row, first, tern_round_up(count, reader->unit),
                     (struct quads){b->codes, VECLUT_PITCH, QUAD});
        for (size_t r = 0; r < reader->rows; r += QUAD_ROWS)
            for (size_t q = 0; q < count; q++)
                v_store(out + q * b->across + r,
                        line_of_quad(b->codes + r / QUAD_ROWS * VECLUT_PITCH + q * QUAD));
    }
    memset(b->offsets + count * b->across, CODE_ZERO, (passes * PASS - count) * b->across);
    return passes;
}

/* The table of four columns and eight tokens. */
static void build_table(const int16_t *x, size_t apart, uint8_t *table) {
    vec low[9], high[9];
    two_trits(x, apart, low);
    two_trits(x + 2 * apart, apart, high);
    for (size_t h = 0; h < 9; h++) UNROLL
    for (size_t l = 0; l < 9; l++, table += VEC_BYTES) v_store(table, v_add16(low[l], high[h]));
}

/* sum + entry `code` of a table. asm, because compilers make a shift and an add of the address, and gcc 12 copies the sums. */
ALWAYS_INLINE vec add_entry(vec sum, const uint8_t *table, uint64_t code) {
    vec x;
    __asm__("ldr %q0, [%1, %2, lsl 4]"
            : "=w"(x)
            : "r"(table), "r"(code), "m"(*(const uint8_t(*)[TABLE])table));
    __asm__("add %0.8h, %0.8h, %1.8h" : "+w"(sum) : "w"(x));
    return sum;
}

/* Adds the entries of a pass to the sums of eight rows: [row][table]. */
ALWAYS_INLINE void add_entries(vec *sum, size_t tables, const uint8_t *lines, size_t across,
                               const uint8_t *table) {
    const uint8_t *const end = table + PASS * tables * TABLE;
    for (; table < end; lines += across, table += tables * TABLE) {
        __asm__("" : "+r"(table)); /* or gcc 12 unrolls it all and spills */
        uint64_t codes;
        memcpy(&codes, lines, sizeof codes);
        UNROLL
        for (size_t r = 0; r < EIGHT; r++) {
            const uint64_t code = codes >> 8 * r & 255;
            UNROLL
            for (size_t i = 0; i < tables; i++)
                sum[r * tables + i] = add_entry(sum[r * tables + i], table + i * TABLE, code);
        }
    }
}

/* What becomes of the sums of a pass. */
enum { FROM_ZERO = 1, WIDEN = 2, FIRST_WIDE = 4 };

/* int32 sums of a row: tokens in order. */
ALWAYS_INLINE void widen(vec sum, uint8_t *wide, int first) {
    const int32x4_t low = first ? vdupq_n_s32(0) : vld1q_s32((const int32_t *)(const void *)wide);
    const int32x4_t high =
        first ? vdupq_n_s32(0) : vld1q_s32((const int32_t *)(const void *)(wide + VEC_BYTES));
    vst1q_s32((int32_t *)(void *)wide, vaddw_s16(low, vget_low_s16(V_S16(sum))));
    vst1q_s32((int32_t *)(void *)(wide + VEC_BYTES), vaddw_high_s16(high, V_S16(sum)));
}

ALWAYS_INLINE void pass_rows(const struct veclut_block *b, const uint8_t *lines, size_t tables, uint8_t *wide,
                             int what) {
    uint8_t *kept = b->sum;
    const size_t step = EIGHT * tables;
    for (size_t row = 0; row < b->places; row += EIGHT, kept += step * VEC_BYTES) {
        vec sum[2 * EIGHT];
        UNROLL
        for (size_t i = 0; i < step; i++) sum[i] = what & FROM_ZERO ? v_zero() : v_load(kept + i * VEC_BYTES);
        add_entries(sum, tables, lines + row, b->across, b->tables);
        UNROLL
        for (size_t i = 0; i < step; i++) {
            if (what & WIDEN)
                widen(sum[i], wide + (row * tables + i) * 2 * VEC_BYTES, what & FIRST_WIDE);
            else
                v_store(kept + i * VEC_BYTES, sum[i]);
        }
    }
}

/* One code for every kind of pass, once for all readers. */
ALWAYS_INLINE void veclut_tile(const struct tern_call *c, const struct veclut_block *b, size_t first,
                               size_t passes, uint8_t *wide, size_t token, size_t tables) {
    const size_t tokens = tables * EIGHT;
    const int16_t *x =
        (const int16_t *)c->shared + token * veclut_columns(c->w.k) + first * QUAD_COLUMNS * tokens;
    for (size_t p = 0; p < passes; p++) {
        const uint8_t *lines = b->offsets + p * PASS * b->across;
        for (size_t i = 0; i < PASS * tables; i++)
            build_table(x + (p * PASS + i / tables) * QUAD_COLUMNS * tokens + i % tables * EIGHT, tokens,
                        b->tables + i * TABLE);
        const int what = (p ? 0 : FROM_ZERO) | (p + 1 < passes ? 0 : WIDEN | (first ? 0 : FIRST_WIDE));
        UNROLL
        for (int i = 0; i < 8; i++)
            if (what == i && (i & WIDEN || !(i & FIRST_WIDE))) pass_rows(b, lines, tables, wide, i);
    }
}

/* Sums [row][token] -> y[token][row], four by four. */
ALWAYS_INLINE void veclut_finish(const struct tern_call *c, const struct veclut_block *b, const uint8_t *wide,
                                 size_t token, size_t tables) {
    const size_t tokens = tables * EIGHT, live = tern_min(tokens, c->x->n - token);
    for (size_t row = 0; row < b->rows; row += 4)
        for (size_t t = 0; t < live; t += 4) {
            const uint8_t *from = wide + (row * tokens + t) * sizeof(int32_t);
            int32_t *y = (int32_t *)c->y + (token + t) * c->ldy + b->row + row;
            vec x[4], out[4];
            UNROLL
            for (size_t i = 0; i < 4; i++) x[i] = v_load(from + i * tokens * sizeof(int32_t));
            transpose_four(x, out);
            UNROLL
            for (size_t i = 0; i < 4; i++)
                if (t + i < live) v_store_some(y + i * c->ldy, b->rows - row, out[i]);
        }
}

#define VECLUT(tokens, tables)                                                                               \
    static void tile##tokens(const struct tern_call *c, const struct veclut_block *b, size_t first,          \
                             size_t passes, uint8_t *wide, size_t token) {                                   \
        veclut_tile(c, b, first, passes, wide, token, tables);                                               \
    }                                                                                                        \
    static void finish##tokens(const struct tern_call *c, const struct veclut_block *b, const uint8_t *wide, \
                               size_t token) {                                                               \
        veclut_finish(c, b, wide, token, tables);                                                            \
    }                                                                                                        \
    static const struct veclut_kernel veclut_kernel##tokens = {tokens, veclut_decode, tile##tokens,          \
                                                               finish##tokens};

VECLUT(8, 1)
VECLUT(16, 2)

TERN_READERS(TERN_VECLUT8_NEON, VECLUT8_RUN)
TERN_READERS(TERN_VECLUT16_NEON, VECLUT16_RUN)
