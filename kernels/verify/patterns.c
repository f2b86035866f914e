#include "kernels/verify/patterns.h"

#include "base/memory.h"

#include <string.h>

const char *tern_weight_pattern_name(enum tern_weight_pattern p) {
    static const char *const name[TERN_W_PATTERNS] = {"plus",        "minus", "zero", "random",
                                                      "alternating", "runs",  "mixed"};
    return name[p];
}

const char *tern_act_pattern_name(enum tern_act_pattern p) {
    static const char *const name[TERN_A_PATTERNS] = {"max",    "min",     "edge",   "zero",
                                                      "random", "aligned", "narrow", "mixed"};
    return name[p];
}

static size_t stretch(struct tern_random *r, size_t left) {
    return tern_min(left, 1 + tern_random_below(r, 300));
}

static int8_t trit(enum tern_weight_pattern p, size_t row, size_t column, struct tern_random *r) {
    switch (p) {
    case TERN_W_PLUS:
        return 1;
    case TERN_W_MINUS:
        return -1;
    case TERN_W_ZERO:
        return 0;
    case TERN_W_ALTERNATING:
        return (int8_t)((row + column) % 3) - 1;
    case TERN_W_RUNS:
        return column / 517 % 2 ? -1 : 1; /* long runs that cross every block size */
    case TERN_W_RANDOM:
    case TERN_W_MIXED:
        break;
    }
    const uint32_t u = tern_random_below(r, 100);
    return u < 42 ? 0 : u < 71 ? 1 : -1;
}

void tern_fill_trits(int8_t *t, size_t m, size_t k, enum tern_weight_pattern p, int binary,
                     struct tern_random *r) {
    for (size_t row = 0; row < m; row++) {
        enum tern_weight_pattern now = p;
        size_t end = 0;
        for (size_t i = 0; i < k; i++) {
            if (p == TERN_W_MIXED && i == end) {
                now = (enum tern_weight_pattern)tern_random_below(r, TERN_W_MIXED);
                end = i + stretch(r, k - i);
            }
            t[row * k + i] = trit(now, row, i, r);
        }
    }
    if (p == TERN_W_RANDOM && m > 2) memset(t + k, 0, k); /* a row of zeros */
    for (size_t i = 0; binary && i < m * k; i++)
        if (!t[i]) t[i] = tern_random_below(r, 2) ? 1 : -1;
}

static int8_t activation(enum tern_act_pattern p, const int8_t *row, size_t i, struct tern_random *r) {
    switch (p) {
    case TERN_A_MAX:
        return 127;
    case TERN_A_MIN:
        return -128;
    case TERN_A_EDGE:
        return i % 2 ? -128 : 127;
    case TERN_A_ZERO:
        return 0;
    case TERN_A_ALIGNED:
        return row[i] < 0 ? -128 : 127; /* drives the sum of that row to its extreme */
    case TERN_A_NARROW: {
        const unsigned bits = 1 + (unsigned)(i / 128 % 8);
        return (int8_t)((int)tern_random_below(r, 1u << bits) - (1 << (bits - 1)));
    }
    case TERN_A_RANDOM:
    case TERN_A_MIXED:
        break;
    }
    return (int8_t)(tern_random_below(r, 256) - 128);
}

void tern_fill_activations(int8_t *q, size_t k, enum tern_act_pattern p, const int8_t *row,
                           struct tern_random *r) {
    enum tern_act_pattern now = p;
    size_t end = 0;
    for (size_t i = 0; i < k; i++) {
        if (p == TERN_A_MIXED && i == end) {
            now = (enum tern_act_pattern)tern_random_below(r, TERN_A_MIXED);
            end = i + stretch(r, k - i);
        }
        q[i] = activation(now, row, i, r);
    }
}
