/* What the ARM kernels want done to the activations before any row is computed. Internal to kernels/arm/. */
#ifndef TERN_KERNELS_ARM_PREP_H
#define TERN_KERNELS_ARM_PREP_H

#include "kernels/prep/prep.h"

/* Look-up, one token. Shared: the tables of all columns, built by all workers together: 32 bytes per pair of columns, 16 low digits
 * and 16 high digits. */
extern const struct tern_prep tern_prep_lut2_neon;
/* The same in the order of pairs that TL1 has. */
extern const struct tern_prep tern_prep_luttl1_neon;
/* The signs of the activations, one bit each (kernels/prep/signs.h), gathered by vector instructions. */
extern const struct tern_prep tern_prep_signs_neon;

#endif
