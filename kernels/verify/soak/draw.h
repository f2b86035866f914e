/* A random verification case. Internal to kernels/. */
#ifndef TERN_KERNELS_VERIFY_SOAK_DRAW_H
#define TERN_KERNELS_VERIFY_SOAK_DRAW_H

#include "kernels/verify/case.h"

/* A case that fits the variant; a function of the seed alone. 0 when none was found in a few hundred draws.
 *
 * K: to the longest that the variant takes, short ones and those around blocks more often, now and then the longest itself.
 * N: one in half of the cases, else to 600. M: as many rows as the drawn size of the case allows (2^10 to 2^20 products,
 * one case in 256 to 2^24). Beyond these the parameters, shares or slices, rows, guard pages, the gap between results and
 * the patterns of weights and activations are drawn. */
int tern_case_draw(const struct tern_variant *v, uint64_t seed, struct tern_case *c);

#endif
