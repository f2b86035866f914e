/* Bit-sliced activations, for popcount kernels: bit b of many activations side by side in a word. Internal to
 * kernels/.
 *
 * A chunk is 512 bytes: for b = 0..7 eight 64-bit words, bit i of a word = bit b of an activation (two's
 * complement, so plane 7 counts -128). Two kinds: twice  a chunk is 256 columns, each word stored twice, to
 * meet the words plus, minus, plus, minus of `planes` once   a chunk is 512 columns, to meet the words of
 * `bin1` shared = chunks of all tokens, then one byte per chunk: how many planes (1..8) say everything, the
 * highest of them being the sign. */
#ifndef TERN_KERNELS_SLICES_H
#define TERN_KERNELS_SLICES_H

#include <stddef.h>
#include <stdint.h>

enum { TERN_SLICE_BYTES = 512, TERN_SLICE_PLANE = 64, TERN_SLICE_TWICE = 256, TERN_SLICE_ONCE = 512 };

/* Chunks of one token; `columns` is one of the two kinds. */
static inline size_t tern_slice_chunks(size_t k, size_t columns) {
    return (k + columns - 1) / columns;
}

#endif
