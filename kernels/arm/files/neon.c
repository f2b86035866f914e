/* One token by files as they are, with smlal and int16 sums. */
#include "kernels/arm/vec_neon.h"

#include "kernels/arm/files/gemv.h"

FILES_GEMV(neon)
