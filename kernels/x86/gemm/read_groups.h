/* Readers of the look-up layouts (formats/memory/group.h): a line holds one group of columns, a row per byte.
 *
 * Digits are columns: a register of each of four columns becomes quads by two interleavings, which leave four
 * rows of a tile in every 128 bits. */
#ifndef TERN_KERNELS_X86_GEMM_READ_GROUPS_H
#define TERN_KERNELS_X86_GEMM_READ_GROUPS_H

#include "kernels/formats/memory/group.h"
#include "kernels/x86/gemm/digits.h"
#include "kernels/x86/gemm/offsets.h"

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

/* A layout whose `lines` lines of 64 bytes hold `unit` quads of 64 rows. */
struct group_layout {
    size_t bytes, lines, unit;                       /* bytes: of a panel */
    void (*columns)(const uint8_t *at, vec *column); /* VEC_BYTES rows: 4 * unit registers */
};

ALWAYS_INLINE void read_groups(const struct tern_call *c, struct group_layout p, size_t row, size_t first,
                               size_t count, struct quads out) {
    const uint8_t *w = (const uint8_t *)c->w.data + row / TERN_GROUP_ROWS * p.bytes +
                       first / p.unit * p.lines * TERN_GROUP_ROWS;
    for (size_t q = 0; q < count; q += p.unit, w += p.lines * TERN_GROUP_ROWS) {
        UNROLL
        for (size_t i = 0; i < p.lines; i++)
            _mm_prefetch((const char *)(w + 4096 + i * TERN_GROUP_ROWS), _MM_HINT_T0);
        for (size_t part = 0; part < TERN_GROUP_ROWS; part += VEC_BYTES) {
            vec column[36];
            p.columns(w + part, column);
            for (size_t i = 0; i < p.unit; i++)
                columns_to_quads(column + 4 * i, out.at + part / QUAD_ROWS * out.pitch + (q + i) * out.step,
                                 out.pitch);
        }
    }
}

#define GROUP_READER(name, panel_bytes, panel_lines, panel_unit, way)                                        \
    static void read_##name(const struct tern_call *c, size_t row, size_t first, size_t count,               \
                            struct quads out) {                                                              \
        const struct group_layout p = {panel_bytes(c->w.k), panel_lines, panel_unit, columns_##name};        \
        read_groups(c, p, row, first, count, out);                                                           \
    }                                                                                                        \
    static const struct reader reader_##name = {                                                             \
        .rows = TERN_GROUP_ROWS, .unit = panel_unit, .read = read_##name, .offsets = way};

/* g2: two codes 0..8 of two columns in a byte. */
ALWAYS_INLINE void columns_g2(const uint8_t *at, vec *column) {
    const vec x = v_load(at), nibble = v_bytes(15);
    two_digits(v_and(x, nibble), column);
    two_digits(v_and(v_shr16(x, 4), nibble), column + 2);
}
GROUP_READER(g2, tern_g2_panel_bytes, 1, 1, NULL)

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
GROUP_READER(g3, tern_g3_panel_bytes, 5, 6, NULL)

/* g5: magnitude and sign of five columns in a byte. */
ALWAYS_INLINE void columns_g5(const uint8_t *at, vec *column) {
    UNROLL
    for (size_t i = 0; i < 4; i++) {
        const vec x = v_load(at + i * TERN_GROUP_ROWS);
        five_digits(v_add8(v_bytes(121), v_negate8_where(v_and(x, v_bytes(127)), x, 0)), column + 5 * i);
    }
}
GROUP_READER(g5, tern_g5_panel_bytes, 4, 5, NULL)

/* g4: a code 0..80 of four columns. */
ALWAYS_INLINE void columns_g4(const uint8_t *at, vec *column) {
    four_digits(v_load(at), column);
}

/* g4 is made of the codes that Vec-LUT looks up: lines of 16 rows, transposed and widened. */
ALWAYS_INLINE void g4_pass(const uint8_t *const line[PASS], size_t at, uint8_t *out) {
    __m128i a[8], b[8];
    UNROLL
    for (size_t i = 0; i < 8; i++) a[i] = _mm_loadu_si128((const __m128i *)(const void *)(line[i] + at));
    UNROLL
    for (size_t i = 0; i < 4; i++) {
        b[2 * i] = _mm_unpacklo_epi8(a[2 * i], a[2 * i + 1]);
        b[2 * i + 1] = _mm_unpackhi_epi8(a[2 * i], a[2 * i + 1]);
    }
    UNROLL
    for (size_t h = 0; h < 2; h++) { /* rows 0-7, 8-15 */
        const __m128i low0 = _mm_unpacklo_epi16(b[h], b[2 + h]), low1 = _mm_unpackhi_epi16(b[h], b[2 + h]);
        const __m128i up0 = _mm_unpacklo_epi16(b[4 + h], b[6 + h]),
                      up1 = _mm_unpackhi_epi16(b[4 + h], b[6 + h]);
        const __m128i two[4] = {_mm_unpacklo_epi32(low0, up0), _mm_unpackhi_epi32(low0, up0),
                                _mm_unpacklo_epi32(low1, up1), _mm_unpackhi_epi32(low1, up1)};
        UNROLL
        for (size_t i = 0; i < 8; i++) { /* codes in the upper bytes: shifted down they are scaled */
            const __m128i x = i % 2 ? _mm_unpackhi_epi8(_mm_setzero_si128(), two[i / 2])
                                    : _mm_unpacklo_epi8(_mm_setzero_si128(), two[i / 2]);
            const __m128i scaled = _mm_srli_epi16(x, VEC_BITS == 512 ? 2 : VEC_BITS == 256 ? 3 : 4);
            _mm_storeu_si128((__m128i *)(void *)(out + place_of(8 * h + i) * OFFSET_BYTES), scaled);
        }
    }
}

static void offsets_g4(const struct tern_call *c, size_t row, size_t first, size_t count, uint8_t *out,
                       size_t pitch) {
    uint8_t none[TERN_GROUP_ROWS];
    memset(none, 40, sizeof none); /* four trits 0 */
    const uint8_t *w = (const uint8_t *)c->w.data + row / TERN_GROUP_ROWS * tern_g4_panel_bytes(c->w.k) +
                       first * TERN_GROUP_ROWS;
    for (size_t q = 0; q < count; q += PASS, out += pitch) {
        const uint8_t *line[PASS];
        for (size_t i = 0; i < PASS; i++) {
            line[i] = q + i < count ? w + (q + i) * TERN_GROUP_ROWS : none;
            _mm_prefetch((const char *)(line[i] + tern_g4_panel_bytes(c->w.k)), _MM_HINT_T0);
        }
        for (size_t row16 = 0; row16 < TERN_GROUP_ROWS; row16 += QUAD_ROWS)
            g4_pass(line, row16, out + row16 * OFFSET_BYTES);
    }
}

GROUP_READER(g4, tern_g4_panel_bytes, 1, 1, offsets_g4)

#endif
