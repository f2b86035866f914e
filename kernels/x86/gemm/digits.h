/* Base-3 digits of many bytes at once, at any register width. */
#ifndef TERN_KERNELS_X86_GEMM_DIGITS_H
#define TERN_KERNELS_X86_GEMM_DIGITS_H

#include "kernels/unroll.h"

/* x / step, which is 0, 1 or 2; *rest = x % step. Saturating subtraction leaves something where x >= step. */
ALWAYS_INLINE vec digit_of(vec x, int step, vec *rest) {
    const vec one = v_bytes(1);
    const vec once = V(min_epu8)(V(subs_epu8)(x, v_bytes(step - 1)), one);
    const vec twice = V(min_epu8)(V(subs_epu8)(x, v_bytes(2 * step - 1)), one);
    const vec digit = v_add8(once, twice);
    _Alignas(16) const int8_t times[16] = {0, (int8_t)step, (int8_t)(2 * step)};
    *rest = v_sub8(x, v_look16(v_table(times), digit));
    return digit;
}

/* Of bytes below 9. */
ALWAYS_INLINE void two_digits(vec x, vec digit[2]) {
    _Alignas(16) static const uint8_t ones[16] = {0, 1, 2, 0, 1, 2, 0, 1, 2};
    _Alignas(16) static const uint8_t threes[16] = {0, 0, 0, 1, 1, 1, 2, 2, 2};
    digit[0] = v_look16(v_table(ones), x);
    digit[1] = v_look16(v_table(threes), x);
}

/* Of bytes below 27, 81 and 243. */
ALWAYS_INLINE void three_digits(vec x, vec digit[3]) {
    vec rest;
    digit[2] = digit_of(x, 9, &rest);
    two_digits(rest, digit);
}

ALWAYS_INLINE void four_digits(vec x, vec digit[4]) {
    vec rest;
    digit[3] = digit_of(x, 27, &rest);
    three_digits(rest, digit);
}

ALWAYS_INLINE void five_digits(vec x, vec digit[5]) {
    vec rest;
    digit[4] = digit_of(x, 81, &rest);
    four_digits(rest, digit);
}

#endif
