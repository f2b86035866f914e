#include "measure/ceilings/arm/sve.h"

/* In each 16 bytes two rows of eight by two columns of eight. */
#define STEP(s) __asm__ volatile("smmla %0.s, %1.b, %2.b" : "+w"(s) : "w"(a), "w"(b))

TERN_SVE_INT8(tern_int8_smmla_z, STEP)
