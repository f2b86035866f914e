/* Base-3 digits of many bytes at once, at any register width. */
#ifndef TERN_KERNELS_X86_GEMM_DIGITS_H
#define TERN_KERNELS_X86_GEMM_DIGITS_H

#include "kernels/unroll.h"

/* x - step where x >= step: below it the difference wraps and is large. */
ALWAYS_INLINE vec less(vec x, int step) {
    return V(min_epu8)(x, v_sub8(x, v_bytes(step)));
}

/* The digits of 0, step and 2 * step by their low four bits. */
_Alignas(16) static const uint8_t digit_9[16] = {[9] = 1, [18 & 15] = 2};
_Alignas(16) static const uint8_t digit_27[16] = {[27 & 15] = 1, [54 & 15] = 2};
_Alignas(16) static const uint8_t digit_81[16] = {[81 & 15] = 1, [162 & 15] = 2};

/* x / step, which is 0, 1 or 2; *rest = x % step. */
ALWAYS_INLINE vec digit_of(vec x, int step, const uint8_t *digit, vec *rest) {
    *rest = less(less(x, step), step);
    const vec multiple = v_sub8(x, *rest);
    return v_look16(v_table(digit), step > 63 ? v_and(multiple, v_bytes(15)) : multiple);
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
    digit[2] = digit_of(x, 9, digit_9, &rest);
    two_digits(rest, digit);
}

ALWAYS_INLINE void four_digits(vec x, vec digit[4]) {
    vec rest;
    digit[3] = digit_of(x, 27, digit_27, &rest);
    three_digits(rest, digit);
}

ALWAYS_INLINE void five_digits(vec x, vec digit[5]) {
    vec rest;
    digit[4] = digit_of(x, 81, digit_81, &rest);
    four_digits(rest, digit);
}

#endif
