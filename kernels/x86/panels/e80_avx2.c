/* e80 on AVX2, which has no 64-entry byte table: the digits come from comparisons and two 16-entry tables.
 *
 * With byte = quadrant | low (6 bits): if quadrant < 3, d4 = quadrant and c = low; else d4 = low / 17 and
 * c = 64 + low % 17. Then d3 = c / 27 by two comparisons, d2 likewise by 9, and the rest below 9 by pshufb.
 * About 30 operations per 160 weights: the price of 1.6 bits on a CPU without VBMI. */
#include "kernels/x86/panel_avx2.h"

/* -1 in every byte where x >= limit, for x and limit below 128. */
ALWAYS_INLINE __m256i at_least(__m256i x, int limit) {
    return _mm256_cmpgt_epi8(x, _mm256_set1_epi8((char)(limit - 1)));
}

/* x / step for x < 3 * step: 0, 1 or 2; *rest = x % step. */
ALWAYS_INLINE __m256i third(__m256i x, int step, __m256i *rest) {
    const __m256i s = _mm256_set1_epi8((char)step);
    const __m256i one = at_least(x, step), two = at_least(x, 2 * step);
    *rest = _mm256_sub_epi8(_mm256_sub_epi8(x, _mm256_and_si256(one, s)), _mm256_and_si256(two, s));
    return _mm256_sub_epi8(_mm256_setzero_si256(), _mm256_add_epi8(one, two));
}

ALWAYS_INLINE void decode(__m256i x, __m256i d[5]) {
    const __m256i low = _mm256_and_si256(x, _mm256_set1_epi8(63));
    const __m256i quadrant = _mm256_and_si256(_mm256_srli_epi16(x, 6), _mm256_set1_epi8(3));
    const __m256i escaped = _mm256_cmpeq_epi8(quadrant, _mm256_set1_epi8(3));
    __m256i c, r;
    const __m256i fifth = third(low, 17, &c);
    c = _mm256_blendv_epi8(low, _mm256_add_epi8(c, _mm256_set1_epi8(64)), escaped);
    d[4] = _mm256_blendv_epi8(quadrant, fifth, escaped);
    d[3] = third(c, 27, &r);
    d[2] = third(r, 9, &c);
    const __m256i ones = _mm256_setr_epi8(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1, 2, 0,
                                          1, 2, 0, 0, 0, 0, 0, 0, 0);
    const __m256i threes = _mm256_setr_epi8(0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1,
                                            2, 2, 2, 0, 0, 0, 0, 0, 0, 0);
    d[0] = _mm256_shuffle_epi8(ones, c);
    d[1] = _mm256_shuffle_epi8(threes, c);
}

tern_run_fn gemv_e80_i8_r80k4__avx2, gemm_e80_i8_r80k4__avx2;

/* `n` tokens in turn for a half panel: the codes of up to TERN_FLUSH groups are decoded once into `code`. */
static void half_panel(const struct tern_call *c, const uint8_t *w, size_t row, size_t end, __m256i *code,
                       size_t ahead) {
    const size_t groups = tern_panel_groups(c->w.k), n = c->x->n;
    int32_t *y = c->y;
    for (size_t g0 = 0; g0 < groups; g0 += TERN_FLUSH) {
        const size_t count = tern_min(groups - g0, TERN_FLUSH);
        for (size_t g = 0; g < count; g++) {
            const uint8_t *at = w + (g0 + g) * TERN_PANEL_GROUP;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            decode(_mm256_load_si256((const __m256i *)at), code + 5 * g);
        }
        for (size_t t = 0; t < n; t++) {
            const int8_t *q = c->x->q + t * c->x->stride + 4 * g0;
            __m256i acc[5];
            UNROLL
            for (size_t f = 0; f < 5; f++) acc[f] = _mm256_setzero_si256();
            for (size_t g = 0; g < count; g++) {
                const __m256i b = broadcast4(q + 4 * g);
                UNROLL
                for (size_t f = 0; f < 5; f++)
                    acc[f] = _mm256_add_epi16(acc[f], _mm256_maddubs_epi16(code[5 * g + f], b));
            }
            const int32_t bias = g0 ? 0 : c->x->sum[t];
            for (size_t f = 0; f < 5 && row + 16 * f < end; f++) {
                int32_t *at = y + t * c->ldy + row + 16 * f, old[8] = {0};
                if (g0) memcpy(old, at, tern_min(end - row - 16 * f, 8) * sizeof *old);
                const __m256i sums = widen(_mm256_loadu_si256((const __m256i *)old), acc[f]);
                store_rows(y + t * c->ldy, row + 16 * f, end, sums, bias);
            }
        }
    }
}

static void run(const struct tern_call *c, size_t row0, size_t row1, void *local, size_t ahead) {
    for (size_t r = row0; r < row1; r += 80) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / 80 * tern_panel_bytes(c->w.k);
        for (size_t half = 0; half < 2; half++)
            half_panel(c, w + 32 * half, r + 8 * half, row1, local, ahead);
    }
}

void gemv_e80_i8_r80k4__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    run(c, row0, row1, local, (size_t)c->param[TERN_P_PREFETCH]);
}

void gemm_e80_i8_r80k4__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    run(c, row0, row1, local, 0);
}
