/* Sixteen float lanes in compiler vectors, for sources that are compiled once per ISA level and must give the
 * same bits at each: contraction off, sums folded in one fixed order, no function of the C library inside.
 * Internal to such sources; include it nowhere else. */
#ifndef TERN_KERNELS_LANES_H
#define TERN_KERNELS_LANES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wpsabi" /* nothing below is called from another source */

typedef float v16 __attribute__((vector_size(64)));
typedef float v8 __attribute__((vector_size(32)));
typedef float v4 __attribute__((vector_size(16)));
typedef int32_t i16 __attribute__((vector_size(64)));

static inline v16 load(const float *p) {
    v16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void put(float *p, v16 v) {
    memcpy(p, &v, sizeof v);
}

/* `yes` where the mask is all ones, `no` where it is 0. */
static inline v16 choose(i16 mask, v16 yes, v16 no) {
    return (v16)(((i16)yes & mask) | ((i16)no & ~mask));
}

/* Halves onto halves: 16, 8, 4, 2, 1. */
static inline float fold(v16 v) {
    const v8 a = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                 __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    const v4 b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

/* fold of each of four: the same sums in the same order, side by side. */
static inline v4 fold_each(v16 p, v16 q, v16 r, v16 s) {
#define HALVES(v)                                                                                            \
    (__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +                                                 \
     __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15))
#define QUARTERS(a, b)                                                                                       \
    (__builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) +                                               \
     __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15))
    const v8 pp = HALVES(p), qq = HALVES(q), rr = HALVES(r), ss = HALVES(s);
    const v8 pq = QUARTERS(pp, qq), rs = QUARTERS(rr, ss);
    const v8 c = __builtin_shufflevector(pq, rs, 0, 1, 4, 5, 8, 9, 12, 13) +
                 __builtin_shufflevector(pq, rs, 2, 3, 6, 7, 10, 11, 14, 15);
    return __builtin_shufflevector(c, c, 0, 2, 4, 6) + __builtin_shufflevector(c, c, 1, 3, 5, 7);
#undef HALVES
#undef QUARTERS
}

/* 1 / sqrt(mean(x^2) + eps), which a norm multiplies x by. */
static inline float norm_factor(const float *x, size_t n, float eps) {
    v16 acc[2] = {{0}, {0}};
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        const v16 a = load(x + i), b = load(x + i + 16);
        acc[0] += a * a;
        acc[1] += b * b;
    }
    float sum = fold(acc[0] + acc[1]);
    for (; i < n; i++) sum += x[i] * x[i];
    return 1.0f / sqrtf(sum / (float)n + eps);
}

/* exp(x) for x <= 88: 2^n * p(r) with |r| <= ln(2)/2, whose Taylor remainder r^8/8! is below 6e-9; x below
 * -87 gives the value at -87, 1.6e-38. */
static inline v16 exponential(v16 x) {
    const v16 zero = {0}, least = zero - 87.0f;
    x = choose((i16)(x >= least), x, least);                     /* NaN: the least */
    const v16 n = (x * 1.44269504f + 12582912.0f) - 12582912.0f; /* rounds to a whole number */
    const v16 r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    v16 p = r * (1.0f / 5040) + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const i16 power = (__builtin_convertvector(n, i16) + 127) << 23;
    return p * (v16)power;
}

#endif
