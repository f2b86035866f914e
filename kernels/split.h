/* Split K: a second way to share one GEMV among threads. Each takes a slice of the columns, over all rows,
 * and the int32 partial sums are added: exactly, so that the results are those of any other way, bit for bit.
 * It pays where rows are few and columns many, so that panels of rows do not divide evenly among the threads.
 *
 * Nothing is packed anew. In layouts of row panels the columns of a panel lie one after another, and the
 * bytes of a panel from a column on are a small matrix of the same format (struct tern_format, column_at): a
 * slice is a call of the variant for each panel. So every layout of single rows (a call for each
 * row), and every variant that builds tables in each call, is left out, and tern_variant_splits says why. */
#ifndef TERN_KERNELS_SPLIT_H
#define TERN_KERNELS_SPLIT_H

#include "kernels/proof.h"

/* 1 when K can be split for this variant at this shape and one token; else 0 and *why (may be NULL). */
int tern_variant_splits(const struct tern_variant *v, size_t m, size_t k, const char **why);
/* Rows of the panels that slices are computed in, and the multiple at which slices begin. Only of variants
 * that split. */
size_t tern_slice_rows(const struct tern_variant *v, size_t m, size_t k);
size_t tern_slice_step(const struct tern_variant *v);
/* Columns [*from, *to) of slice s of `slices`; may be empty. */
void tern_slice_share(const struct tern_variant *v, size_t k, size_t s, size_t slices, size_t *from,
                      size_t *to);

/* Scratch of one thread for any of `slices` slices of this call, which has one token; c->w.data, c->x->q and
 * c->shared need not be there yet. A multiple of a cache line. */
size_t tern_slice_scratch(const struct tern_proof *p, const struct tern_call *c, size_t slices);
/* Copies the activations of slice s to `scratch` (64-byte aligned, tern_slice_scratch() bytes that no other
 * thread uses) and makes what the variant prepares of them. Call before the rows of that slice. */
void tern_slice_prepare(const struct tern_proof *p, const struct tern_call *c, size_t s, size_t slices,
                        void *scratch);
/* Partial sums of rows [row0, row1) over slice s into sums[row]; row0 is a multiple of tern_slice_rows(),
 * row1 too unless it is M. c->y, c->ldy and c->shared are not used. */
void tern_slice_run(const struct tern_proof *p, const struct tern_call *c, size_t s, size_t slices,
                    size_t row0, size_t row1, void *scratch, int32_t *sums);
/* y[i] = sum over s of sums[s * stride + i] for i < n, where the sums of `slices` slices are `stride` apart.
 */
void tern_slices_add(const int32_t *sums, size_t slices, size_t stride, size_t n, int32_t *y);

#endif
