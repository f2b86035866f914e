/* Split K: a second way to share one GEMV among threads. Each thread takes a slice of the columns, over all
 * rows, and the int32 partial sums are added. That is exact, so the results are bit for bit those of sharing
 * rows. It pays where rows are few and columns many, because then panels of rows do not divide evenly among
 * the threads.
 *
 * Nothing is packed again. In layouts of row panels the columns of a panel lie one after another, and the
 * bytes of a panel from a column on are a small matrix of the same format (column_at in struct tern_format).
 * So a slice is one call of the variant for each panel. Layouts of single rows would need a call for each
 * row, and some variants build tables in each call: these do not split, and tern_variant_splits says why. */
#ifndef TERN_KERNELS_SPLIT_H
#define TERN_KERNELS_SPLIT_H

#include "kernels/proof.h"

/* 1 when K can be split for this variant at this shape and one token; else 0 and *why (may be NULL). */
int tern_variant_splits(const struct tern_variant *v, size_t m, size_t k, const char **why);
/* Slices are computed in panels of so many rows, and begin at multiples of so many columns. Only for variants
 * that split. */
size_t tern_slice_rows(const struct tern_variant *v, size_t m, size_t k);
size_t tern_slice_step(const struct tern_variant *v);
/* Slice s of `slices` has the columns [*from, *to). It may be empty. */
void tern_slice_share(const struct tern_variant *v, size_t k, size_t s, size_t slices, size_t *from,
                      size_t *to);

/* Bytes of scratch that a thread needs for any of `slices` slices of this call, a multiple of a cache line.
 * The call has one token; c->w.data, c->x->q and c->shared need not be there yet. */
size_t tern_slice_scratch(const struct tern_proof *p, const struct tern_call *c, size_t slices);
/* Copies the activations of slice s to `scratch` and does what the variant prepares of them. `scratch` is
 * 64-byte aligned and has tern_slice_scratch() bytes that no other thread uses. Call this before
 * tern_slice_run() of the same slice. */
void tern_slice_prepare(const struct tern_proof *p, const struct tern_call *c, size_t s, size_t slices,
                        void *scratch);
/* Writes the partial sums of rows [row0, row1) over slice s to sums[row]. row0 is a multiple of
 * tern_slice_rows(), row1 too unless it is M. c->y, c->ldy and c->shared are not used. */
void tern_slice_run(const struct tern_proof *p, const struct tern_call *c, size_t s, size_t slices,
                    size_t row0, size_t row1, void *scratch, int32_t *sums);
/* Adds the partial sums of all slices: y[i] = sum over s of sums[s * stride + i], for i < n. */
void tern_slices_add(const int32_t *sums, size_t slices, size_t stride, size_t n, int32_t *y);

#endif
