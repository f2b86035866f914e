/* Five trits in a byte, as TQ1_0 and IQ1_BN write them: the number q = 0..242 of five base-3 digits is stored
 * as ceil(q * 256 / 243), so that the first n digits are (byte * 3^n) >> 8 and no division is needed to
 * decode. */
#ifndef TERN_KERNELS_FORMATS_FILE_BASE3_H
#define TERN_KERNELS_FORMATS_FILE_BASE3_H

#include <stdint.h>

enum { TERN_BASE3_NONE = 243 };

static inline uint8_t tern_base3_byte(unsigned q) {
    return (uint8_t)(q + (13 * q + 242) / 243); /* (256*q + 242) / 243 */
}

/* The number a byte stands for; TERN_BASE3_NONE for the 13 bytes that stand for none. */
static inline unsigned tern_base3_number(uint8_t byte) {
    const unsigned q = byte * 243u >> 8;
    return tern_base3_byte(q) == byte ? q : TERN_BASE3_NONE;
}

/* The five digits of q, most significant first; 3 3 3 3 3 for TERN_BASE3_NONE. */
static inline void tern_base3_digits(unsigned q, uint8_t *digit) {
    for (int i = 4; i >= 0; i--, q /= 3) digit[i] = (uint8_t)(q % 3);
    if (q) digit[0] = digit[1] = digit[2] = digit[3] = digit[4] = 3; /* q was 243 */
}

#endif
