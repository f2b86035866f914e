/* planes and bin1 with mask registers and vpdpbusd: the masks make the codes, the codes meet all tokens.
 *
 * planes: per row and 64 columns 1 masked add and 1 masked subtract on a register of ones (codes 0..2) and 1
 * vpdpbusd per token; the code bias, sum(a), is taken off at the end. bin1: one zero-masked move (codes 0 and
 * 2). int32 sums: |sum| <= 2 * 128 * K. */
#define TERN_VEC_BITS 512
#include "kernels/x86/panel_vec.h"
#include "kernels/x86/signs/planes_avx512.h"

enum { ROWS = 4 };

ALWAYS_INLINE __m512i codes(const uint8_t *at, size_t planes) {
    if (planes == 1) return _mm512_maskz_mov_epi8(mask_64(at), v_bytes(2));
    const __m512i ones = v_bytes(1);
    const __m512i plus = _mm512_mask_add_epi8(ones, mask_64(at), ones, ones);
    return _mm512_mask_sub_epi8(plus, mask_64(at + 8), plus, ones);
}

ALWAYS_INLINE void tile(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens,
                        size_t planes, size_t ahead) {
    const size_t words = tern_plane_words(c->w.k), pitch = words * 8 * planes;
    const uint8_t *w = (const uint8_t *)c->w.data + r * pitch;
    const int8_t *q = c->x->q + t * c->x->stride;
    __m512i acc[ROWS][4];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) acc[i][j] = v_zero();
    for (size_t b = 0; b < words; b++) {
        __m512i a[4];
        UNROLL
        for (size_t j = 0; j < tokens; j++) a[j] = v_load(q + j * c->x->stride + 64 * b);
        UNROLL
        for (size_t i = 0; i < rows; i++) {
            const uint8_t *at = w + i * pitch + 8 * planes * b;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            const __m512i u = codes(at, planes);
            UNROLL
            for (size_t j = 0; j < tokens; j++) acc[i][j] = dp(acc[i][j], u, a[j]);
        }
    }
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++)
        ((int32_t *)c->y)[(t + j) * c->ldy + r + i] = v_sum(acc[i][j]) - c->x->sum[t + j];
}

ALWAYS_INLINE void run(const struct tern_call *c, size_t row0, size_t row1, size_t tokens, size_t planes) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], n = c->x->n;
    size_t r = row0;
    for (; r + ROWS <= row1; r += ROWS) {
        size_t t = 0;
        for (; t + tokens <= n; t += tokens) tile(c, r, t, ROWS, tokens, planes, ahead);
        for (; t < n; t++) tile(c, r, t, ROWS, 1, planes, ahead);
    }
    for (; r < row1; r++)
        for (size_t t = 0; t < n; t++) tile(c, r, t, 1, 1, planes, ahead);
}

tern_run_fn gemv_planes_i8_r4k64__avx512vnni, gemm_planes_i8_r4k64n4__avx512vnni,
    gemv_bin1_i8_r4k64__avx512vnni, gemm_bin1_i8_r4k64n4__avx512vnni;

void gemv_planes_i8_r4k64__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    run(c, row0, row1, 1, 2);
}

void gemm_planes_i8_r4k64n4__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    run(c, row0, row1, 4, 2);
}

void gemv_bin1_i8_r4k64__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    run(c, row0, row1, 1, 1);
}

void gemm_bin1_i8_r4k64n4__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    run(c, row0, row1, 4, 1);
}
