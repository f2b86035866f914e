/* The byte of layout b80: five rows at one column as a fraction. Packed by b80.c; rows and columns lie as in
 * panel.h.
 *
 * With t_f the trit of row lane + 16 * f and N = 81*t0 + 27*t1 + 9*t2 + 3*t3 + t4 (-121..121), the byte is the
 * signed x0 = round(256 * N / 243), -127..127: the fraction N / 243 in units of 1/256. Multiplying by 3 moves
 * a digit out at the top. With x_n = 3 * x_(n-1) mod 256, signed as well,
 *
 *     3 * x_(n-1) - x_n = 256 * t_(n-1)    exactly, for all 243 bytes and n = 1 .. 5.
 *
 * So no kernel extracts a digit: with S_n the sum of x_n * a over the columns, row f is
 * (3 * S_f - S_(f+1)) / 256. Sums may wrap in 32 bits; 256 * row, at most 256 * 128 * K, must fit: hence
 * TERN_B80_K_MAX, and a longer K is left to scalar code.
 *
 * Signed bytes suit sdot. Instructions that want them unsigned (vpdpbusd, vpmaddubsw, usdot) take x0 ^ 0x80 =
 * x0 + 128: as 3 * 128 = 128 mod 256, the recurrence stays as it is, all x_n become x_n + 128, and what comes
 * out is the digit t + 1. With A the sum of the activations 3 * S_f - S_(f+1) is then 256 * (row + A), from
 * which 256 * A is taken, modulo 2^32, before the division: the bound stays the same.
 *
 * 13 bytes (-128 among them) stand for no trits. */
#ifndef TERN_KERNELS_FORMATS_MEMORY_B80_H
#define TERN_KERNELS_FORMATS_MEMORY_B80_H

#include <stddef.h>
#include <stdint.h>

enum { TERN_B80_K_MAX = 65535 };

/* The byte of N, and from it the code (trit + 1) of row lane + 16 * f. */
static inline uint8_t tern_b80_byte(int n) {
    return (uint8_t)((256 * n + 121 + 243 * 128) / 243 - 128);
}

static inline uint8_t tern_b80_code(uint8_t byte, size_t f) {
    unsigned x = byte ^ 0x80u;
    for (size_t n = 0; n < f; n++) x = 3 * x & 0xff;
    return (uint8_t)(3 * x >> 8);
}

#endif
