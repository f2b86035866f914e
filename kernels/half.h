/* IEEE 754 binary16 <-> binary32, exact and portable. */
#ifndef TERN_KERNELS_HALF_H
#define TERN_KERNELS_HALF_H

#include <stdint.h>
#include <string.h>

static inline float tern_f16_to_f32(uint16_t h) {
    const uint32_t sign = (uint32_t)(h & 0x8000u) << 16, em = h & 0x7fffu;
    uint32_t bits;
    float f;
    if (em >= 0x7c00u)
        bits = sign | 0x7f800000u | (em & 0x3ffu) << 13; /* infinity, NaN */
    else if (em >= 0x0400u)
        bits = sign | ((em << 13) + 0x38000000u);
    else { /* subnormal: em * 2^-24 */
        f = (float)em * 0x1p-24f;
        return sign ? -f : f;
    }
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* Rounds to nearest even; too large becomes infinity. */
static inline uint16_t tern_f32_to_f16(float f) {
    uint32_t x;
    memcpy(&x, &f, sizeof x);
    const uint16_t sign = (uint16_t)(x >> 16 & 0x8000u);
    x &= 0x7fffffffu;
    if (x > 0x7f800000u) return sign | 0x7e00u;
    if (x >= 0x477ff000u) return sign | 0x7c00u;
    if (x < 0x38800000u) { /* below the smallest normal: adding 0.5 aligns and rounds the bits */
        float a;
        memcpy(&a, &x, sizeof a);
        a += 0.5f;
        memcpy(&x, &a, sizeof x);
        return sign | (uint16_t)(x - 0x3f000000u);
    }
    x += 0xc8000fffu + (x >> 13 & 1u);
    return sign | (uint16_t)(x >> 13);
}

#endif
