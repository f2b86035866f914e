/* a * b + c with one rounding, on every machine the same bits.
 *
 * Where the processor has no such instruction, the product is exact in double (48 of 53 bits) and the sum is
 * rounded to odd (its last bit set when anything was lost), so that the second rounding to float cannot tie
 * wrongly. Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", IEEE TC 57 (4), 2008. */
#ifndef TERN_KERNELS_FUSED_H
#define TERN_KERNELS_FUSED_H

#include <stdint.h>
#include <string.h>

/* The emulation itself, for the test that compares it with fmaf(). */
static inline float tern_fused_emulated(float a, float b, float c) {
    const double product = (double)a * (double)b, sum = product + (double)c;
    const double back = sum - product;
    const double lost =
        (product - (sum - back)) + ((double)c - back); /* exact (Knuth); NaN beside infinity */
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    const uint64_t even = ~bits & 1, away = (lost > 0) == (sum > 0), inexact = (lost > 0) | (lost < 0);
    bits += (even & inexact) * (2 * away - 1); /* one step away from zero, or towards it */
    double odd;
    memcpy(&odd, &bits, sizeof odd);
    return (float)odd;
}

static inline float tern_fused(float a, float b, float c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__FP_FAST_FMAF)
    return __builtin_fmaf(a, b, c);
#else
    return tern_fused_emulated(a, b, c);
#endif
}

#endif
