/* Popcount on planes (ternary) and bin1 (binary) against bit-sliced activations (slices.h): no multiplication
 * at all.
 *
 * sum(w * a) = sum over bits b of weight_b * (ones in plus & plane_b - ones in minus & plane_b), weight_7 =
 * -128. A chunk is one register of weights: 256 columns of planes, whose even words count up and odd words
 * down, or 512 of bin1, where sum(w * a) = 2 * sum(bit * a) - sum(a). BYTES   1 and, 1 vpopcntb, 1 vpdpbusd
 * by weight_b: one accumulator per row. 24 operations per chunk. A lane gains at most 4 * 8 * 128 per chunk.
 *   WORDS   1 and, 1 vpopcntq, 1 add: eight accumulators per row, weighted once at the end.
 *   NARROW  BYTES, with only as many planes as the activations of a chunk need: half of them for 4-bit
 * activations (BitNet a4.8), all eight at worst; exact either way. */
#define TERN_VEC_BITS 512
#include "kernels/formats/memory/planes.h"
#include "kernels/slices.h"
#include "kernels/x86/panel_vec.h"

enum count { BYTES, WORDS, NARROW };

/* The last chunk of a row may be shorter: `qwords` of it exist. */
ALWAYS_INLINE __m512i load_chunk(const uint8_t *at, size_t qwords) {
    return qwords >= 8 ? v_load(at) : _mm512_maskz_loadu_epi64((__mmask8)((1u << qwords) - 1), at);
}

/* Sum of the lanes, those of odd 64-bit words negative when there are two planes. */
ALWAYS_INLINE int32_t total_bytes(__m512i acc, size_t planes) {
    if (planes == 2) acc = _mm512_mask_sub_epi32(acc, 0xcccc, v_zero(), acc);
    return v_sum(acc);
}

ALWAYS_INLINE int32_t total_words(const __m512i acc[8], size_t planes) {
    __m512i s = _mm512_sub_epi64(acc[0], _mm512_slli_epi64(acc[7], 7));
    UNROLL
    for (unsigned b = 1; b < 7; b++) s = _mm512_add_epi64(s, _mm512_slli_epi64(acc[b], b));
    int64_t word[8], sum = 0;
    _mm512_storeu_si512(word, s);
    for (int i = 0; i < 8; i++) sum += planes == 2 && i % 2 ? -word[i] : word[i];
    return (int32_t)sum;
}

ALWAYS_INLINE void tile(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t planes,
                        enum count how, size_t ahead) {
    const size_t columns = planes == 2 ? TERN_SLICE_TWICE : TERN_SLICE_ONCE;
    const size_t chunks = tern_slice_chunks(c->w.k, columns), words = tern_plane_words(c->w.k) * planes;
    const uint8_t *w = (const uint8_t *)c->w.data + r * words * 8;
    const uint8_t *slice = (const uint8_t *)c->shared + t * chunks * TERN_SLICE_BYTES;
    const uint8_t *needed = (const uint8_t *)c->shared + c->x->n * chunks * TERN_SLICE_BYTES + t * chunks;
    __m512i acc[4][8];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t b = 0; b < 8; b++) acc[i][b] = v_zero();

    for (size_t g = 0; g < chunks; g++, slice += TERN_SLICE_BYTES) {
        __m512i x[4];
        UNROLL
        for (size_t i = 0; i < rows; i++) {
            const uint8_t *at = w + (i * words + 8 * g) * 8;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            x[i] = load_chunk(at, words - 8 * g);
        }
        if (how == NARROW) {
            const int last = needed[g] - 1;
            for (int b = 0; b <= last; b++) {
                const __m512i a = v_load(slice + b * TERN_SLICE_PLANE);
                const __m512i weight = v_bytes(b == last ? -(1 << b) : 1 << b);
                UNROLL
                for (size_t i = 0; i < rows; i++)
                    acc[i][0] = dp(acc[i][0], _mm512_popcnt_epi8(v_and(x[i], a)), weight);
            }
            continue;
        }
        UNROLL
        for (int b = 0; b < 8; b++) {
            const __m512i a = v_load(slice + b * TERN_SLICE_PLANE);
            UNROLL
            for (size_t i = 0; i < rows; i++) {
                const __m512i both = v_and(x[i], a);
                if (how == WORDS)
                    acc[i][b] = _mm512_add_epi64(acc[i][b], _mm512_popcnt_epi64(both));
                else
                    acc[i][0] = dp(acc[i][0], _mm512_popcnt_epi8(both), v_bytes(b == 7 ? -128 : 1 << b));
            }
        }
    }
    int32_t *y = (int32_t *)c->y + t * c->ldy + r;
    UNROLL
    for (size_t i = 0; i < rows; i++) {
        const int32_t sum = how == WORDS ? total_words(acc[i], planes) : total_bytes(acc[i][0], planes);
        y[i] = planes == 2 ? sum : 2 * sum - c->x->sum[t];
    }
}

ALWAYS_INLINE void run(const struct tern_call *c, size_t row0, size_t row1, size_t rows, size_t planes,
                       enum count how) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH];
    size_t r = row0;
    for (; r + rows <= row1; r += rows)
        for (size_t t = 0; t < c->x->n; t++) tile(c, r, t, rows, planes, how, ahead);
    for (; r < row1; r++)
        for (size_t t = 0; t < c->x->n; t++) tile(c, r, t, 1, planes, how, ahead);
}

#define POPCOUNT(name, rows, planes, how)                                                                    \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        run(c, row0, row1, rows, planes, how);                                                               \
    }

POPCOUNT(gemm_planes_i8_r4k256_popcount__avx512popcnt, 4, 2, BYTES)
POPCOUNT(gemm_planes_i8_r2k256_popcountq__avx512popcnt, 2, 2, WORDS)
POPCOUNT(gemm_planes_i8_r4k256_narrow__avx512popcnt, 4, 2, NARROW)
POPCOUNT(gemm_bin1_i8_r4k512_popcount__avx512popcnt, 4, 1, BYTES)
POPCOUNT(gemm_bin1_i8_r4k512_narrow__avx512popcnt, 4, 1, NARROW)
