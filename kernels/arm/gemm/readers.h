/* The readers of all layouts (product.h). They are NEON code, which every 64-bit ARM runs, so all levels share them. */
#ifndef TERN_KERNELS_ARM_GEMM_READERS_H
#define TERN_KERNELS_ARM_GEMM_READERS_H

#include "kernels/arm/product.h"
#include "kernels/gemm/quads.h"

#define READER(ON, format, ...) ON(format)
#define DECLARE(format)         extern const struct reader tern_reader_##format;
TERN_READERS(READER, DECLARE)
#undef READER
#undef DECLARE

#endif
