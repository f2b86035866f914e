/* The proofs of this process, for earlier.c alone. */
#ifndef TERN_KERNELS_VERIFY_EARNED_H
#define TERN_KERNELS_VERIFY_EARNED_H

#include "kernels/variant.h"

enum tern_earned { TERN_NOT_EARNED, TERN_EARNED_EARLIER, TERN_EARNED_HERE };

enum tern_earned tern_verify_earned(const struct tern_variant *v);
/* A quick proof without running anything; 0 when this CPU cannot run the variant, or it is proved already. */
int tern_verify_credit(const struct tern_variant *v);

#endif
