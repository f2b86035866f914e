/* I2_S and TQ2_0 as they lie in the file, with vpmaddubsw: what bitnet.cpp and ggml do on AVX2, without the
 * overflow.
 *
 * Per 32 bytes = 128 weights: 4 products of at most 512 are added, so an int16 lane holds 16 blocks
 * (16 * 4 * 512 = 32,768 in magnitude, reached only as -32,768); they are widened every 16 blocks. */
#include "kernels/prep/prep.h"
#include "kernels/variant.h"
#include "kernels/x86/panel_avx2.h"

enum order { HIGH_FIRST /* I2_S */, LOW_FIRST /* TQ2_0 */ };
enum { BLOCKS_PER_FLUSH = 16 };

ALWAYS_INLINE __m256i codes(__m256i x, int g, enum order order) {
    return _mm256_and_si256(_mm256_srli_epi16(x, order == HIGH_FIRST ? 6 - 2 * g : 2 * g),
                            _mm256_set1_epi8(3));
}

ALWAYS_INLINE int32_t sum_lanes(__m256i v) {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
    return _mm_cvtsi128_si32(s);
}

/* Byte offset of 128-weight block b of a row: TQ2_0 keeps two of them, then a scale. */
ALWAYS_INLINE size_t block_at(size_t b, enum order order) {
    return order == HIGH_FIRST ? b * 32 : b / 2 * 66 + b % 2 * 32;
}

ALWAYS_INLINE void tile(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens,
                        size_t pitch, size_t ahead, enum order order) {
    const size_t blocks = c->w.k / 128;
    const uint8_t *w = (const uint8_t *)c->w.data + r * pitch;
    const int8_t *q = c->x->q + t * c->x->stride;
    __m256i sum[4][2];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) sum[i][j] = _mm256_setzero_si256();

    for (size_t b = 0; b < blocks;) {
        const size_t stop = tern_min(blocks, b + BLOCKS_PER_FLUSH);
        __m256i acc[4][2];
        UNROLL
        for (size_t i = 0; i < rows; i++) UNROLL
        for (size_t j = 0; j < tokens; j++) acc[i][j] = _mm256_setzero_si256();
        for (; b < stop; b++) {
            UNROLL
            for (size_t i = 0; i < rows; i++) {
                const uint8_t *at = w + i * pitch + block_at(b, order);
                _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
                const __m256i x = _mm256_loadu_si256((const __m256i *)at);
                UNROLL
                for (int g = 0; g < 4; g++) {
                    const __m256i u = codes(x, g, order);
                    UNROLL
                    for (size_t j = 0; j < tokens; j++) {
                        const __m256i a = _mm256_load_si256(
                            (const __m256i *)(q + j * c->x->stride + 128 * b + 32 * (size_t)g));
                        acc[i][j] = _mm256_add_epi16(acc[i][j], _mm256_maddubs_epi16(u, a));
                    }
                }
            }
        }
        UNROLL
        for (size_t i = 0; i < rows; i++) UNROLL
        for (size_t j = 0; j < tokens; j++) sum[i][j] = widen(sum[i][j], acc[i][j]);
    }
    int32_t *y = c->y;
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) y[(t + j) * c->ldy + r + i] = sum_lanes(sum[i][j]) - c->x->sum[t + j];
}

/* One token: `rows` rows are as many streams from memory, which some cores like and others do not. */
ALWAYS_INLINE void gemv(const struct tern_call *c, size_t row0, size_t row1, size_t pitch, enum order order) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], rows = (size_t)c->param[TERN_P_ROWS];
    size_t r = row0;
    if (rows == 4)
        for (; r + 4 <= row1; r += 4) tile(c, r, 0, 4, 1, pitch, ahead, order);
    if (rows == 2)
        for (; r + 2 <= row1; r += 2) tile(c, r, 0, 2, 1, pitch, ahead, order);
    for (; r < row1; r++) tile(c, r, 0, 1, 1, pitch, ahead, order);
}

ALWAYS_INLINE void gemm(const struct tern_call *c, size_t row0, size_t row1, size_t pitch, enum order order) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], n = c->x->n;
    for (size_t r = row0; r < row1;) {
        const size_t rows = row1 - r >= 2 ? 2 : 1;
        size_t t = 0;
        if (rows == 2) {
            for (; t + 2 <= n; t += 2) tile(c, r, t, 2, 2, pitch, ahead, order);
            for (; t < n; t++) tile(c, r, t, 2, 1, pitch, ahead, order);
        } else {
            for (; t < n; t++) tile(c, r, t, 1, 1, pitch, ahead, order);
        }
        r += rows;
    }
}

#define BLOCKS(name, part, pitch, order)                                                                     \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        part(c, row0, row1, pitch, order);                                                                   \
    }

BLOCKS(gemv_i2s_i8_r1k128__avx2, gemv, c->w.k / 4, HIGH_FIRST)
BLOCKS(gemm_i2s_i8_r2k128n2__avx2, gemm, c->w.k / 4, HIGH_FIRST)
BLOCKS(gemv_tq20_i8_r1k256__avx2, gemv, c->w.k / 256 * 66, LOW_FIRST)
BLOCKS(gemm_tq20_i8_r2k256n2__avx2, gemm, c->w.k / 256 * 66, LOW_FIRST)
