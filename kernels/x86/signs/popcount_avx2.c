/* Popcount on planes and bin1 (packed by formats/memory/planes.c) with AVX2: ones counted by two 16-entry
 * look-ups per byte.
 *
 * As popcount_avx512popcnt.c; half a chunk is one register. Per plane of activations 3 and, 1 shift, 2
 * pshufb, 1 add, 1 vpmaddubsw by the plane's weight, 1 add: 72 operations per 128 columns of planes. A byte
 * counts at most 8 ones, so the eight planes add between -2 * 8 * 128 = -2,048 and 2 * 8 * 127 to an int16
 * lane: 16 registers give -32,768. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/flush.h"
#include "kernels/formats/memory/planes.h"
#include "kernels/loops/row_tiles.h"
#include "kernels/prep/slices.h"
#include "kernels/x86/signs/ones.h"

enum { STEP = 2 * 8 * 128 }; /* of eight planes, by their weights, against a pair of bytes of eight ones */
_Static_assert(TERN_FLUSH_2048 *STEP <= TERN_INT16_LEAST, "popcount: int16 sums");

/* kind: planes of weights, 1 or 2. */
ALWAYS_INLINE void tile(const struct tern_call *c, struct row_tile x) {
    const size_t planes = (size_t)x.kind, columns = planes == 2 ? TERN_SLICE_TWICE : TERN_SLICE_ONCE;
    const size_t chunks = tern_slice_chunks(c->w.k, columns), words = tern_plane_words(c->w.k) * planes;
    const size_t halves = (words + 3) / 4;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * words * 8;
    const uint8_t *slice = (const uint8_t *)c->shared + x.t * chunks * TERN_SLICE_BYTES;
    vec sum = v_zero();
    for (size_t h = 0; h < halves;) {
        const size_t stop = tern_min(halves, h + x.flush);
        vec acc = v_zero();
        for (; h < stop; h++) {
            const uint8_t *at = w + 32 * h, *plane = slice + h / 2 * TERN_SLICE_BYTES + h % 2 * 32;
            _mm_prefetch((const char *)(at + x.ahead), _MM_HINT_T0);
            const vec half = v_load_some64(at, words - 4 * h); /* the last one of a row may be shorter */
            UNROLL
            for (int b = 0; b < 8; b++)
                acc = v_mad(acc, ones_of_bytes(v_and(half, v_load(plane + b * TERN_SLICE_PLANE))),
                            v_bytes(b == 7 ? -128 : 1 << b));
        }
        sum = v_widen(sum, acc);
    }
    if (planes == 2) sum = _mm256_sign_epi32(sum, _mm256_setr_epi32(1, 1, -1, -1, 1, 1, -1, -1));
    *row_result(c, &x, 0, 0) = planes == 2 ? v_sum(sum) : 2 * v_sum(sum) - c->x->sum[x.t];
}

TERN_RUN(gemm_planes_i8_r1k128_popcount__avx2, row_tiles(c, row0, row1, row_tile_flushed(c, 1, 1, 2), tile))
TERN_RUN(gemm_bin1_i8_r1k256_popcount__avx2, row_tiles(c, row0, row1, row_tile_flushed(c, 1, 1, 1), tile))
