/* The words of the f32 steps (kernels/dense/f32_words.h), in plain C. */
#ifndef TERN_KERNELS_DENSE_F32_PLAIN_H
#define TERN_KERNELS_DENSE_F32_PLAIN_H

#include "kernels/lanes.h"

typedef uint16_t h16 __attribute__((vector_size(32)));

static inline v16 load_half(const uint16_t *p) {
    v16 v;
    h16 h;
    memcpy(&h, p, sizeof h);
    const i16 x = __builtin_convertvector(h, i16), em = (x & 0x7fff) << 13, sign = (x & 0x8000) << 16;
    const v16 magnitude = (v16)em * 0x1p112f; /* moves the exponent; exact for subnormals too */
    const i16 special = (i16)(em >= 0x7c00 << 13) & 0x7f800000;
    v = (v16)((i16)magnitude | special | sign);
    return v;
}

static inline v16 load_bytes(const int8_t *p) {
    v16 v;
    float f[16];
    for (size_t i = 0; i < 16; i++) f[i] = (float)p[i];
    memcpy(&v, f, sizeof v);
    return v;
}

static inline size_t store_halves(const float *x, size_t n, uint16_t *out) {
    (void)x, (void)n, (void)out;
    return 0;
}

enum { MANY_REGISTERS = 0 };

#endif
