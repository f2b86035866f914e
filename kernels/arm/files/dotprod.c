/* One token by files as they are, with sdot. */
#include "kernels/arm/vec_dotprod.h"

#include "kernels/arm/files/gemv.h"

FILES_GEMV(dotprod)
