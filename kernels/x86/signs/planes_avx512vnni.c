/* planes and bin1 with mask registers and vpdpbusd: the masks make the codes, the codes meet all tokens.
 *
 * planes: per row and 64 columns 1 masked add and 1 masked subtract on a register of ones (codes 0..2) and 1
 * vpdpbusd per token; the code bias, sum(a), is taken off at the end. bin1: one zero-masked move (codes 0 and
 * 2). int32 sums: |sum| <= 2 * 128 * K. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/loops/row_tiles.h"
#include "kernels/x86/signs/planes_avx512.h"

enum { ROWS = 4 };

ALWAYS_INLINE vec codes(const uint8_t *at, size_t planes) {
    if (planes == 1) return _mm512_maskz_mov_epi8(mask_64(at), v_bytes(2));
    const vec ones = v_bytes(1);
    const vec plus = _mm512_mask_add_epi8(ones, mask_64(at), ones, ones);
    return _mm512_mask_sub_epi8(plus, mask_64(at + 8), plus, ones);
}

/* kind: planes, 1 or 2. */
ALWAYS_INLINE void tile(const struct tern_call *c, struct row_tile x) {
    const size_t planes = (size_t)x.kind;
    const size_t words = tern_plane_words(c->w.k), pitch = words * 8 * planes;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const int8_t *q = c->x->q + x.t * c->x->stride;
    vec acc[ROWS][4];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) acc[i][j] = v_zero();
    for (size_t b = 0; b < words; b++) {
        vec a[4];
        UNROLL
        for (size_t j = 0; j < x.tokens; j++) a[j] = v_load(q + j * c->x->stride + 64 * b);
        UNROLL
        for (size_t i = 0; i < x.rows; i++) {
            const uint8_t *at = w + i * pitch + 8 * planes * b;
            _mm_prefetch((const char *)(at + x.ahead), _MM_HINT_T0);
            const vec u = codes(at, planes);
            UNROLL
            for (size_t j = 0; j < x.tokens; j++) acc[i][j] = v_dot(acc[i][j], u, a[j]);
        }
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) *row_result(c, &x, i, j) = v_sum(acc[i][j]) - c->x->sum[x.t + j];
}

TERN_RUN(gemv_planes_i8_r4k64__avx512vnni, row_tiles(c, row0, row1, row_tile_of(c, ROWS, 1, 2), tile))
TERN_RUN(gemm_planes_i8_r4k64n4__avx512vnni, row_tiles(c, row0, row1, row_tile_of(c, ROWS, 4, 2), tile))
TERN_RUN(gemv_bin1_i8_r4k64__avx512vnni, row_tiles(c, row0, row1, row_tile_of(c, ROWS, 1, 1), tile))
TERN_RUN(gemm_bin1_i8_r4k64n4__avx512vnni, row_tiles(c, row0, row1, row_tile_of(c, ROWS, 4, 1), tile))
