/* Popcount on planes (ternary) and bin1 (binary; both packed by formats/memory/planes.c) against bit-sliced
 * activations (slices.h): no multiplication at all.
 *
 * sum(w * a) = sum over bits b of weight_b * (ones in plus & plane_b - ones in minus & plane_b), weight_7 = -128.
 * A chunk is one register of weights: 256 columns of planes, whose even words count up and odd words down, or
 * 512 of bin1, where sum(w * a) = 2 * sum(bit * a) - sum(a).
 *
 *   BYTES   1 and, 1 vpopcntb, 1 vpdpbusd by weight_b: one accumulator per row, 24 operations per chunk. A lane
 *           gains at most 4 * 8 * 128 per chunk.
 *   WORDS   1 and, 1 vpopcntq, 1 add: eight accumulators per row, weighted once at the end.
 *   NARROW  BYTES, with only as many planes as the activations of a chunk need: half of them for 4-bit
 *           activations (BitNet a4.8), all eight at worst; exact either way. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/formats/memory/planes.h"
#include "kernels/loops/row_tiles.h"
#include "kernels/prep/slices.h"

enum count { BYTES, WORDS, NARROW };

/* Sum of the lanes, those of odd 64-bit words negative when there are two planes. */
ALWAYS_INLINE int32_t total_bytes(vec acc, size_t planes) {
    if (planes == 2) acc = _mm512_mask_sub_epi32(acc, 0xcccc, v_zero(), acc);
    return v_sum(acc);
}

ALWAYS_INLINE int32_t total_words(const vec acc[8], size_t planes) {
    vec s = _mm512_sub_epi64(acc[0], v_shl64(acc[7], 7));
    UNROLL
    for (unsigned b = 1; b < 7; b++) s = v_add64(s, v_shl64(acc[b], b));
    int64_t word[8], sum = 0;
    v_store(word, s);
    for (int i = 0; i < 8; i++) sum += planes == 2 && i % 2 ? -word[i] : word[i];
    return (int32_t)sum;
}

ALWAYS_INLINE void tile(const struct tern_call *c, struct row_tile x, size_t planes, enum count how) {
    const size_t columns = planes == 2 ? TERN_SLICE_TWICE : TERN_SLICE_ONCE;
    const size_t chunks = tern_slice_chunks(c->w.k, columns), words = tern_plane_words(c->w.k) * planes;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * words * 8;
    const uint8_t *slice = (const uint8_t *)c->shared + x.t * chunks * TERN_SLICE_BYTES;
    const uint8_t *needed = (const uint8_t *)c->shared + c->x->n * chunks * TERN_SLICE_BYTES + x.t * chunks;
    vec acc[4][8];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t b = 0; b < 8; b++) acc[i][b] = v_zero();

    for (size_t g = 0; g < chunks; g++, slice += TERN_SLICE_BYTES) {
        vec bits[4];
        UNROLL
        for (size_t i = 0; i < x.rows; i++) {
            const uint8_t *at = w + (i * words + 8 * g) * 8;
            _mm_prefetch((const char *)(at + x.ahead), _MM_HINT_T0);
            bits[i] = v_load_some64(at, words - 8 * g); /* the last chunk of a row may be shorter */
        }
        if (how == NARROW) {
            const int last = needed[g] - 1;
            for (int b = 0; b <= last; b++) {
                const vec a = v_load(slice + b * TERN_SLICE_PLANE);
                const vec weight = v_bytes(b == last ? -(1 << b) : 1 << b);
                UNROLL
                for (size_t i = 0; i < x.rows; i++)
                    acc[i][0] = v_dot(acc[i][0], _mm512_popcnt_epi8(v_and(bits[i], a)), weight);
            }
            continue;
        }
        UNROLL
        for (int b = 0; b < 8; b++) {
            const vec a = v_load(slice + b * TERN_SLICE_PLANE);
            UNROLL
            for (size_t i = 0; i < x.rows; i++) {
                const vec both = v_and(bits[i], a);
                if (how == WORDS)
                    acc[i][b] = v_add64(acc[i][b], _mm512_popcnt_epi64(both));
                else
                    acc[i][0] = v_dot(acc[i][0], _mm512_popcnt_epi8(both), v_bytes(b == 7 ? -128 : 1 << b));
            }
        }
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++) {
        const int32_t sum = how == WORDS ? total_words(acc[i], planes) : total_bytes(acc[i][0], planes);
        *row_result(c, &x, i, 0) = planes == 2 ? sum : 2 * sum - c->x->sum[x.t];
    }
}

#define POPCOUNT(name, rows, planes, how)                                                                    \
    ALWAYS_INLINE void tile_of_##name(const struct tern_call *c, struct row_tile x) {                        \
        tile(c, x, planes, how);                                                                             \
    }                                                                                                        \
    TERN_RUN(name, row_tiles(c, row0, row1, row_tile_of(c, rows, 1, 0), tile_of_##name))

POPCOUNT(gemm_planes_i8_r4k256_popcount__avx512popcnt, 4, 2, BYTES)
POPCOUNT(gemm_planes_i8_r2k256_popcountq__avx512popcnt, 2, 2, WORDS)
POPCOUNT(gemm_planes_i8_r4k256_narrow__avx512popcnt, 4, 2, NARROW)
POPCOUNT(gemm_bin1_i8_r4k512_popcount__avx512popcnt, 4, 1, BYTES)
POPCOUNT(gemm_bin1_i8_r4k512_narrow__avx512popcnt, 4, 1, NARROW)
