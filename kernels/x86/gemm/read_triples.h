/* Reader of g3w (formats/memory/g3w.c): words of three codes 0..26, 32 rows in a line. Two panels give the 64
 * rows of a register of bytes; four lines are nine quads. */
#ifndef TERN_KERNELS_X86_GEMM_READ_TRIPLES_H
#define TERN_KERNELS_X86_GEMM_READ_TRIPLES_H

#include "kernels/x86/gemm/read_groups.h"

enum { TRIPLE_LINES = 4, TRIPLE_QUADS = 9 };

/* Code i of the words of two registers, as bytes. */
ALWAYS_INLINE vec code_of_words(vec low, vec high, unsigned i) {
    const vec mask = v_words(31);
    const __m256i a = _mm512_cvtepi16_epi8(v_and(v_shr16(low, 5 * i), mask));
    const __m256i b = _mm512_cvtepi16_epi8(v_and(v_shr16(high, 5 * i), mask));
    return _mm512_inserti64x4(_mm512_castsi256_si512(a), b, 1);
}

/* The columns of four lines from `line` on: nine quads. */
static void triple_columns(const struct tern_call *c, size_t row, size_t line, vec column[4 * TRIPLE_QUADS]) {
    const size_t bytes = tern_g3w_panel_bytes(c->w.k), lines = bytes / QUAD;
    const size_t panel = row / TERN_TRIPLE_ROWS, last = (c->w.m - 1) / TERN_TRIPLE_ROWS;
    const uint8_t *low = (const uint8_t *)c->w.data + panel * bytes;
    const uint8_t *high = (const uint8_t *)c->w.data + tern_min(panel + 1, last) * bytes;
    for (size_t i = 0; i < TRIPLE_LINES; i++, line++) { /* lines beyond K: any codes */
        const size_t at = tern_min(line, lines - 1) * QUAD;
        const vec a = v_load(low + at), b = v_load(high + at);
        _mm_prefetch((const char *)(low + at + READ_AHEAD), _MM_HINT_T0);
        _mm_prefetch((const char *)(high + at + READ_AHEAD), _MM_HINT_T0);
        UNROLL
        for (unsigned j = 0; j < 3; j++) three_digits(code_of_words(a, b, j), column + 9 * i + 3 * j);
    }
}

static void read_g3w(const struct tern_call *c, size_t row, size_t first, size_t count, struct quads out) {
    for (size_t q = 0; q < count; q += TRIPLE_QUADS) {
        vec column[4 * TRIPLE_QUADS];
        triple_columns(c, row, (first + q) / TRIPLE_QUADS * TRIPLE_LINES, column);
        for (size_t i = 0; i < TRIPLE_QUADS; i++)
            columns_to_quads(column + 4 * i, out.at + (q + i) * out.step, out.pitch);
    }
}

static void offsets_g3w(const struct tern_call *c, size_t row, size_t first, size_t count, uint8_t *out,
                        size_t pitch) {
    uint8_t lines[VECLUT_CHUNK * CODE_LINE];
    for (size_t q = 0; q < count; q += TRIPLE_QUADS) {
        vec column[4 * TRIPLE_QUADS];
        triple_columns(c, row, (first + q) / TRIPLE_QUADS * TRIPLE_LINES, column);
        for (size_t i = 0; i < TRIPLE_QUADS; i++)
            v_store(lines + (q + i) * CODE_LINE, code_of_columns(column + 4 * i));
    }
    lines_to_offsets(lines, count, out, pitch);
}

static const struct reader reader_g3w = {TERN_GROUP_ROWS, TRIPLE_QUADS, read_g3w, offsets_g3w};

#endif
