/* Readers of the look-up layouts (formats/memory/group.h): a line holds one group of columns, a row per byte.
 *
 * Digits are columns: a register of each of four columns becomes quads by two interleavings, which leave four
 * rows of a tile in every 128 bits. */
#ifndef TERN_KERNELS_X86_GEMM_READ_GROUPS_H
#define TERN_KERNELS_X86_GEMM_READ_GROUPS_H

#include "kernels/loops/groups.h"
#include "kernels/x86/gemm/code_lines.h"
#include "kernels/x86/gemm/digits.h"

ALWAYS_INLINE void store_lanes(vec x, uint8_t *out, size_t pitch) {
#if VEC_BITS == 128
    (void)pitch;
    v_store(out, x);
#elif VEC_BITS == 256
    _mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(x));
    _mm_storeu_si128((__m128i *)(void *)(out + pitch), _mm256_extracti128_si256(x, 1));
#else
    _mm_storeu_si128((__m128i *)(void *)out, _mm512_castsi512_si128(x));
    _mm_storeu_si128((__m128i *)(void *)(out + pitch), _mm512_extracti32x4_epi32(x, 1));
    _mm_storeu_si128((__m128i *)(void *)(out + 2 * pitch), _mm512_extracti32x4_epi32(x, 2));
    _mm_storeu_si128((__m128i *)(void *)(out + 3 * pitch), _mm512_extracti32x4_epi32(x, 3));
#endif
}

/* One quad of VEC_BYTES rows from four columns. */
ALWAYS_INLINE void columns_to_quads(const vec column[4], uint8_t *out, size_t pitch) {
    const vec low = v_zip_low8(column[0], column[1]), high = v_zip_high8(column[0], column[1]);
    const vec low2 = v_zip_low8(column[2], column[3]), high2 = v_zip_high8(column[2], column[3]);
    store_lanes(V(unpacklo_epi16)(low, low2), out, pitch);
    store_lanes(V(unpackhi_epi16)(low, low2), out + 16, pitch);
    store_lanes(V(unpacklo_epi16)(high, high2), out + 32, pitch);
    store_lanes(V(unpackhi_epi16)(high, high2), out + 48, pitch);
}

ALWAYS_INLINE void fetch_group(const uint8_t *w, size_t lines) {
    UNROLL
    for (size_t i = 0; i < lines; i++)
        _mm_prefetch((const char *)(w + READ_AHEAD + i * TERN_GROUP_ROWS), _MM_HINT_T0);
}

ALWAYS_INLINE void read_groups(const struct tern_call *c, struct group_layout p, size_t row, size_t first,
                               size_t count, struct quads out) {
    const uint8_t *w = group_lines(c, &p, row, first);
    for (size_t q = 0; q < count; q += p.unit, w += p.lines * TERN_GROUP_ROWS) {
        fetch_group(w, p.lines);
        for (size_t part = 0; part < TERN_GROUP_ROWS; part += VEC_BYTES) {
            vec column[4 * GROUP_UNIT];
            p.columns(w + part, column);
            for (size_t i = 0; i < p.unit; i++)
                columns_to_quads(column + 4 * i, out.at + part / QUAD_ROWS * out.pitch + (q + i) * out.step,
                                 out.pitch);
        }
    }
}

ALWAYS_INLINE void group_offsets(const struct tern_call *c, struct group_layout p, size_t row, size_t first,
                                 size_t count, uint8_t *out, size_t pitch) {
    uint8_t lines[VECLUT_CHUNK * CODE_LINE];
    const uint8_t *w = group_lines(c, &p, row, first);
    for (size_t q = 0; q < count; q += p.unit, w += p.lines * TERN_GROUP_ROWS) {
        fetch_group(w, p.lines);
        for (size_t part = 0; part < TERN_GROUP_ROWS; part += VEC_BYTES) {
            vec column[4 * GROUP_UNIT];
            p.columns(w + part, column);
            UNROLL
            for (size_t i = 0; i < p.unit; i++)
                v_store(lines + (q + i) * CODE_LINE + part, code_of_columns(column + 4 * i));
        }
    }
    lines_to_offsets(lines, count, out, pitch);
}

#define GROUP_LAYOUT(name, panel_bytes, panel_lines, panel_unit)                                             \
    { panel_bytes(c->w.k), panel_lines, panel_unit, columns_##name }
#define GROUP_READ(name, panel_bytes, panel_lines, panel_unit)                                               \
    static void read_##name(const struct tern_call *c, size_t row, size_t first, size_t count,               \
                            struct quads out) {                                                              \
        const struct group_layout p = GROUP_LAYOUT(name, panel_bytes, panel_lines, panel_unit);              \
        read_groups(c, p, row, first, count, out);                                                           \
    }
#define GROUP_READER(name, panel_bytes, panel_lines, panel_unit)                                             \
    GROUP_READ(name, panel_bytes, panel_lines, panel_unit)                                                   \
    static void offsets_##name(const struct tern_call *c, size_t row, size_t first, size_t count,            \
                               uint8_t *out, size_t pitch) {                                                 \
        const struct group_layout p = GROUP_LAYOUT(name, panel_bytes, panel_lines, panel_unit);              \
        group_offsets(c, p, row, first, count, out, pitch);                                                  \
    }                                                                                                        \
    static const struct reader reader_##name = {TERN_GROUP_ROWS, panel_unit, read_##name, offsets_##name};

/* g2: two codes 0..8 of two columns in a byte. */
ALWAYS_INLINE void columns_g2(const uint8_t *at, vec *column) {
    const vec x = v_load(at), nibble = v_bytes(15);
    two_digits(v_and(x, nibble), column);
    two_digits(v_and(v_shr16(x, 4), nibble), column + 2);
}
GROUP_READER(g2, tern_g2_panel_bytes, 1, 1)

/* g3: eight magnitudes of three columns in four lines, their signs in a fifth. */
ALWAYS_INLINE void columns_g3(const uint8_t *at, vec *column) {
    const vec signs = v_load(at + 4 * TERN_GROUP_ROWS);
    UNROLL
    for (int j = 0; j < 8; j++) {
        const vec x = v_load(at + j / 2 * TERN_GROUP_ROWS);
        const vec magnitude = v_and(j % 2 ? v_shr16(x, 4) : x, v_bytes(15));
        three_digits(v_add8(v_bytes(13), v_negate8_where(magnitude, signs, j)), column + 3 * j);
    }
}
GROUP_READER(g3, tern_g3_panel_bytes, 5, 6)

/* g5: magnitude and sign of five columns in a byte. */
ALWAYS_INLINE void columns_g5(const uint8_t *at, vec *column) {
    UNROLL
    for (size_t i = 0; i < 4; i++) {
        const vec x = v_load(at + i * TERN_GROUP_ROWS);
        five_digits(v_add8(v_bytes(121), v_negate8_where(v_and(x, v_bytes(127)), x, 0)), column + 5 * i);
    }
}
GROUP_READER(g5, tern_g5_panel_bytes, 4, 5)

/* g4: a code 0..80 of four columns. */
ALWAYS_INLINE void columns_g4(const uint8_t *at, vec *column) {
    four_digits(v_load(at), column);
}

GROUP_READ(g4, tern_g4_panel_bytes, 1, 1)

/* Its lines are what Vec-LUT looks up; only a pass that ends beyond K needs a copy. */
static void offsets_g4(const struct tern_call *c, size_t row, size_t first, size_t count, uint8_t *out,
                       size_t pitch) {
    const struct group_layout p = GROUP_LAYOUT(g4, tern_g4_panel_bytes, 1, 1);
    const uint8_t *w = group_lines(c, &p, row, first);
    size_t q = 0;
    for (; q + PASS <= count; q += PASS, w += PASS * CODE_LINE, out += pitch) {
        fetch_group(w, PASS);
        for (size_t i = 0; i < CODE_LINE; i += QUAD_ROWS) line_offsets(w + i, out + i * OFFSET_BYTES);
    }
    if (q == count) return;
    uint8_t lines[PASS * CODE_LINE];
    memcpy(lines, w, (count - q) * CODE_LINE);
    lines_to_offsets(lines, count - q, out, pitch);
}

static const struct reader reader_g4 = {TERN_GROUP_ROWS, 1, read_g4, offsets_g4};

#endif
