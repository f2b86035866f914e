/* A vector as planes of bytes, for rows of Q6_K blocks.
 *
 * A block of 256 weights is sixteen groups of sixteen: d * scale[j] * (code - 32). The codes lie so that int32 lane j of a
 * dot product of bytes belongs to group j (q6_lanes.h). The vector becomes three planes of int8 and a power of two per
 * block, x = (high * 2^16 + middle * 2^8 + low) * step, |x| <= 2^22 step. Integers have no order, so every level gives the
 * same bits. The planes lose at most 2^-18 |row| |x|: half a step is 2^-22 of the block's largest value, and a block's sum
 * of magnitudes is at most 16 times its norm. */
#ifndef TERN_KERNELS_DENSE_Q6_PLANES_H
#define TERN_KERNELS_DENSE_Q6_PLANES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

enum { Q6_SEGMENT = 8192 }; /* columns whose planes are kept at a time; a longer row is summed in segments */

struct q6_planes {
    _Alignas(64) int8_t high[Q6_SEGMENT], middle[Q6_SEGMENT], low[Q6_SEGMENT];
    _Alignas(64) int32_t zero_high[Q6_SEGMENT / 16],
        zero_rest[Q6_SEGMENT / 16]; /* -32 times the group's sum */
    float step[Q6_SEGMENT / 256];
};

/* A power of two by which the block is divided; 0 when it is not finite. */
static inline float q6_step(const float *x) {
    float top = 0;
    int e, bad = 0;
    for (size_t j = 0; j < 256; j++) {
        const float v = fabsf(x[j]);
        top = v > top ? v : top;
        bad |= !(v <= 0x1.fffffep127f);
    }
    if (bad) return 0;
    frexpf(top, &e);
    return ldexpf(1, (e < -90 ? -90 : e) - 22); /* what is below 2^-113 counts as nothing */
}

static inline int q6_split(const float *x, size_t k, struct q6_planes *p) {
    for (size_t i = 0; i < k; i += 256) {
        const float step = p->step[i / 256] = q6_step(x + i);
        if (!(step > 0)) return 0;
        const float inverse = 1 / step;
        for (size_t j = 0; j < 16; j++) {
            int32_t above = 0, rest = 0;
            for (size_t c = 0; c < 16; c++) {
                const size_t at = i + c / 4 * 64 + 4 * j + c % 4;
                const int32_t n = (int32_t)rintf(x[i + 16 * j + c] * inverse);
                const int32_t low = ((n + 128) & 255) - 128, more = (n - low) / 256;
                const int32_t middle = ((more + 128) & 255) - 128, high = (more - middle) / 256;
                p->high[at] = (int8_t)high, p->middle[at] = (int8_t)middle, p->low[at] = (int8_t)low;
                above += high, rest += middle * 256 + low;
            }
            p->zero_high[i / 16 + j] = -32 * above;
            p->zero_rest[i / 16 + j] = -32 * rest;
        }
    }
    return 1;
}

#endif
