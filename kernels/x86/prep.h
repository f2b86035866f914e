/* What the x86 kernels want done to the activations before any row is computed. Internal to kernels/x86/. */
#ifndef TERN_KERNELS_X86_PREP_H
#define TERN_KERNELS_X86_PREP_H

#include "kernels/prep/prep.h"

/* Scratch: the decoded codes of 63 groups of a half panel, five digits each (e80 on AVX2). */
extern const struct tern_prep tern_prep_codes;
/* Activations of two consecutive 128-blocks side by side, so that a zmm load of 2-bit codes in the order of I2_S or TQ2_0
 * meets them: shared[t][K/256][4][64]. */
extern const struct tern_prep tern_prep_pair128;
/* Activations widened to int16: shared[t][K rounded up to 64]. */
extern const struct tern_prep tern_prep_wide;
/* t24. Scratch for activations repeated in the order of a narrow panel. */
extern const struct tern_prep tern_prep_spread;

/* Look-up, several tokens. Scratch: the tables of one block of columns, which every worker builds for itself in each
 * call. */
extern const struct tern_prep tern_prep_tables_g3w, tern_prep_tables_g5;
/* Look-up, one token. Shared: the tables of all columns, built by all workers together.
 *   lut2, lut3, lutbits   32 bytes per group: 16 low digits, 16 high digits
 *   lut3w        64 bytes per group: 32 int16
 *   lut4, lut5   256 bytes per group: 128 low digits, 128 high digits
 *   lut5w        256 bytes per group: 128 int16 */
extern const struct tern_prep tern_prep_lut2_ssse3, tern_prep_lut3_ssse3, tern_prep_lutbits_ssse3;
extern const struct tern_prep tern_prep_lut2_avx2, tern_prep_lut3_avx2, tern_prep_lutbits_avx2;
extern const struct tern_prep tern_prep_lut2_avx512bw, tern_prep_lut3_avx512bw, tern_prep_lutbits_avx512bw,
    tern_prep_lut3w_avx512bw, tern_prep_lut5w_avx512bw;
extern const struct tern_prep tern_prep_lut4_avx512vbmi, tern_prep_lut5_avx512vbmi;

/* The signs of the activations, one bit each (kernels/prep/signs.h), gathered by vector instructions. */
extern const struct tern_prep tern_prep_signs_avx2, tern_prep_signs_avx512bw;

#endif
