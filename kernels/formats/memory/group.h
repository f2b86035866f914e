/* What the look-up layouts share: groups of consecutive columns, one code per row and group.
 *
 * A code names the trits of a group, so that its product with the activations is one entry of a table. There are
 * two numberings:
 *
 *     plain      sum of (trit + 1) * 3^i                 0 .. 3^g - 1
 *     mirrored   sum of trit * 3^i = +-magnitude         the table holds magnitudes 0 .. (3^g - 1) / 2, the
 *                                                        sign is apart
 *
 * Codes of the 64 (or 32) rows of a panel lie side by side, one row per lane. Missing rows and columns are trit
 * 0. */
#ifndef TERN_KERNELS_FORMATS_MEMORY_GROUP_H
#define TERN_KERNELS_FORMATS_MEMORY_GROUP_H

#include "base/memory.h"

#include <stddef.h>
#include <stdint.h>

enum { TERN_GROUP_ROWS = 64, TERN_TRIPLE_ROWS = 32 };

/* Groups are counted in quads, or two to a byte in octets: what a kernel adds in bytes before it widens. */
static inline size_t tern_group_quads(size_t k, size_t g) {
    return (k + 4 * g - 1) / (4 * g);
}

static inline size_t tern_group_octets(size_t k, size_t g) {
    return (k + 8 * g - 1) / (8 * g);
}

/* Bytes of one panel: g2 and b64 two groups per byte, g4 and g5 one. */
static inline size_t tern_g2_panel_bytes(size_t k) {
    return tern_group_octets(k, 2) * 4 * TERN_GROUP_ROWS;
}

static inline size_t tern_b64_panel_bytes(size_t k) {
    return tern_group_octets(k, 4) * 4 * TERN_GROUP_ROWS;
}

static inline size_t tern_g4_panel_bytes(size_t k) {
    return tern_group_quads(k, 4) * 4 * TERN_GROUP_ROWS;
}

static inline size_t tern_g5_panel_bytes(size_t k) {
    return tern_group_quads(k, 5) * 4 * TERN_GROUP_ROWS;
}

/* g3: per 8 groups four lines of index pairs and one of signs. */
enum { TERN_G3_CHUNK = 5 * TERN_GROUP_ROWS, TERN_G3_COLUMNS = 24 };

static inline size_t tern_g3_panel_bytes(size_t k) {
    return (k + TERN_G3_COLUMNS - 1) / TERN_G3_COLUMNS * TERN_G3_CHUNK;
}

/* g3w: per 9 columns one line of 32 words. */
static inline size_t tern_g3w_panel_bytes(size_t k) {
    return (k + 8) / 9 * 2 * TERN_TRIPLE_ROWS;
}

/* sum of trit * 3^i over up to g columns that begin at column c; columns from K on are 0. */
static inline int tern_group_value(const int8_t *row, size_t k, size_t c, size_t g) {
    int v = 0;
    for (size_t i = g; i-- > 0;) v = 3 * v + (c + i < k ? row[c + i] : 0);
    return v;
}

/* The trits of a value; a magnitude beyond g digits yields 2 throughout. Only columns below K are written. */
static inline void tern_group_trits(int value, int8_t *row, size_t k, size_t c, size_t g) {
    int states = 1;
    for (size_t i = 0; i < g; i++) states *= 3;
    int plain = value + (states - 1) / 2;
    const int bad = plain < 0 || plain >= states;
    for (size_t i = 0; i < g && c + i < k; i++, plain /= 3) row[c + i] = (int8_t)(bad ? 2 : plain % 3 - 1);
}

#endif
