/* What the matrices and activations of a verification case are filled with. Internal to kernels/. */
#ifndef TERN_KERNELS_VERIFY_PATTERNS_H
#define TERN_KERNELS_VERIFY_PATTERNS_H

#include "base/random.h"

#include <stddef.h>
#include <stdint.h>

enum tern_weight_pattern {
    TERN_W_PLUS,
    TERN_W_MINUS,
    TERN_W_ZERO,
    TERN_W_RANDOM,
    TERN_W_ALTERNATING,
    TERN_W_RUNS,
    TERN_W_MIXED /* stretches of 1 to 300 weights, each of another pattern */
};
enum { TERN_W_PATTERNS = TERN_W_MIXED + 1 };

enum tern_act_pattern {
    TERN_A_MAX,
    TERN_A_MIN,
    TERN_A_EDGE,
    TERN_A_ZERO,
    TERN_A_RANDOM,
    TERN_A_ALIGNED,
    TERN_A_NARROW, /* 1 to 8 bits; how many depends on the place in the row. Bit-sliced kernels skip the bits
                      that a block does not need */
    TERN_A_MIXED   /* stretches of 1 to 300 activations, each of another pattern */
};
enum { TERN_A_PATTERNS = TERN_A_MIXED + 1 };

const char *tern_weight_pattern_name(enum tern_weight_pattern p);
const char *tern_act_pattern_name(enum tern_act_pattern p);

/* An m x k matrix of trits. With `binary` there are no zeros: each becomes a sign. */
void tern_fill_trits(int8_t *t, size_t m, size_t k, enum tern_weight_pattern p, int binary,
                     struct tern_random *r);
/* The k activations of one token. TERN_A_ALIGNED takes its signs from `row`, k trits. */
void tern_fill_activations(int8_t *q, size_t k, enum tern_act_pattern p, const int8_t *row,
                           struct tern_random *r);

#endif
