/* The beginning of every table of Vec-LUT. To be included behind the words of a level. */
#ifndef TERN_KERNELS_LOOPS_TWO_TRITS_H
#define TERN_KERNELS_LOOPS_TWO_TRITS_H

#include "kernels/unroll.h"

#include <stddef.h>
#include <stdint.h>

/* All sums of two trits times activations: out[d0 + 3 * d1]. `apart`: int16 from column to column. */
ALWAYS_INLINE void two_trits(const int16_t *x, size_t apart, vec out[9]) {
    const vec a = v_load(x), b = v_load(x + apart), none = v_zero();
    const vec sum = v_add16(a, b), difference = v_sub16(a, b);
    out[0] = v_sub16(none, sum);
    out[1] = v_sub16(none, b);
    out[2] = difference;
    out[3] = v_sub16(none, a);
    out[4] = none;
    out[5] = a;
    out[6] = v_sub16(none, difference);
    out[7] = b;
    out[8] = sum;
}

#endif
