/* The parts of the exact head: its matrix (exact.c, exact_pack.c), a vector (exact_vector.c), the answers (exact_run.c). */
#ifndef TERN_HARNESS_HEAD_EXACT_INTERNAL_H
#define TERN_HARNESS_HEAD_EXACT_INTERNAL_H

#include "base/memory.h"
#include "harness/head/exact.h"

#include <math.h>
#include <string.h>

#define TERN_EXACT_SEGMENTS 8 /* parts of a row with residual norms of their own, at most */
#define TERN_EXACT_SLACK                                                                                     \
    0x1p-10 /* over every norm: far more than the rounding of the few f32 operations after it */

/* What one worker keeps of the current vector. */
struct tern_exact_view {
    int8_t *high, *low; /* of a scan in place: its only plane, and none */
    int32_t *offset;    /* of a scan in place: none */
    int16_t *zero;      /* of a scan in place, like `step` */
    float *step;
    float segment[TERN_EXACT_SEGMENTS], rest; /* factors of the bound */
    float scale;
    float *best; /* heap of the largest lower bounds, smallest first */
    size_t count;
    struct tern_exact_counts seen;
    char pad[TERN_CACHE_LINE];
};

struct tern_exact {
    struct tern_scan scan;
    size_t rows, k, groups, segments, workers;
    int zero;     /* the code that stands for it */
    int in_place; /* `scan` has no codes then: only all_units counts */
    struct tern_pages codes;
    float *norm, *residual; /* [rows], [rows][segments] */
    float *bound;           /* of the current vector */
    int sound;              /* every row has a finite norm */
    struct tern_exact_view *view;
    float *merged;
};

/* The vector's codes, and the factors of its bound, into v (exact_vector.c); 0 when it is not finite. */
int tern_exact_look(const struct tern_exact *x, struct tern_exact_view *v, const float *h);

/* The smallest float that is not below v. */
static inline float tern_exact_up(double v) {
    const float f = (float)v;
    return (double)f < v ? nextafterf(f, INFINITY) : f;
}

/* Largest magnitude of k values; infinity when one of them is not finite. */
static inline float tern_exact_largest(const float *row, size_t k) {
    int32_t most =
        0; /* magnitudes are ordered as their bits are, and what is not finite stands above all others */
    for (size_t i = 0; i < k; i++) {
        int32_t bits;
        memcpy(&bits, &row[i], sizeof bits);
        bits &= INT32_MAX;
        most = bits > most ? bits : most;
    }
    float top;
    memcpy(&top, &most, sizeof top);
    return isfinite(top) ? top : INFINITY;
}

#endif
