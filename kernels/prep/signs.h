/* Sign bits of activations, for kernels whose activations are -1 and +1 (TERN_ACT_B1). Internal to kernels/.
 *
 * Bit j of word i of a token = 1 when activation 64i + j is >= 0 (it counts +1; a 0 too, so that every
 * activation has a sign), else 0 (-1); clear beyond K, as the rows of bin1 are. A token is a multiple of 64
 * bytes, so that whole registers can be read. */
#ifndef TERN_KERNELS_SIGNS_H
#define TERN_KERNELS_SIGNS_H

#include "base/pool.h"
#include "kernels/formats/memory/planes.h"
#include "kernels/unroll.h"
#include "kernels/variant.h"

#include <string.h>

/* Bytes of one token's signs. */
static inline size_t tern_sign_bytes(size_t k) {
    return (k + 511) / 512 * 64;
}

static inline size_t tern_signs_bytes(const struct tern_call *c) {
    return c->x->n * tern_sign_bytes(c->w.k);
}

static inline size_t tern_signs_local(const struct tern_call *c) {
    (void)c;
    return 0;
}

/* The preparation; word(q) gives the signs of 64 activations. Rows of q reach to a multiple of 256. */
ALWAYS_INLINE void tern_signs_run(const struct tern_call *c, size_t worker, size_t workers,
                                  uint64_t (*word)(const int8_t *q)) {
    const size_t k = c->w.k, words = tern_plane_words(k), bytes = tern_sign_bytes(k);
    size_t from, to;
    tern_share(c->x->n, 1, worker, workers, &from, &to);
    for (size_t t = from; t < to; t++) {
        const int8_t *q = c->x->q + t * c->x->stride;
        uint8_t *out = (uint8_t *)c->shared + t * bytes;
        for (size_t i = 0; i < words; i++) {
            uint64_t signs = word(q + 64 * i);
            if (64 * i + 64 > k) signs &= ~0ull >> (64 * i + 64 - k);
            memcpy(out + 8 * i, &signs, sizeof signs);
        }
        memset(out + 8 * words, 0, bytes - 8 * words);
    }
}

#endif
