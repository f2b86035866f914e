/* Readers of layouts that hold one row after another: i2s, and the bit planes of planes and bin1.
 *
 * Thirty-two columns of sixteen rows at a time: a ymm register of codes per row, and a transpose of 32-bit
 * lanes that makes eight half quads of eight rows. Rows beyond M are read as the last one. */
#ifndef TERN_KERNELS_X86_GEMM_READ_ROWS_H
#define TERN_KERNELS_X86_GEMM_READ_ROWS_H

#include "kernels/formats/memory/planes.h"
#include "kernels/gemm/quads.h"

enum { ROW_QUADS = 8, ROW_COLUMNS = ROW_QUADS * QUAD_COLUMNS };

/* Codes of columns column .. column + 31, a multiple of 32, of one row. */
typedef __m256i row_codes_fn(const struct tern_call *c, size_t row, size_t column);

ALWAYS_INLINE void transpose_eight(const __m256i x[8], __m256i out[8]) {
    __m256i a[8], b[8];
    UNROLL
    for (size_t i = 0; i < 4; i++) {
        a[2 * i] = _mm256_unpacklo_epi32(x[2 * i], x[2 * i + 1]);
        a[2 * i + 1] = _mm256_unpackhi_epi32(x[2 * i], x[2 * i + 1]);
    }
    UNROLL
    for (size_t i = 0; i < 8; i += 4) UNROLL
    for (size_t j = 0; j < 2; j++) {
        b[i + 2 * j] = _mm256_unpacklo_epi64(a[i + j], a[i + 2 + j]);
        b[i + 2 * j + 1] = _mm256_unpackhi_epi64(a[i + j], a[i + 2 + j]);
    }
    UNROLL
    for (size_t i = 0; i < 4; i++) {
        out[i] = _mm256_permute2x128_si256(b[i], b[4 + i], 0x20);
        out[4 + i] = _mm256_permute2x128_si256(b[i], b[4 + i], 0x31);
    }
}

ALWAYS_INLINE void read_rows(const struct tern_call *c, size_t row, size_t first, size_t count,
                             struct quads out, row_codes_fn *codes) {
    for (size_t q = 0; q < count; q += ROW_QUADS) {
        UNROLL
        for (size_t half = 0; half < 2; half++) {
            __m256i x[8], quad[8];
            UNROLL
            for (size_t i = 0; i < 8; i++)
                x[i] = codes(c, tern_min(row + 8 * half + i, c->w.m - 1), (first + q) * QUAD_COLUMNS);
            transpose_eight(x, quad);
            UNROLL
            for (size_t i = 0; i < 8; i++)
                _mm256_storeu_si256((__m256i *)(void *)(out.at + (q + i) * out.step + 32 * half), quad[i]);
        }
    }
}

#define ROW_READER(name)                                                                                     \
    static void read_##name(const struct tern_call *c, size_t row, size_t first, size_t count,               \
                            struct quads out) {                                                              \
        read_rows(c, row, first, count, out, codes_##name);                                                  \
    }                                                                                                        \
    static const struct reader reader_##name = {QUAD_ROWS, ROW_QUADS, read_##name, NULL};

/* i2s: 128 columns in 32 bytes; the first 32 of them in bits 7:6. */
ALWAYS_INLINE __m256i codes_i2s(const struct tern_call *c, size_t row, size_t column) {
    const uint8_t *at = (const uint8_t *)c->w.data + (row * c->w.k + column) / 128 * 32;
    _mm_prefetch((const char *)(at + 16 * c->w.k / 4), _MM_HINT_T0);
    const __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)at);
    const __m128i shift = _mm_cvtsi32_si128(6 - (int)(column / 32 % 4) * 2);
    return _mm256_and_si256(_mm256_srl_epi16(x, shift), _mm256_set1_epi8(3));
}
ROW_READER(i2s)

/* 32 bits -> 32 bytes of 0 or -1. */
ALWAYS_INLINE __m256i bytes_of_bits(const uint8_t *at) {
    int32_t bits;
    memcpy(&bits, at, sizeof bits);
    const __m256i spread = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201);
    const __m256i x = _mm256_shuffle_epi8(_mm256_set1_epi32(bits), spread);
    return _mm256_cmpeq_epi8(_mm256_and_si256(x, bit), bit);
}

ALWAYS_INLINE __m256i codes_planes(const struct tern_call *c, size_t row, size_t column) {
    const size_t pitch = tern_plane_words(c->w.k) * 16;
    const uint8_t *at = (const uint8_t *)c->w.data + row * pitch + column / 64 * 16 + column % 64 / 8;
    _mm_prefetch((const char *)(at + 16 * pitch), _MM_HINT_T0);
    const __m256i plus = bytes_of_bits(at), minus = bytes_of_bits(at + 8);
    return _mm256_add_epi8(_mm256_sub_epi8(_mm256_set1_epi8(1), plus), minus);
}
ROW_READER(planes)

ALWAYS_INLINE __m256i codes_bin1(const struct tern_call *c, size_t row, size_t column) {
    const size_t pitch = tern_plane_words(c->w.k) * 8;
    const uint8_t *at = (const uint8_t *)c->w.data + row * pitch + column / 8;
    _mm_prefetch((const char *)(at + 16 * pitch), _MM_HINT_T0);
    return _mm256_and_si256(bytes_of_bits(at), _mm256_set1_epi8(2));
}
ROW_READER(bin1)

#endif
