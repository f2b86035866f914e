/* The byte of layout e80: five rows at one column. Packed by e80.c; rows and columns lie as in panel.h.
 *
 * Digit d_f = trit + 1 (0..2) is that of row lane + 16 * f. With c = d0 + 3*d1 + 9*d2 + 27*d3 (0..80):
 *
 *     bits   7 6         5 4 3 2 1 0
 *            d4          c                    if c < 64                    bytes 0x00 .. 0xbf
 *            3           17 * d4 + c - 64     else (51 of 64 values)       bytes 0xc0 .. 0xf2
 *
 * So one look-up by the low six bits (vpermb ignores the other two) gives four digits at once, and only bytes
 * from 0xc0 on need a second one. 0xf3 .. 0xff stand for no trits. */
#ifndef TERN_KERNELS_FORMATS_MEMORY_E80_H
#define TERN_KERNELS_FORMATS_MEMORY_E80_H

#include <stdint.h>

/* Tables indexed by the low six bits of a byte, each filled for all 64 indices:
 *   plain[c]     byte < 0xc0: d0 .. d3 as four 2-bit fields
 *   escape[j]    byte >= 0xc0: the same, of j = 17 * d4 + c - 64
 *   fifth[j]     byte >= 0xc0: 64 * d4
 *   whole[j]     byte >= 0xc0: 64 * d4 + c, what a byte below 0xc0 is by itself */
extern const uint8_t tern_e80_plain[64], tern_e80_escape[64], tern_e80_fifth[64], tern_e80_whole[64];

#endif
