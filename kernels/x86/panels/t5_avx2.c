/* t5 on AVX2: pshufb gives each 16-bit lane the ten bits of two codes, a multiplication aligns them.
 *
 * Codes 2m and 2m+1 of sixteen begin at bit 10*m, at most 6 bits into a byte, so the 16 bits from that byte
 * hold both. The 27 codes need two 16-entry look-ups (of code + 112, whose top bit clears the upper eleven,
 * and of code - 16, whose top bit clears the lower sixteen), which give three 2-bit digits. Per 20 bytes = 96
 * weights: 2 loads, 16 operations, 3 vpmaddubsw, 3 add. Field 1 stays unshifted: a pair of products is at
 * most 2 * 8 * 128 = 2,048, so 16 groups fill int16 (-32,768 exactly). */
#define TERN_VEC_BITS 256
#include "kernels/formats/memory/t5.h"
#include "kernels/x86/panels/unpack_template.h"

enum { HALF = 20 }; /* bytes of eight lanes */

/* Three 2-bit digits per byte. */
ALWAYS_INLINE __m256i decode(const uint8_t *at) {
    const __m128i low = _mm_loadu_si128((const __m128i *)at),
                  high = _mm_loadu_si128((const __m128i *)(at + 10));
    const __m256i two = _mm256_setr_epi8(0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6, 7, 7, 8, 8, 9, 0, 1, 1, 2, 2, 3, 3,
                                         4, 5, 6, 6, 7, 7, 8, 8, 9);
    const __m256i up = _mm256_setr_epi16(64, 16, 4, 1, 64, 16, 4, 1, 64, 16, 4, 1, 64, 16, 4, 1);
    const __m256i pair = _mm256_mullo_epi16(_mm256_shuffle_epi8(_mm256_set_m128i(high, low), two), up);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi16(pair, 3), _mm256_set1_epi16(0x1f00));
    const __m256i even = _mm256_and_si256(_mm256_srli_epi16(pair, 6), _mm256_set1_epi16(0x001f));
    const __m256i code = _mm256_or_si256(odd, even);
    const __m256i first = _mm256_setr_epi8(0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x10, 0x11,
                                           0x12, 0x14, 0x15, 0x16, 0x18, 0x00, 0x01, 0x02, 0x04, 0x05, 0x06,
                                           0x08, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x14, 0x15, 0x16, 0x18);
    const __m256i second =
        _mm256_setr_epi8(0x19, 0x1a, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x29, 0x2a, 0, 0, 0, 0, 0,
                         0x19, 0x1a, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x29, 0x2a, 0, 0, 0, 0, 0);
    return _mm256_or_si256(_mm256_shuffle_epi8(first, _mm256_add_epi8(code, _mm256_set1_epi8(112))),
                           _mm256_shuffle_epi8(second, _mm256_sub_epi8(code, _mm256_set1_epi8(16))));
}

ALWAYS_INLINE void half_panel(const struct tern_call *c, const uint8_t *w, size_t row, size_t end,
                              size_t ahead, size_t flush) {
    const size_t groups = tern_panel_groups(c->w.k);
    const int8_t *q = c->x->q;
    __m256i sum[3] = {v_zero(), v_zero(), v_zero()};
    for (size_t g = 0; g < groups;) {
        const size_t stop = tern_min(groups, g + flush);
        __m256i acc[3] = {v_zero(), v_zero(), v_zero()};
        for (; g < stop; g++) {
            const uint8_t *at = w + g * TERN_T5_GROUP;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            const __m256i x = decode(at), a = v_four(q + 4 * g);
            acc[0] = v_mad(acc[0], v_and(x, v_bytes(3)), a);
            acc[1] = v_mad(acc[1], v_and(x, v_bytes(12)), a);
            acc[2] = v_mad(acc[2], v_and(_mm256_srli_epi16(x, 4), v_bytes(3)), a);
        }
        UNROLL
        for (size_t f = 0; f < 3; f++) sum[f] = v_widen(sum[f], acc[f]);
    }
    sum[1] = _mm256_srai_epi32(sum[1], 2);
    UNROLL
    for (size_t f = 0; f < 3; f++)
        v_store_rows(c->y, row + 16 * f, end, _mm256_sub_epi32(sum[f], _mm256_set1_epi32(c->x->sum[0])));
}

ALWAYS_INLINE void unpack(const uint8_t *at, vec *code) {
    const __m256i x = decode(at);
    UNROLL
    for (int f = 0; f < 3; f++) v_store(code + f, v_and(_mm256_srli_epi16(x, 2 * f), v_bytes(3)));
}

tern_run_fn gemv_t5_i8_r48k4__avx2, gemm_t5_i8_r48k4n4_unpack__avx2;

void gemv_t5_i8_r48k4__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    for (size_t r = row0; r < row1; r += TERN_T5_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / TERN_T5_ROWS * tern_t5_panel(c->w.k);
        for (size_t half = 0; half < 2; half++)
            half_panel(c, w + HALF * half, r + 8 * half, row1, (size_t)c->param[TERN_P_PREFETCH],
                       (size_t)c->param[TERN_P_FLUSH]);
    }
}

void gemm_t5_i8_r48k4n4_unpack__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    const struct unpack_layout l = {TERN_T5_ROWS, 3, tern_t5_panel(c->w.k), TERN_T5_GROUP, HALF, unpack};
    unpack_gemm(c, row0, row1, local, l, (size_t)c->param[TERN_P_BLOCK] / 4, 4);
}
