/* Readers of the look-up layouts (formats/memory/group.h): a line holds one group of columns of 64 rows. */
#ifndef TERN_KERNELS_X86_GEMM_READ_GROUPS_H
#define TERN_KERNELS_X86_GEMM_READ_GROUPS_H

#include "kernels/formats/memory/group.h"
#include "kernels/x86/gemm/offsets.h"

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

ALWAYS_INLINE void offsets_g4(const struct tern_call *c, size_t row, size_t first, size_t count, uint8_t *out,
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

#define READER_G4 ((struct reader){.rows = 64, .unit = 1, .offsets = offsets_g4})

#endif
