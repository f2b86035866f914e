/* planes and bin1 with AVX2, which has no mask registers: bits become byte or float masks.
 *
 * A mask of 32 bytes is 1 broadcast of 32 bits, pshufb, and, cmpeq. Per row, 32 columns and token:
 *   codes   2 masks (planes; 1 for bin1) and 2 operations once per row, then 1 vpmaddubsw, 1 add per token
 *   masked  2 masks once per row; then 2 and, 2 vpmaddubsw by ones, 1 add, 1 subtract per token
 * Pairs of products are at most 512 (codes 0..2), so 31 words of 64 columns, two pairs each, give 31,744;
 * masked, a pair changes by at most 256, and 63 words give 32,256. f32: masks of 8 floats by and, cmpeq; then
 * and, add: 8 operations per 8 columns, row and first token. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/flush.h"
#include "kernels/formats/memory/planes.h"
#include "kernels/loops/row_tiles.h"

enum { ROWS = 2 };
enum how { CODES, MASKED, BINARY };

ALWAYS_INLINE vec broadcast(const uint8_t *p) {
    return v_four((const int8_t *)p);
}

/* 32 bits -> 32 bytes of 0 or -1. */
ALWAYS_INLINE vec byte_mask(const uint8_t *p) {
    const vec four = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2,
                                      3, 3, 3, 3, 3, 3, 3, 3);
    const vec bit = _mm256_set1_epi64x((long long)0x8040201008040201);
    return _mm256_cmpeq_epi8(v_and(v_look16(broadcast(p), four), bit), bit);
}

/* Largest steps per word of 64 columns: two pairs of products, of codes or of masks (either sign). */
enum { CODES_STEP = 2 * (2 * 2 * 128), MASKED_STEP = 2 * (2 * 128) };
_Static_assert(TERN_FLUSH_1024 *CODES_STEP <= TERN_INT16_MOST, "planes, codes: int16 sums");
_Static_assert(TERN_FLUSH_512 *MASKED_STEP <= TERN_INT16_MOST, "planes, masked: int16 sums");

/* kind: enum how. */
ALWAYS_INLINE void tile(const struct tern_call *c, struct row_tile x) {
    const enum how how = (enum how)x.kind;
    const size_t words = tern_plane_words(c->w.k), word = how == BINARY ? 8 : 16, pitch = words * word;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const int8_t *q = c->x->q + x.t * c->x->stride;
    const vec one = v_bytes(1);
    vec sum[ROWS][2];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) sum[i][j] = v_zero();
    for (size_t b = 0; b < words;) {
        const size_t stop = tern_min(words, b + x.flush);
        vec acc[ROWS][2];
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < x.tokens; j++) acc[i][j] = v_zero();
        for (; b < stop; b++) {
            UNROLL
            for (size_t i = 0; i < x.rows; i++) {
                const uint8_t *at = w + i * pitch + word * b;
                _mm_prefetch((const char *)(at + x.ahead), _MM_HINT_T0);
                UNROLL
                for (size_t h = 0; h < 2; h++) {
                    const vec plus = byte_mask(at + 4 * h);
                    vec minus = v_zero(), u = v_and(plus, v_bytes(2));
                    if (how != BINARY) {
                        minus = byte_mask(at + 8 + 4 * h);
                        u = v_add8(v_sub8(one, plus), minus);
                    }
                    UNROLL
                    for (size_t j = 0; j < x.tokens; j++) {
                        const vec a = v_load(q + j * c->x->stride + 64 * b + 32 * h);
                        if (how == MASKED) {
                            acc[i][j] = v_mad(acc[i][j], one, v_and(plus, a));
                            acc[i][j] = v_sub16(acc[i][j], _mm256_maddubs_epi16(one, v_and(minus, a)));
                        } else {
                            acc[i][j] = v_mad(acc[i][j], u, a);
                        }
                    }
                }
            }
        }
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < x.tokens; j++) sum[i][j] = v_widen(sum[i][j], acc[i][j]);
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++)
        *row_result(c, &x, i, j) = v_sum(sum[i][j]) - (how == MASKED ? 0 : c->x->sum[x.t + j]);
}

ALWAYS_INLINE __m256 float_mask(vec bits, vec bit) {
    return _mm256_castsi256_ps(_mm256_cmpeq_epi32(v_and(bits, bit), bit));
}

ALWAYS_INLINE float sum_ps(__m256 v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

ALWAYS_INLINE void tile_f32(const struct tern_call *c, struct row_tile x) {
    const size_t parts = 4 / x.tokens; /* accumulators that hide the latency of the addition */
    const size_t words = tern_plane_words(c->w.k), pitch = words * 16;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const float *f = c->x->f + x.t * c->x->fstride;
    const vec lane = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    __m256 acc[ROWS][2][4];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) UNROLL
    for (size_t p = 0; p < parts; p++) acc[i][j][p] = _mm256_setzero_ps();
    for (size_t b = 0; b < words; b++) {
        UNROLL
        for (size_t i = 0; i < x.rows; i++) {
            const uint8_t *at = w + i * pitch + 16 * b;
            _mm_prefetch((const char *)(at + x.ahead), _MM_HINT_T0);
            UNROLL
            for (size_t h = 0; h < 2; h++) {
                const vec plus = broadcast(at + 4 * h), minus = broadcast(at + 8 + 4 * h);
                UNROLL
                for (int g = 0; g < 4; g++) {
                    const vec bit = v_shl32(lane, 8 * (unsigned)g);
                    const __m256 p = float_mask(plus, bit), m = float_mask(minus, bit);
                    UNROLL
                    for (size_t j = 0; j < x.tokens; j++) {
                        const __m256 a =
                            _mm256_loadu_ps(f + j * c->x->fstride + 64 * b + 32 * h + 8 * (size_t)g);
                        __m256 *s = &acc[i][j][(size_t)g % parts];
                        *s = _mm256_add_ps(*s, _mm256_and_ps(p, a));
                        *s = _mm256_sub_ps(*s, _mm256_and_ps(m, a));
                    }
                }
            }
        }
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) {
        __m256 s = acc[i][j][0];
        UNROLL
        for (size_t p = 1; p < parts; p++) s = _mm256_add_ps(s, acc[i][j][p]);
        ((float *)c->y)[(x.t + j) * c->ldy + x.row + i] = sum_ps(s);
    }
}

TERN_RUN(gemv_planes_i8_r2k64__avx2, row_tiles(c, row0, row1, row_tile_flushed(c, ROWS, 1, CODES), tile))
TERN_RUN(gemv_planes_i8_r2k64_masked__avx2,
         row_tiles(c, row0, row1, row_tile_flushed(c, ROWS, 1, MASKED), tile))
TERN_RUN(gemv_bin1_i8_r2k64__avx2, row_tiles(c, row0, row1, row_tile_flushed(c, ROWS, 1, BINARY), tile))
TERN_RUN(gemv_planes_f32_r2k64__avx2, row_tiles(c, row0, row1, row_tile_of(c, ROWS, 1, 0), tile_f32))
TERN_RUN(gemm_planes_f32_r2k64n2__avx2, row_tiles(c, row0, row1, row_tile_of(c, ROWS, 2, 0), tile_f32))
