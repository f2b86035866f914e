/* The words of sources that compute with floats, are compiled once per ISA level, and give the same bits at each: a
 * register of LANES floats and what is done to it. Meson names the header of an architecture's level in TERN_OPS_WORDS;
 * without it they are plain C. Include it only in such sources.
 *
 *   reg                     LANES floats; all (the same one in each), from_f32, from_f16, from_i8, from_i32, to_f32
 *   to_f16                  rounded to nearest even; a NaN keeps its sign and nothing else
 *   plus, minus, times, over, magnitude
 *   fused, fused_all        a * b + c with one rounding; b is one number for all lanes
 *   larger, smaller         the second one where one of the two is NaN
 *   number                  0 where it is NaN
 *   raised                  a * 2^k, where the bits of the float n end in the integer k, and neither a nor the result is
 *                           subnormal
 *   to_low_bytes            the lowest byte of each lane's bits
 *   ireg                    sums of the bits of lanes, modulo 2^32: no_bits, plus_bits
 *   MANY, SOME              rows of the tiles of attend_level.c, and the registers that each row has: MANY_REGS, SOME_REGS,
 *                           and ONE_REGS of a single row. rows * registers accumulators, the registers of one operand and
 *                           a broadcast fit the register file. */
#ifndef TERN_KERNELS_FLOAT_WORDS_H
#define TERN_KERNELS_FLOAT_WORDS_H

#ifdef TERN_OPS_WORDS
#include TERN_OPS_WORDS
#else
#include "kernels/float_plain.h"
#endif

#include <math.h>
#include <stddef.h>
#include <string.h>

#define HALVES (16 / LANES)

ALWAYS_INLINE uint32_t sum_of_bits(ireg a) {
    uint32_t lane[LANES], sum = 0;
    memcpy(lane, &a, sizeof lane);
    for (size_t i = 0; i < LANES; i++) sum += lane[i];
    return sum;
}

/* The first `left` floats; zeros behind them. */
ALWAYS_INLINE reg from_some(const float *p, size_t left) {
    float lane[LANES] = {0};
    if (left >= LANES) return from_f32(p);
    memcpy(lane, p, left * sizeof *p);
    return from_f32(lane);
}

/* Sixteen lanes, halves onto halves: 8, 4, 2, 1. */
static inline float fold(const reg v[HALVES]) {
    float lane[16];
    for (size_t j = 0; j < HALVES; j++) to_f32(lane + j * LANES, v[j]);
    for (size_t n = 8; n; n /= 2)
        for (size_t i = 0; i < n; i++) lane[i] += lane[i + n];
    return lane[0];
}

#define MAGIC 12582912.0f /* 1.5 * 2^23: a sum with it ends in the whole number, rounded half to even */

/* exp(x) for x <= 88: 2^n * p(r), |r| <= ln(2)/2, whose Taylor remainder r^8/8! is below 6e-9. x below -87, and
 * NaN, give the value at -87, 1.6e-38. There n = -126 and p > 1, so the result is never subnormal. */
ALWAYS_INLINE reg exponential(reg x) {
    x = larger(x, all(-87.0f));
    const reg whole = fused(x, all(1.44269504f), all(MAGIC)), n = minus(whole, all(MAGIC));
    const reg r = fused(n, all(2.12194440e-4f), fused(n, all(-0.693359375f), x));
    reg p = fused(r, all(1.0f / 5040), all(1.0f / 720));
    p = fused(p, r, all(1.0f / 120));
    p = fused(p, r, all(1.0f / 24));
    p = fused(p, r, all(1.0f / 6));
    p = fused(p, r, all(0.5f));
    p = fused(p, r, all(1.0f));
    p = fused(p, r, all(1.0f));
    return raised(p, whole);
}

/* 1 / sqrt(mean(x^2) + eps), which a norm multiplies x by. Two times sixteen lanes, then what is left. */
static inline float factor_of_norm(const float *x, size_t n, float eps) {
    reg acc[2 * HALVES];
    size_t i = 0;
    UNROLL for (size_t j = 0; j < 2 * HALVES; j++) acc[j] = all(0);
    for (; i + 32 <= n; i += 32) UNROLL for (size_t j = 0; j < 2 * HALVES; j++) {
            const reg v = from_f32(x + i + j * LANES);
            acc[j] = plus(acc[j], times(v, v));
        }
    UNROLL for (size_t j = 0; j < HALVES; j++) acc[j] = plus(acc[j], acc[HALVES + j]);
    float sum = fold(acc);
    for (; i < n; i++) sum += x[i] * x[i];
    return 1.0f / sqrtf(sum / (float)n + eps);
}

#endif
