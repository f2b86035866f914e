/* Register pressure. gcc 12 moves loads and masks up as far as it can before it knows how many registers there are, and then spills
 * sums in the inner loops. Included before anything is defined. */
#ifndef TERN_KERNELS_ARM_PRESSURE_H
#define TERN_KERNELS_ARM_PRESSURE_H

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-schedule-insns")
#endif

#endif
