/* Bringing the weights of the next block to L2 while the tokens are multiplied with this one: the hardware's
 * own prefetcher has forgotten the stream by then. */
#ifndef TERN_KERNELS_X86_FETCH_H
#define TERN_KERNELS_X86_FETCH_H

#include "kernels/unroll.h"

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

/* Cache lines that hold `bytes`. */
ALWAYS_INLINE size_t fetch_count(size_t bytes) {
    return (bytes + 63) / 64;
}

/* Lines to ask for before each tile of nr of the n tokens, so that `lines` have been asked for after the
 * last. */
ALWAYS_INLINE size_t fetch_share(size_t lines, size_t n, size_t nr) {
    const size_t tiles = n / nr;
    return tiles ? (lines + tiles - 1) / tiles : 0;
}

/* Asks for `lines` cache lines from `at` on; they may lie beyond the weights. Returns what follows them. */
ALWAYS_INLINE const uint8_t *fetch_lines(const uint8_t *at, size_t lines) {
    for (size_t i = 0; i < lines; i++, at += 64) _mm_prefetch((const char *)at, _MM_HINT_T1);
    return at;
}

#endif
