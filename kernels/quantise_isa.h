/* The quantiser's vector forms; called through tern_quantise_for only. */
#ifndef TERN_KERNELS_QUANTISE_ISA_H
#define TERN_KERNELS_QUANTISE_ISA_H

#include "kernels/quantise.h"

tern_quantise_fn tern_quantise_avx2;
tern_quantise_fn tern_quantise_avx512bw;

#endif
