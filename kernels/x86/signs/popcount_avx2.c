/* Popcount on planes and bin1 with AVX2: ones counted by two 16-entry look-ups per byte.
 *
 * As popcount_avx512popcnt.c; half a chunk is one register. Per plane of activations 3 and, 1 shift, 2
 * pshufb, 1 add, 1 vpmaddubsw by the plane's weight, 1 add: 72 operations per 128 columns of planes. A byte
 * counts at most 8 ones, so the eight planes add between -2 * 8 * 128 = -2,048 and 2 * 8 * 127 to an int16
 * lane: 16 registers give -32,768. */
#define TERN_VEC_BITS 256
#include "kernels/formats/memory/planes.h"
#include "kernels/slices.h"
#include "kernels/x86/panel_vec.h"

ALWAYS_INLINE __m256i ones(__m256i x) {
    const __m256i count = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2,
                                           2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = v_and(x, v_bytes(15)), high = v_and(_mm256_srli_epi16(x, 4), v_bytes(15));
    return _mm256_add_epi8(_mm256_shuffle_epi8(count, low), _mm256_shuffle_epi8(count, high));
}

/* The last half chunk of a row may be shorter: `qwords` (1..) of it exist. */
ALWAYS_INLINE __m256i load_half(const uint8_t *at, size_t qwords) {
    if (qwords >= 4) return v_load(at);
    uint64_t part[4] = {0};
    memcpy(part, at, qwords * sizeof *part);
    return _mm256_loadu_si256((const __m256i *)part);
}

ALWAYS_INLINE void row_by_token(const struct tern_call *c, size_t r, size_t t, size_t planes, size_t ahead,
                                size_t flush) {
    const size_t columns = planes == 2 ? TERN_SLICE_TWICE : TERN_SLICE_ONCE;
    const size_t chunks = tern_slice_chunks(c->w.k, columns), words = tern_plane_words(c->w.k) * planes;
    const size_t halves = (words + 3) / 4;
    const uint8_t *w = (const uint8_t *)c->w.data + r * words * 8;
    const uint8_t *slice = (const uint8_t *)c->shared + t * chunks * TERN_SLICE_BYTES;
    __m256i sum = v_zero();
    for (size_t h = 0; h < halves;) {
        const size_t stop = tern_min(halves, h + flush);
        __m256i acc = v_zero();
        for (; h < stop; h++) {
            const uint8_t *at = w + 32 * h, *plane = slice + h / 2 * TERN_SLICE_BYTES + h % 2 * 32;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            const __m256i x = load_half(at, words - 4 * h);
            UNROLL
            for (int b = 0; b < 8; b++)
                acc = v_mad(acc, ones(v_and(x, v_load(plane + b * TERN_SLICE_PLANE))),
                            v_bytes(b == 7 ? -128 : 1 << b));
        }
        sum = v_widen(sum, acc);
    }
    if (planes == 2) {
        const __m256i sign = _mm256_setr_epi32(1, 1, -1, -1, 1, 1, -1, -1);
        sum = _mm256_sign_epi32(sum, sign);
    }
    const int32_t s = v_sum(sum);
    ((int32_t *)c->y)[t * c->ldy + r] = planes == 2 ? s : 2 * s - c->x->sum[t];
}

#define POPCOUNT(name, planes)                                                                               \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        for (size_t r = row0; r < row1; r++)                                                                 \
            for (size_t t = 0; t < c->x->n; t++)                                                             \
                row_by_token(c, r, t, planes, (size_t)c->param[TERN_P_PREFETCH],                             \
                             (size_t)c->param[TERN_P_FLUSH]);                                                \
    }

POPCOUNT(gemm_planes_i8_r1k128_popcount__avx2, 2)
POPCOUNT(gemm_bin1_i8_r1k256_popcount__avx2, 1)
