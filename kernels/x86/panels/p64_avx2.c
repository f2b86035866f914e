/* p64 on AVX2: shift, mask, vpmaddubsw.
 *
 * Prefix masks would saturate vpmaddubsw (170 * 127 * 2 > 32,767), so each field is shifted down: per 32
 * bytes = 128 weights 1 load, 3 shifts, 4 and, and per token 1 broadcast, 4 vpmaddubsw, 4 vpaddw. */
#include "kernels/x86/panel_avx2.h"

/* Half panel (lanes 8*half ..) of 64 rows x `tokens` (1 or 2) tokens; q(g, j) at q + 4 * (g * q_group + j).
 */
ALWAYS_INLINE void tile(const struct tern_call *c, const uint8_t *w, const int8_t *q, size_t q_group,
                        size_t t, size_t tokens, size_t row, size_t end, size_t ahead) {
    const __m256i three = _mm256_set1_epi8(3);
    const size_t groups = tern_panel_groups(c->w.k);
    __m256i sum[2][4];
    UNROLL
    for (size_t j = 0; j < tokens; j++) UNROLL
    for (size_t f = 0; f < 4; f++) sum[j][f] = _mm256_setzero_si256();

    for (size_t g = 0; g < groups;) {
        const size_t stop = tern_min(groups, g + TERN_FLUSH);
        __m256i acc[2][4];
        UNROLL
        for (size_t j = 0; j < tokens; j++) UNROLL
        for (size_t f = 0; f < 4; f++) acc[j][f] = _mm256_setzero_si256();
        for (; g < stop; g++) {
            const uint8_t *at = w + g * TERN_PANEL_GROUP;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            const __m256i x = _mm256_load_si256((const __m256i *)at);
            __m256i u[4];
            UNROLL
            for (int f = 0; f < 4; f++) u[f] = _mm256_and_si256(_mm256_srli_epi16(x, 2 * f), three);
            UNROLL
            for (size_t j = 0; j < tokens; j++) {
                const __m256i b = broadcast4(q + 4 * (g * q_group + j));
                UNROLL
                for (size_t f = 0; f < 4; f++)
                    acc[j][f] = _mm256_add_epi16(acc[j][f], _mm256_maddubs_epi16(u[f], b));
            }
        }
        UNROLL
        for (size_t j = 0; j < tokens; j++) UNROLL
        for (size_t f = 0; f < 4; f++) sum[j][f] = widen(sum[j][f], acc[j][f]);
    }
    UNROLL
    for (size_t j = 0; j < tokens; j++) UNROLL
    for (size_t f = 0; f < 4; f++)
        store_rows((int32_t *)c->y + (t + j) * c->ldy, row + 16 * f, end, sum[j][f], c->x->sum[t + j]);
}

tern_run_fn gemv_p64_i8_r64k4__avx2, gemm_p64_i8_r64k4n2__avx2;

void gemv_p64_i8_r64k4__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    for (size_t r = row0; r < row1; r += 64) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / 64 * tern_panel_bytes(c->w.k);
        for (size_t half = 0; half < 2; half++)
            tile(c, w + 32 * half, c->x->q, 1, 0, 1, r + 8 * half, row1, (size_t)c->param[TERN_P_PREFETCH]);
    }
}

void gemm_p64_i8_r64k4n2__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t groups = tern_panel_groups(c->w.k), n = c->x->n;
    for (size_t r = row0; r < row1; r += 64) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / 64 * tern_panel_bytes(c->w.k);
        for (size_t half = 0; half < 2; half++) {
            const uint8_t *at = w + 32 * half;
            const int8_t *q = c->shared;
            size_t t = 0;
            for (; t + 2 <= n; t += 2, q += 8 * groups) tile(c, at, q, 2, t, 2, r + 8 * half, row1, 0);
            if (t < n) tile(c, at, q, 2, t, 1, r + 8 * half, row1, 0);
        }
    }
}
