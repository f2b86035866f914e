/* planes and bin1 with AVX2, which has no mask registers: bits become byte or float masks.
 *
 * A mask of 32 bytes is 1 broadcast of 32 bits, pshufb, and, cmpeq. Per row, 32 columns and token:
 *   codes   2 masks (planes; 1 for bin1) and 2 operations once per row, then 1 vpmaddubsw, 1 add per token
 *   masked  2 masks once per row; then 2 and, 2 vpmaddubsw by ones, 1 add, 1 subtract per token
 * Pairs of products are at most 512 (codes 0..2), so 31 words of 64 columns, two pairs each, give 31,744;
 * masked, a pair changes by at most 256, and 63 words give 32,256. f32: masks of 8 floats by and, cmpeq; then
 * and, add: 8 operations per 8 columns, row and first token. */
#define TERN_VEC_BITS 256
#include "kernels/formats/memory/planes.h"
#include "kernels/x86/panel_vec.h"

enum { ROWS = 2 };
enum how { CODES, MASKED, BINARY };

ALWAYS_INLINE __m256i broadcast(const uint8_t *p) {
    int32_t bits;
    memcpy(&bits, p, sizeof bits);
    return _mm256_set1_epi32(bits);
}

/* 32 bits -> 32 bytes of 0 or -1. */
ALWAYS_INLINE __m256i byte_mask(const uint8_t *p) {
    const __m256i four = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2,
                                          2, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201);
    return _mm256_cmpeq_epi8(v_and(_mm256_shuffle_epi8(broadcast(p), four), bit), bit);
}

ALWAYS_INLINE void tile(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens,
                        size_t ahead, size_t flush, enum how how) {
    const size_t words = tern_plane_words(c->w.k), word = how == BINARY ? 8 : 16, pitch = words * word;
    const uint8_t *w = (const uint8_t *)c->w.data + r * pitch;
    const int8_t *q = c->x->q + t * c->x->stride;
    const __m256i one = v_bytes(1);
    __m256i sum[ROWS][2];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) sum[i][j] = v_zero();
    for (size_t b = 0; b < words;) {
        const size_t stop = tern_min(words, b + flush);
        __m256i acc[ROWS][2];
        UNROLL
        for (size_t i = 0; i < rows; i++) UNROLL
        for (size_t j = 0; j < tokens; j++) acc[i][j] = v_zero();
        for (; b < stop; b++) {
            UNROLL
            for (size_t i = 0; i < rows; i++) {
                const uint8_t *at = w + i * pitch + word * b;
                _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
                UNROLL
                for (size_t h = 0; h < 2; h++) {
                    const __m256i plus = byte_mask(at + 4 * h);
                    __m256i minus = v_zero(), u = v_and(plus, v_bytes(2));
                    if (how != BINARY) {
                        minus = byte_mask(at + 8 + 4 * h);
                        u = _mm256_add_epi8(_mm256_sub_epi8(one, plus), minus);
                    }
                    UNROLL
                    for (size_t j = 0; j < tokens; j++) {
                        const __m256i a = v_load(q + j * c->x->stride + 64 * b + 32 * h);
                        if (how == MASKED) {
                            acc[i][j] = v_mad(acc[i][j], one, v_and(plus, a));
                            acc[i][j] =
                                _mm256_sub_epi16(acc[i][j], _mm256_maddubs_epi16(one, v_and(minus, a)));
                        } else {
                            acc[i][j] = v_mad(acc[i][j], u, a);
                        }
                    }
                }
            }
        }
        UNROLL
        for (size_t i = 0; i < rows; i++) UNROLL
        for (size_t j = 0; j < tokens; j++) sum[i][j] = v_widen(sum[i][j], acc[i][j]);
    }
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++)
        ((int32_t *)c->y)[(t + j) * c->ldy + r + i] =
            v_sum(sum[i][j]) - (how == MASKED ? 0 : c->x->sum[t + j]);
}

ALWAYS_INLINE void run(const struct tern_call *c, size_t row0, size_t row1, size_t tokens, enum how how) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], flush = (size_t)c->param[TERN_P_FLUSH],
                 n = c->x->n;
    size_t r = row0;
    for (; r + ROWS <= row1; r += ROWS) {
        size_t t = 0;
        for (; t + tokens <= n; t += tokens) tile(c, r, t, ROWS, tokens, ahead, flush, how);
        for (; t < n; t++) tile(c, r, t, ROWS, 1, ahead, flush, how);
    }
    for (; r < row1; r++)
        for (size_t t = 0; t < n; t++) tile(c, r, t, 1, 1, ahead, flush, how);
}

ALWAYS_INLINE __m256 float_mask(__m256i bits, __m256i bit) {
    return _mm256_castsi256_ps(_mm256_cmpeq_epi32(v_and(bits, bit), bit));
}

ALWAYS_INLINE float sum_ps(__m256 v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

ALWAYS_INLINE void tile_f32(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens,
                            size_t parts, size_t ahead) {
    const size_t words = tern_plane_words(c->w.k), pitch = words * 16;
    const uint8_t *w = (const uint8_t *)c->w.data + r * pitch;
    const float *f = c->x->f + t * c->x->fstride;
    const __m256i lane = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    __m256 acc[ROWS][2][4];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) UNROLL
    for (size_t p = 0; p < parts; p++) acc[i][j][p] = _mm256_setzero_ps();
    for (size_t b = 0; b < words; b++) {
        UNROLL
        for (size_t i = 0; i < rows; i++) {
            const uint8_t *at = w + i * pitch + 16 * b;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            UNROLL
            for (size_t h = 0; h < 2; h++) {
                const __m256i plus = broadcast(at + 4 * h), minus = broadcast(at + 8 + 4 * h);
                UNROLL
                for (int g = 0; g < 4; g++) {
                    const __m256i bit = _mm256_slli_epi32(lane, 8 * g);
                    const __m256 p = float_mask(plus, bit), m = float_mask(minus, bit);
                    UNROLL
                    for (size_t j = 0; j < tokens; j++) {
                        const __m256 x =
                            _mm256_loadu_ps(f + j * c->x->fstride + 64 * b + 32 * h + 8 * (size_t)g);
                        __m256 *s = &acc[i][j][(size_t)g % parts];
                        *s = _mm256_add_ps(*s, _mm256_and_ps(p, x));
                        *s = _mm256_sub_ps(*s, _mm256_and_ps(m, x));
                    }
                }
            }
        }
    }
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) {
        __m256 s = acc[i][j][0];
        UNROLL
        for (size_t p = 1; p < parts; p++) s = _mm256_add_ps(s, acc[i][j][p]);
        ((float *)c->y)[(t + j) * c->ldy + r + i] = sum_ps(s);
    }
}

ALWAYS_INLINE void run_f32(const struct tern_call *c, size_t row0, size_t row1, size_t tokens, size_t parts) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], n = c->x->n;
    size_t r = row0;
    for (; r + ROWS <= row1; r += ROWS) {
        size_t t = 0;
        for (; t + tokens <= n; t += tokens) tile_f32(c, r, t, ROWS, tokens, parts, ahead);
        for (; t < n; t++) tile_f32(c, r, t, ROWS, 1, 4, ahead);
    }
    for (; r < row1; r++)
        for (size_t t = 0; t < n; t++) tile_f32(c, r, t, 1, 1, 4, ahead);
}

#define PLANES(name, ...)                                                                                    \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        __VA_ARGS__;                                                                                         \
    }

PLANES(gemv_planes_i8_r2k64__avx2, run(c, row0, row1, 1, CODES))
PLANES(gemm_planes_i8_r2k64n2__avx2, run(c, row0, row1, 2, CODES))
PLANES(gemv_planes_i8_r2k64_masked__avx2, run(c, row0, row1, 1, MASKED))
PLANES(gemv_bin1_i8_r2k64__avx2, run(c, row0, row1, 1, BINARY))
PLANES(gemm_bin1_i8_r2k64n2__avx2, run(c, row0, row1, 2, BINARY))
PLANES(gemv_planes_f32_r2k64__avx2, run_f32(c, row0, row1, 1, 4))
PLANES(gemm_planes_f32_r2k64n2__avx2, run_f32(c, row0, row1, 2, 2))
