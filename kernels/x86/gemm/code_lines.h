/* Codes 0..80 of four columns, a line of 64 rows after another -> offsets (offsets.h). Layouts whose decoders
 * give columns come to their offsets this way without quads. */
#ifndef TERN_KERNELS_X86_GEMM_CODE_LINES_H
#define TERN_KERNELS_X86_GEMM_CODE_LINES_H

#include "kernels/gemm/prep.h"
#include "kernels/x86/gemm/offsets.h"

enum { CODE_LINE = 64, CODE_ZERO = 40 }; /* rows of a line; the code of four trits 0 */

/* The code of four columns of digits. */
ALWAYS_INLINE vec code_of_columns(const vec d[4]) {
    vec code = d[3];
    UNROLL
    for (size_t i = 3; i-- > 0;) code = v_add8(v_add8(code, code), v_add8(code, d[i]));
    return code;
}

/* One pass of one row tile: eight lines of sixteen codes are transposed and widened. */
ALWAYS_INLINE void line_offsets(const uint8_t *line, uint8_t *out) {
    __m128i a[8], b[8];
    UNROLL
    for (size_t i = 0; i < 8; i++)
        a[i] = _mm_loadu_si128((const __m128i *)(const void *)(line + i * CODE_LINE));
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

/* Whole passes of `count` lines, `pitch` bytes apart. There is room for VECLUT_CHUNK lines. */
ALWAYS_INLINE void lines_to_offsets(uint8_t *lines, size_t count, uint8_t *out, size_t pitch) {
    memset(lines + count * CODE_LINE, CODE_ZERO, (tern_round_up(count, PASS) - count) * CODE_LINE);
    for (size_t q = 0; q < count; q += PASS, lines += PASS * CODE_LINE, out += pitch)
        for (size_t row = 0; row < CODE_LINE; row += QUAD_ROWS)
            line_offsets(lines + row, out + row * OFFSET_BYTES);
}

#endif
