/* Bit-sliced activations, for popcount kernels: bit b of many activations side by side in a word. Made by
 * kernels/prep/bits.c; internal to kernels/.
 *
 * A chunk is 512 bytes, eight planes of eight 64-bit words:
 *
 *     byte    0 ..  63   plane 0   word 0, 1, .. 7     bit i of a word = bit 0 of an activation
 *     byte   64 .. 127   plane 1                       .. bit 1
 *            ..
 *     byte  448 .. 511   plane 7                       .. bit 7, the sign: it counts -128
 *
 * There are two kinds:
 *   twice   a chunk is 256 columns. Each word is stored twice, to meet the words plus, minus, plus, minus of
 *           `planes`.
 *   once    a chunk is 512 columns, to meet the words of `bin1`.
 *
 * Shared memory holds the chunks of all tokens, then one byte for each chunk: how many planes (1..8) say
 * everything. The highest of those is the sign. */
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
