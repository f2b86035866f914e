/* Scalar look-up on the group layouts: per block of groups and token a table of all codes, then one load and
 * one add per group and row. 32-bit sums: no bound to watch. What every machine can run, and for wide groups
 * less work than multiplying. */
#include "kernels/prep/lut.h"

#include "kernels/formats/memory/group.h"
#include "kernels/prep/prep.h"
#include "kernels/run.h"
#include "kernels/unroll.h"

enum { CODES = 256, BLOCK_GROUPS = 24 }; /* 24 = 3 words of g3w = 3 chunks of g3; 12 KB of tables */

static size_t table_bytes(const struct tern_call *c) {
    (void)c;
    return BLOCK_GROUPS * CODES * sizeof(int16_t);
}

const struct tern_prep tern_prep_tables_scalar = {tern_prep_no_bytes, table_bytes, tern_prep_no_work, 1};

/* table[code] of one group. `sign` is the bit that negates a mirrored code, 0 for plain codes. */
static inline void build(const int8_t *q, size_t k, size_t c, size_t g, unsigned sign, int16_t *table) {
    int16_t plain[243];
    int states = 1, sum = 0;
    for (size_t i = 0; i < g; i++) sum += c + i < k ? q[c + i] : 0;
    plain[0] = (int16_t)-sum;
    for (size_t i = 0; i < g; i++, states *= 3) {
        const int a = c + i < k ? q[c + i] : 0;
        for (int s = 0; s < 2 * states; s++) plain[states + s] = (int16_t)(plain[s] + a);
    }
    if (!sign) {
        for (int s = 0; s < states; s++) table[s] = plain[s];
        return;
    }
    const int zero = states / 2;
    for (int s = 0; s <= zero; s++) {
        table[s] = plain[zero + s];
        table[sign | (unsigned)s] = plain[zero - s];
    }
}

typedef unsigned code_fn(const uint8_t *row, size_t group);

/* A group layout: columns of a group, the bit that negates a mirrored code (0 for plain codes), and where the
 * codes of a row lie. */
struct groups {
    size_t columns;
    unsigned sign;
    size_t panel_rows, panel_bytes, lane_bytes;
    code_fn *code;
};

ALWAYS_INLINE void run(const struct tern_call *c, size_t row0, size_t row1, int16_t *table, struct groups l) {
    const size_t k = c->w.k, g = l.columns, groups = (k + g - 1) / g;
    for (size_t g0 = 0; g0 < groups; g0 += BLOCK_GROUPS) {
        const size_t count = tern_min(groups - g0, BLOCK_GROUPS);
        for (size_t t = 0; t < c->x->n; t++) {
            const int8_t *q = c->x->q + t * c->x->stride;
            int32_t *y = (int32_t *)c->y + t * c->ldy;
            for (size_t i = 0; i < count; i++) build(q, k, (g0 + i) * g, g, l.sign, table + i * CODES);
            for (size_t r = row0; r < row1; r++) {
                const uint8_t *row = (const uint8_t *)c->w.data + r / l.panel_rows * l.panel_bytes +
                                     r % l.panel_rows * l.lane_bytes;
                int32_t sum = g0 ? y[r] : 0;
                for (size_t i = 0; i < count; i++) sum += table[i * CODES + l.code(row, g0 + i)];
                y[r] = sum;
            }
        }
    }
}

static inline unsigned code_g2(const uint8_t *row, size_t i) {
    return row[i / 2 * TERN_GROUP_ROWS] >> i % 2 * 4 & 15u;
}

static inline unsigned code_g3(const uint8_t *row, size_t i) {
    const uint8_t *chunk = row + i / 8 * TERN_G3_CHUNK;
    const size_t j = i % 8;
    return (chunk[j / 2 * TERN_GROUP_ROWS] >> j % 2 * 4 & 15u) | (chunk[4 * TERN_GROUP_ROWS] >> (7 - j) & 1u)
                                                                     << 4;
}

static inline unsigned code_g3w(const uint8_t *row, size_t i) {
    const uint16_t *word = (const uint16_t *)(const void *)row;
    return word[i / 3 * TERN_TRIPLE_ROWS] >> i % 3 * 5 & 31u;
}

static inline unsigned code_byte(const uint8_t *row, size_t i) {
    return row[i * TERN_GROUP_ROWS];
}

#define GROUPS(columns, sign, rows, bytes, lane, code)                                                       \
    run(c, row0, row1, local, (struct groups){columns, sign, rows, bytes(c->w.k), lane, code})

TERN_RUN(gemm_g2_i8_r1k2__scalar, GROUPS(2, 0, TERN_GROUP_ROWS, tern_g2_panel_bytes, 1, code_g2))
TERN_RUN(gemm_g3_i8_r1k3__scalar, GROUPS(3, 16, TERN_GROUP_ROWS, tern_g3_panel_bytes, 1, code_g3))
TERN_RUN(gemm_g3w_i8_r1k3__scalar, GROUPS(3, 0, TERN_TRIPLE_ROWS, tern_g3w_panel_bytes, 2, code_g3w))
TERN_RUN(gemm_g4_i8_r1k4__scalar, GROUPS(4, 0, TERN_GROUP_ROWS, tern_g4_panel_bytes, 1, code_byte))
TERN_RUN(gemm_g5_i8_r1k5__scalar, GROUPS(5, 128, TERN_GROUP_ROWS, tern_g5_panel_bytes, 1, code_byte))
