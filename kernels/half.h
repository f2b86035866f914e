/* IEEE 754 binary16 <-> binary32, exact and portable. */
#ifndef TERN_KERNELS_HALF_H
#define TERN_KERNELS_HALF_H

#include <stdint.h>
#include <string.h>

/* Without a branch, so that loops become vectors. The multiplication moves the exponent, and is exact for subnormal
 * numbers too; infinities and NaN get theirs afterwards. */
static inline float tern_f16_to_f32(uint16_t h) {
    const uint32_t em = (uint32_t)(h & 0x7fffu) << 13;
    const uint32_t special = (em >= (uint32_t)0x7c00 << 13) * 0x7f800000u;
    uint32_t bits;
    float f;
    memcpy(&f, &em, sizeof f);
    f *= 0x1p112f;
    memcpy(&bits, &f, sizeof bits);
    bits |= special | (uint32_t)(h & 0x8000u) << 16;
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
