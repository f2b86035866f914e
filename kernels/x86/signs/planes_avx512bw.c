/* planes with masked add and subtract: int16 sums of int8 activations, and f32 activations.
 *
 * int16: per row, token and 32 columns 1 masked add and 1 masked subtract (and two mask loads per row). A
 * weight is in at most one plane, so a lane changes by at most 128 per word of 64 columns: 255 words give
 * 32,640. f32: per row, token and 16 columns the same two operations. No product is formed, and the error is
 * that of a sum of K/64 terms (GEMV) or K/16 (GEMM), then of its lanes. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/flush.h"
#include "kernels/loops/row_tiles.h"
#include "kernels/x86/signs/planes_avx512.h"

enum { ROWS = 4 };

/* asm, because gcc 12 copies the accumulator around the intrinsics. */
ALWAYS_INLINE vec add_where(__mmask32 mask, vec acc, vec x) {
    __asm__("vpaddw %2, %0, %0%{%1%}" : "+v"(acc) : "Yk"(mask), "v"(x));
    return acc;
}

ALWAYS_INLINE vec sub_where(__mmask32 mask, vec acc, vec x) {
    __asm__("vpsubw %2, %0, %0%{%1%}" : "+v"(acc) : "Yk"(mask), "v"(x));
    return acc;
}

enum { STEP = 128 }; /* a weight is in at most one plane; either sign */
_Static_assert(TERN_FLUSH_128 *STEP <= TERN_INT16_MOST, "planes: int16 sums");

ALWAYS_INLINE void tile_i16(const struct tern_call *c, struct row_tile x) {
    const size_t words = tern_plane_words(c->w.k), pitch = words * 16;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const int16_t *a = (const int16_t *)c->shared + x.t * words * 64;
    vec sum[ROWS][2];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) sum[i][j] = v_zero();

    for (size_t b = 0; b < words;) {
        const size_t stop = tern_min(words, b + x.flush);
        vec acc[ROWS][2][2];
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < x.tokens; j++) acc[i][j][0] = acc[i][j][1] = v_zero();
        for (; b < stop; b++) {
            UNROLL
            for (size_t i = 0; i < x.rows; i++) {
                const uint8_t *at = w + i * pitch + 16 * b;
                _mm_prefetch((const char *)(at + x.ahead), _MM_HINT_T0);
                UNROLL
                for (size_t h = 0; h < 2; h++) {
                    const __mmask32 plus = mask_32(at + 4 * h), minus = mask_32(at + 8 + 4 * h);
                    UNROLL
                    for (size_t j = 0; j < x.tokens; j++) {
                        const vec v = v_load(a + (j * words + b) * 64 + 32 * h);
                        acc[i][j][h] = add_where(plus, acc[i][j][h], v);
                        acc[i][j][h] = sub_where(minus, acc[i][j][h], v);
                    }
                }
            }
        }
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < x.tokens; j++)
            sum[i][j] = v_widen(v_widen(sum[i][j], acc[i][j][0]), acc[i][j][1]);
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) *row_result(c, &x, i, j) = v_sum(sum[i][j]);
}

ALWAYS_INLINE void tile_f32(const struct tern_call *c, struct row_tile x) {
    const size_t parts = 4 / x.tokens; /* accumulators that hide the latency of the addition */
    const size_t words = tern_plane_words(c->w.k), pitch = words * 16;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const float *f = c->x->f + x.t * c->x->fstride;
    __m512 acc[ROWS][4][4];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) UNROLL
    for (size_t p = 0; p < parts; p++) acc[i][j][p] = _mm512_setzero_ps();

    for (size_t b = 0; b < words; b++) {
        UNROLL
        for (size_t i = 0; i < x.rows; i++) {
            const uint8_t *at = w + i * pitch + 16 * b;
            _mm_prefetch((const char *)(at + x.ahead), _MM_HINT_T0);
            UNROLL
            for (size_t h = 0; h < 4; h++) {
                const __mmask16 plus = mask_16(at + 2 * h), minus = mask_16(at + 8 + 2 * h);
                UNROLL
                for (size_t j = 0; j < x.tokens; j++) {
                    const __m512 a = _mm512_loadu_ps(f + j * c->x->fstride + 64 * b + 16 * h);
                    __m512 *s = &acc[i][j][h % parts];
                    *s = _mm512_mask_add_ps(*s, plus, *s, a);
                    *s = _mm512_mask_sub_ps(*s, minus, *s, a);
                }
            }
        }
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) {
        __m512 s = acc[i][j][0];
        UNROLL
        for (size_t p = 1; p < parts; p++) s = _mm512_add_ps(s, acc[i][j][p]);
        ((float *)c->y)[(x.t + j) * c->ldy + x.row + i] = _mm512_reduce_add_ps(s);
    }
}

TERN_RUN(gemv_planes_i8_r4k64__avx512bw, row_tiles(c, row0, row1, row_tile_flushed(c, ROWS, 1, 0), tile_i16))
TERN_RUN(gemv_planes_f32_r4k64__avx512bw, row_tiles(c, row0, row1, row_tile_of(c, ROWS, 1, 0), tile_f32))
TERN_RUN(gemm_planes_f32_r4k64n4__avx512bw, row_tiles(c, row0, row1, row_tile_of(c, ROWS, 4, 0), tile_f32))
