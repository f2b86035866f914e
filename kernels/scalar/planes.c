/* Scalar kernels on bit planes: popcount against bit-sliced activations and against sign bits, and signed
 * sums of f32 activations. */
#include "kernels/formats/memory/planes.h"
#include "kernels/prep/signs.h"
#include "kernels/prep/slices.h"
#include "kernels/variant.h"

#include <string.h>

static uint64_t word_at(const uint8_t *p) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

tern_run_fn gemm_planes_i8_r1k64_popcount__scalar, gemm_bin1_i8_r1k64_popcount__scalar,
    gemm_planes_f32_r1k64__scalar, gemm_bin1_b1_r1k64__scalar;

/* sum(w * a) = sum over bits b of weight_b * (ones in plus & plane_b - ones in minus & plane_b), weight_7 =
 * -128. */
void gemm_planes_i8_r1k64_popcount__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t words = tern_plane_words(c->w.k), chunks = tern_slice_chunks(c->w.k, TERN_SLICE_TWICE);
    for (size_t r = row0; r < row1; r++) {
        const uint8_t *w = (const uint8_t *)c->w.data + r * words * 16;
        for (size_t t = 0; t < c->x->n; t++) {
            const uint8_t *slice = (const uint8_t *)c->shared + t * chunks * TERN_SLICE_BYTES;
            int32_t count[8] = {0}, sum = 0;
            for (size_t i = 0; i < words; i++) {
                const uint64_t plus = word_at(w + 16 * i), minus = word_at(w + 16 * i + 8);
                const uint8_t *plane = slice + i / 4 * TERN_SLICE_BYTES + i % 4 * 16;
                for (int b = 0; b < 8; b++) {
                    const uint64_t a = word_at(plane + b * TERN_SLICE_PLANE);
                    count[b] += __builtin_popcountll(plus & a) - __builtin_popcountll(minus & a);
                }
            }
            for (int b = 0; b < 8; b++) sum += count[b] * (b == 7 ? -128 : 1 << b);
            ((int32_t *)c->y)[t * c->ldy + r] = sum;
        }
    }
}

/* The same for -1 and +1: sum(w * a) = 2 * sum(bit * a) - sum(a). */
void gemm_bin1_i8_r1k64_popcount__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t words = tern_plane_words(c->w.k), chunks = tern_slice_chunks(c->w.k, TERN_SLICE_ONCE);
    for (size_t r = row0; r < row1; r++) {
        const uint8_t *w = (const uint8_t *)c->w.data + r * words * 8;
        for (size_t t = 0; t < c->x->n; t++) {
            const uint8_t *slice = (const uint8_t *)c->shared + t * chunks * TERN_SLICE_BYTES;
            int32_t count[8] = {0}, sum = 0;
            for (size_t i = 0; i < words; i++) {
                const uint64_t plus = word_at(w + 8 * i);
                const uint8_t *plane = slice + i / 8 * TERN_SLICE_BYTES + i % 8 * 8;
                for (int b = 0; b < 8; b++)
                    count[b] += __builtin_popcountll(plus & word_at(plane + b * TERN_SLICE_PLANE));
            }
            for (int b = 0; b < 8; b++) sum += count[b] * (b == 7 ? -128 : 1 << b);
            ((int32_t *)c->y)[t * c->ldy + r] = 2 * sum - c->x->sum[t];
        }
    }
}

/* Signs against signs: sum = K - 2 * (columns that differ). Both are clear beyond K, so tails do not differ.
 */
void gemm_bin1_b1_r1k64__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t words = tern_plane_words(c->w.k), bytes = tern_sign_bytes(c->w.k);
    for (size_t r = row0; r < row1; r++) {
        const uint8_t *w = (const uint8_t *)c->w.data + r * words * 8;
        for (size_t t = 0; t < c->x->n; t++) {
            const uint8_t *signs = (const uint8_t *)c->shared + t * bytes;
            int32_t differ = 0;
            for (size_t i = 0; i < words; i++)
                differ += __builtin_popcountll(word_at(w + 8 * i) ^ word_at(signs + 8 * i));
            ((int32_t *)c->y)[t * c->ldy + r] = (int32_t)c->w.k - 2 * differ;
        }
    }
}

/* Eight partial sums keep the rounding error near that of the vector kernels. */
void gemm_planes_f32_r1k64__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t pitch = tern_plane_words(c->w.k) * 16;
    for (size_t r = row0; r < row1; r++) {
        const uint8_t *w = (const uint8_t *)c->w.data + r * pitch;
        for (size_t t = 0; t < c->x->n; t++) {
            const float *x = c->x->f + t * c->x->fstride;
            float part[8] = {0}, sum = 0;
            for (size_t at = 0; at < c->w.k; at += 8) { /* rows of x are padded with zeros */
                const uint8_t *byte = w + at / 64 * 16 + at % 64 / 8;
                for (int j = 0; j < 8; j++) {
                    const float trit = (float)((byte[0] >> j & 1) - (byte[8] >> j & 1));
                    part[j] += trit * x[at + (size_t)j];
                }
            }
            for (int j = 0; j < 8; j++) sum += part[j];
            ((float *)c->y)[t * c->ldy + r] = sum;
        }
    }
}
