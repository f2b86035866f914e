/* One token by files as they are, with smlal and int16 sums. */
#include "kernels/arm/vec_neon.h"

#include "kernels/arm/files/bits.h"
#include "kernels/arm/files/columns.h"
#include "kernels/arm/files/fields.h"
#include "kernels/arm/files/fours.h"
#include "kernels/arm/files/fractions.h"
#include "kernels/arm/product.h"

TERN_FILES(TERN_FILE_NEON, FILE_RUN)
