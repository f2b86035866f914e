/* Row decoders of vlut.cpp's formats (vlut.c draws the bytes). */
#ifndef TERN_KERNELS_FORMATS_FILE_VLUT_H
#define TERN_KERNELS_FORMATS_FILE_VLUT_H

#include <stddef.h>
#include <stdint.h>

/* Digits of a number below 3^count, first trit least significant. */
static inline void tern_vlut_digits(unsigned q, int count, unsigned limit, uint8_t *code) {
    const int none = q >= limit;
    for (int j = 0; j < count; j++, q /= 3) code[j] = none ? 3 : (uint8_t)(q % 3);
}

static inline void tern_vlut2_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    for (size_t g = 0; g < k / 4; g++) tern_vlut_digits(data[g * m + row], 4, 81, code + 4 * g);
}

static inline void tern_vlut1_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    const size_t fives = k / 20 * 4;
    for (size_t g = 0; g < fives; g++) tern_vlut_digits(data[g * m + row], 5, 243, code + 5 * g);
    tern_vlut2_row(data + fives * m, m, k - 5 * fives, row, code + 5 * fives);
}

#endif
