/* planes with masked add and subtract: int16 sums of int8 activations, and f32 activations.
 *
 * int16: per row, token and 32 columns 1 masked add and 1 masked subtract (and two mask loads per row). A
 * weight is in at most one plane, so a lane changes by at most 128 per word of 64 columns: 255 words give
 * 32,640. f32: per row, token and 16 columns the same two operations. No product is formed, and the error is
 * that of a sum of K/64 terms (GEMV) or K/16 (GEMM), then of its lanes. */
#define TERN_VEC_BITS 512
#include "kernels/x86/panel_vec.h"
#include "kernels/x86/signs/planes_avx512.h"

enum { ROWS = 4 };

/* asm, because gcc 12 copies the accumulator around the intrinsics. */
ALWAYS_INLINE __m512i add_where(__mmask32 mask, __m512i acc, __m512i x) {
    __asm__("vpaddw %2, %0, %0%{%1%}" : "+v"(acc) : "Yk"(mask), "v"(x));
    return acc;
}

ALWAYS_INLINE __m512i sub_where(__mmask32 mask, __m512i acc, __m512i x) {
    __asm__("vpsubw %2, %0, %0%{%1%}" : "+v"(acc) : "Yk"(mask), "v"(x));
    return acc;
}

ALWAYS_INLINE void tile_i16(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens,
                            size_t ahead, size_t flush) {
    const size_t words = tern_plane_words(c->w.k), pitch = words * 16;
    const uint8_t *w = (const uint8_t *)c->w.data + r * pitch;
    const int16_t *a = (const int16_t *)c->shared + t * words * 64;
    __m512i sum[ROWS][2];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) sum[i][j] = v_zero();

    for (size_t b = 0; b < words;) {
        const size_t stop = tern_min(words, b + flush);
        __m512i acc[ROWS][2][2];
        UNROLL
        for (size_t i = 0; i < rows; i++) UNROLL
        for (size_t j = 0; j < tokens; j++) acc[i][j][0] = acc[i][j][1] = v_zero();
        for (; b < stop; b++) {
            UNROLL
            for (size_t i = 0; i < rows; i++) {
                const uint8_t *at = w + i * pitch + 16 * b;
                _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
                UNROLL
                for (size_t h = 0; h < 2; h++) {
                    const __mmask32 plus = mask_32(at + 4 * h), minus = mask_32(at + 8 + 4 * h);
                    UNROLL
                    for (size_t j = 0; j < tokens; j++) {
                        const __m512i x = v_load(a + (j * words + b) * 64 + 32 * h);
                        acc[i][j][h] = add_where(plus, acc[i][j][h], x);
                        acc[i][j][h] = sub_where(minus, acc[i][j][h], x);
                    }
                }
            }
        }
        UNROLL
        for (size_t i = 0; i < rows; i++) UNROLL
        for (size_t j = 0; j < tokens; j++)
            sum[i][j] = v_widen(v_widen(sum[i][j], acc[i][j][0]), acc[i][j][1]);
    }
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) ((int32_t *)c->y)[(t + j) * c->ldy + r + i] = v_sum(sum[i][j]);
}

/* `parts` accumulators per row and token hide the latency of the addition. */
ALWAYS_INLINE void tile_f32(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens,
                            size_t parts, size_t ahead) {
    const size_t words = tern_plane_words(c->w.k), pitch = words * 16;
    const uint8_t *w = (const uint8_t *)c->w.data + r * pitch;
    const float *f = c->x->f + t * c->x->fstride;
    __m512 acc[ROWS][4][4];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) UNROLL
    for (size_t p = 0; p < parts; p++) acc[i][j][p] = _mm512_setzero_ps();

    for (size_t b = 0; b < words; b++) {
        UNROLL
        for (size_t i = 0; i < rows; i++) {
            const uint8_t *at = w + i * pitch + 16 * b;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            UNROLL
            for (size_t h = 0; h < 4; h++) {
                const __mmask16 plus = mask_16(at + 2 * h), minus = mask_16(at + 8 + 2 * h);
                UNROLL
                for (size_t j = 0; j < tokens; j++) {
                    const __m512 x = _mm512_loadu_ps(f + j * c->x->fstride + 64 * b + 16 * h);
                    __m512 *s = &acc[i][j][h % parts];
                    *s = _mm512_mask_add_ps(*s, plus, *s, x);
                    *s = _mm512_mask_sub_ps(*s, minus, *s, x);
                }
            }
        }
    }
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) {
        __m512 s = acc[i][j][0];
        UNROLL
        for (size_t p = 1; p < parts; p++) s = _mm512_add_ps(s, acc[i][j][p]);
        ((float *)c->y)[(t + j) * c->ldy + r + i] = _mm512_reduce_add_ps(s);
    }
}

tern_run_fn gemv_planes_i8_r4k64__avx512bw, gemm_planes_i8_r4k64n2__avx512bw, gemv_planes_f32_r4k64__avx512bw,
    gemm_planes_f32_r4k64n4__avx512bw;

void gemv_planes_i8_r4k64__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], flush = (size_t)c->param[TERN_P_FLUSH];
    size_t r = row0;
    for (; r + ROWS <= row1; r += ROWS) tile_i16(c, r, 0, ROWS, 1, ahead, flush);
    for (; r < row1; r++) tile_i16(c, r, 0, 1, 1, ahead, flush);
}

void gemm_planes_i8_r4k64n2__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t flush = (size_t)c->param[TERN_P_FLUSH], n = c->x->n;
    size_t r = row0;
    for (; r + ROWS <= row1; r += ROWS) {
        size_t t = 0;
        for (; t + 2 <= n; t += 2) tile_i16(c, r, t, ROWS, 2, 0, flush);
        if (t < n) tile_i16(c, r, t, ROWS, 1, 0, flush);
    }
    for (; r < row1; r++)
        for (size_t t = 0; t < n; t++) tile_i16(c, r, t, 1, 1, 0, flush);
}

void gemv_planes_f32_r4k64__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH];
    size_t r = row0;
    for (; r + ROWS <= row1; r += ROWS) tile_f32(c, r, 0, ROWS, 1, 4, ahead);
    for (; r < row1; r++) tile_f32(c, r, 0, 1, 1, 4, ahead);
}

void gemm_planes_f32_r4k64n4__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], n = c->x->n;
    size_t r = row0;
    for (; r + ROWS <= row1; r += ROWS) {
        size_t t = 0;
        for (; t + 4 <= n; t += 4) tile_f32(c, r, t, ROWS, 4, 1, ahead);
        for (; t < n; t++) tile_f32(c, r, t, ROWS, 1, 4, ahead);
    }
    for (; r < row1; r++)
        for (size_t t = 0; t < n; t++) tile_f32(c, r, t, 1, 1, 4, ahead);
}
