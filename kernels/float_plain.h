/* The words of the float operations (kernels/float_words.h), in plain C. */
#ifndef TERN_KERNELS_FLOAT_PLAIN_H
#define TERN_KERNELS_FLOAT_PLAIN_H

#include "kernels/fused.h"
#include "kernels/half.h"
#include "kernels/unroll.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANES 16
typedef struct {
    float lane[LANES];
} reg;
typedef struct {
    uint32_t lane[LANES];
} ireg;
#define LANES_OF(expression)                                                                                 \
    reg v;                                                                                                   \
    for (size_t i = 0; i < LANES; i++) v.lane[i] = (expression);                                             \
    return v
static inline uint32_t bits_of(float x) {
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}
static inline float of_bits(uint32_t b) {
    float x;
    memcpy(&x, &b, sizeof x);
    return x;
}

ALWAYS_INLINE reg all(float x) {
    LANES_OF(x);
}

ALWAYS_INLINE reg from_f32(const float *p) {
    LANES_OF(p[i]);
}

ALWAYS_INLINE reg from_f16(const uint16_t *p) {
    LANES_OF(tern_f16_to_f32(p[i]));
}

ALWAYS_INLINE reg from_i8(const int8_t *p) {
    LANES_OF((float)p[i]);
}

ALWAYS_INLINE reg from_i32(const int32_t *p) {
    LANES_OF((float)p[i]);
}

ALWAYS_INLINE void to_f32(float *p, reg a) {
    memcpy(p, a.lane, sizeof a.lane);
}

ALWAYS_INLINE void to_f16(uint16_t *p, reg a) {
    for (size_t i = 0; i < LANES; i++) p[i] = tern_f32_to_f16(a.lane[i]);
}

ALWAYS_INLINE reg plus(reg a, reg b) {
    LANES_OF(a.lane[i] + b.lane[i]);
}

ALWAYS_INLINE reg minus(reg a, reg b) {
    LANES_OF(a.lane[i] - b.lane[i]);
}

ALWAYS_INLINE reg times(reg a, reg b) {
    LANES_OF(a.lane[i] * b.lane[i]);
}

ALWAYS_INLINE reg over(reg a, reg b) {
    LANES_OF(a.lane[i] / b.lane[i]);
}

ALWAYS_INLINE reg fused(reg a, reg b, reg c) {
    LANES_OF(tern_fused(a.lane[i], b.lane[i], c.lane[i]));
}

ALWAYS_INLINE reg fused_all(reg a, float b, reg c) {
    return fused(a, all(b), c);
}

ALWAYS_INLINE reg larger(reg a, reg b) {
    LANES_OF(a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]);
}

ALWAYS_INLINE reg smaller(reg a, reg b) {
    LANES_OF(a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]);
}

ALWAYS_INLINE reg magnitude(reg a) {
    LANES_OF(fabsf(a.lane[i]));
}

/* 0 where a is NaN. */
ALWAYS_INLINE reg number(reg a) {
    LANES_OF(a.lane[i] == a.lane[i] ? a.lane[i] : 0);
}

ALWAYS_INLINE reg raised(reg a, reg n) {
    LANES_OF(of_bits(bits_of(a.lane[i]) + (bits_of(n.lane[i]) << 23)));
}

/* The bits of the lanes: their lowest bytes; their sums. */
ALWAYS_INLINE void to_low_bytes(int8_t *p, reg a) {
    for (size_t i = 0; i < LANES; i++) p[i] = (int8_t)(uint8_t)bits_of(a.lane[i]);
}

ALWAYS_INLINE ireg no_bits(void) {
    return (ireg){{0}};
}

ALWAYS_INLINE ireg plus_bits(ireg a, reg b) {
    for (size_t i = 0; i < LANES; i++) a.lane[i] += bits_of(b.lane[i]);
    return a;
}

#define MANY      4
#define MANY_REGS 1
#define SOME      2
#define SOME_REGS 1
#define ONE_REGS  1

#endif
