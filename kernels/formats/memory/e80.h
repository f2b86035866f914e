/* The code of layout e80, shared by its packer and its kernels. */
#ifndef TERN_KERNELS_FORMATS_MEMORY_E80_H
#define TERN_KERNELS_FORMATS_MEMORY_E80_H

#include <stdint.h>

/* Tables indexed by the low six bits of a byte, each filled for all 64 indices:
 *   plain[c]   the digits of c = d0 + 3*d1 + 9*d2 + 27*d3 as four 2-bit fields (byte < 192, whose quadrant is
 * d4) escape[j]  the same for a byte >= 192, where j = 17*d4 + (c - 64) fifth[j]   64*d4 for a byte >= 192 */
extern const uint8_t tern_e80_plain[64], tern_e80_escape[64], tern_e80_fifth[64], tern_e80_whole[64];

#endif
