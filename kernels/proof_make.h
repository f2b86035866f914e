/* How a proof is made. Only proof.c and the verifier (kernels/verify/) include this header, and those tests
 * of kernels that compare results with the reference themselves. tests/kernels/unproved.sh refuses anybody
 * else. */
#ifndef TERN_KERNELS_PROOF_MAKE_H
#define TERN_KERNELS_PROOF_MAKE_H

#include "kernels/proof.h"

struct tern_proof {
    const struct tern_variant *variant;
    tern_run_fn *run;
};

/* What the proof of this variant will be if it passes. The verifier needs it to run the variant, by the same
 * functions as everybody else. `v` is an entry of the registry. */
struct tern_proof tern_proof_of(const struct tern_variant *v);

#endif
