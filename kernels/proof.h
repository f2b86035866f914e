/* A proof: evidence that a variant gave right results, in this process or, for the engine, in an earlier one of the same
 * build on the same machine (kernels/verify/earlier.h); and the only way to run it.
 *
 * A variant (kernels/variant.h) only describes. Its functions can be reached through a proof alone, and
 * tern_prove (kernels/verify/verify.h) is the only function that hands out proofs. The type is opaque, so
 * code that forgets to prove, or that makes up a proof, does not compile. tests/kernels/unproved.sh shows it.
 */
#ifndef TERN_KERNELS_PROOF_H
#define TERN_KERNELS_PROOF_H

#include "kernels/variant.h"

/* Belongs to the verifier and lives until the process ends. */
struct tern_proof;

const struct tern_variant *tern_proof_variant(const struct tern_proof *p);

/* Bytes of c->shared, and of the scratch that each thread needs, for the shapes and parameters of the call.
 * c->w.data, c->x->q and c->y need not be there yet. */
size_t tern_proof_shared_bytes(const struct tern_proof *p, const struct tern_call *c);
size_t tern_proof_local_bytes(const struct tern_proof *p, const struct tern_call *c);

/* Does the share of worker `worker` of `workers` of what must be done to the activations before any row is
 * computed: it fills c->shared. All shares must be finished before the first tern_proof_run(). There is
 * nothing to do when c->shared has no bytes. */
void tern_proof_prepare(const struct tern_proof *p, const struct tern_call *c, size_t worker, size_t workers);

/* Computes rows [row0, row1) for all tokens. row0 is a multiple of the variant's row_step, row1 too unless it
 * is M. `local` is tern_proof_local_bytes() of 64-byte aligned scratch that no other thread uses. */
void tern_proof_run(const struct tern_proof *p, const struct tern_call *c, size_t row0, size_t row1,
                    void *local);

#endif
