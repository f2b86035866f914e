/* What the kernels on files want done to the activations of one token. Internal to kernels/arm/files/.
 *
 *   apart4    in blocks of 64 columns: those whose number is 0, 1, 2, 3 modulo 4, sixteen each
 *   apart8    in blocks of 128 columns: those whose number is 0, .. 7 modulo 8, sixteen each */
#ifndef TERN_KERNELS_ARM_FILES_PREP_H
#define TERN_KERNELS_ARM_FILES_PREP_H

#include "kernels/prep/prep.h"

extern const struct tern_prep tern_prep_apart4, tern_prep_apart8;

#endif
