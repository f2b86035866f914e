/* Ones counted in every byte. */
#ifndef TERN_KERNELS_X86_SIGNS_ONES_H
#define TERN_KERNELS_X86_SIGNS_ONES_H

#include <stdalign.h>

/* By look-up of both halves of a byte: 2 and, 1 shift, 2 shuffles, 1 add. */
ALWAYS_INLINE vec ones_of_bytes(vec x) {
    static const alignas(16) uint8_t nibble[16] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
    const vec low = v_and(x, v_bytes(15)), high = v_and(v_shr16(x, 4), v_bytes(15));
    return v_add8(v_look16(v_table(nibble), low), v_look16(v_table(nibble), high));
}

#endif
