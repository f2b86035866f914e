/* How a verification case computes its rows: in the shares of several workers, or in slices of K. The shares run one
 * after another, or at the same time in a pool of threads. Internal to kernels/. */
#ifndef TERN_KERNELS_VERIFY_SHARES_H
#define TERN_KERNELS_VERIFY_SHARES_H

#include "base/memory.h"
#include "kernels/proof.h"
#include "kernels/verify/case.h"

/* What shares work in, between guard pages. Zero-filled at first. */
struct tern_shares {
    struct tern_guard shared; /* of slices: their sums */
    struct tern_guard local[TERN_CASE_TOGETHER_MAX];
};

/* Guarded memory that ends at the page when that keeps the alignment that the contract promises. 0 on success. */
int tern_case_guard(struct tern_guard *g, size_t bytes, int end, size_t align);

/* Computes rows [c->row0, c->row1) of the call. 0: there is no memory or no thread. */
int tern_shares_run(struct tern_shares *s, const struct tern_proof *p, const struct tern_case *c,
                    struct tern_call *call);
/* 1 when no byte around a buffer was written. */
int tern_shares_intact(const struct tern_shares *s);
void tern_shares_drop(struct tern_shares *s);

#endif
