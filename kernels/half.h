/* IEEE 754 binary16 <-> binary32, exact and portable. */
#ifndef TERN_KERNELS_HALF_H
#define TERN_KERNELS_HALF_H

#include <stdint.h>
#include <string.h>

/* Without a branch, so that loops become vectors. A subnormal half is a whole number of 2^-24, and takes the way over an
 * integer: as a float with its bits moved it would be subnormal too, and cost an assist of the processor at every use.
 * The scales of Q6_K blocks often are such. Infinities and NaN get their exponent afterwards. */
static inline float tern_f16_to_f32(uint16_t h) {
    const uint32_t em = h & 0x7fffu, small = (em < 0x0400u) * UINT32_MAX,
                   special = (em >= 0x7c00u) * 0x7f800000u;
    const float whole = (float)(int32_t)em * 0x1p-24f;
    uint32_t tiny, bits;
    float f;
    memcpy(&tiny, &whole, sizeof tiny);
    bits = (tiny & small) | (((em << 13) + 0x38000000u) & ~small) | special | (uint32_t)(h & 0x8000u) << 16;
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
