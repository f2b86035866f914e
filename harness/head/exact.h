/* An exact head in two stages: a cheap scan with a proved bound finds the rows that could matter, and only
 * those are computed in full. docs/exact-head.md derives the bound.
 *
 * "Exact" means that every logit the caller asked for is bit for bit that of the full head. All others are
 * -infinity, and each of them is proved to lie below those that were asked for. */
#ifndef TERN_HARNESS_HEAD_EXACT_H
#define TERN_HARNESS_HEAD_EXACT_H

#include "base/pool.h"
#include "base/status.h"
#include "kernels/dense/head_ops.h"

#include <stddef.h>
#include <stdint.h>

#define TERN_EXACT_TOP_MAX 1024

/* Which logits are needed. */
struct tern_wanted {
    size_t top; /* the `top` largest, with all that tie for the last place; 0: no limit */
    /* > 0: of those only the ones that are at most this far below the largest. */
    double margin;
};

/* 0 when only the full head can answer. */
int tern_exact_can(const struct tern_wanted *want);

struct tern_exact_options {
    int bits;     /* of a code: 6, 7 or 8; 0: 6 */
    size_t block; /* weights that share a scale: 16, 32 or 64; 0: 32 */
    /* The full head's rows are Q6_K: their own codes are scanned, and no copy is made. Bits and block say nothing
     * then; k is a multiple of 256. */
    int in_place;
};

/* The rows of the full head. */
struct tern_exact_full {
    const struct tern_head_ops *ops;
    enum tern_rows type;
    const void *data;
};

struct tern_exact_counts {
    uint64_t steps;      /* tokens answered */
    uint64_t rescored;   /* rows computed in full */
    uint64_t whole;      /* shares of a worker that were computed whole: the scan left too many rows */
    uint64_t whole_rows; /* rows of those shares */
};

struct tern_exact;

/* For a matrix of rows x k. TERN_BAD_INPUT for values of bits or block that do not exist. The memory is not
 * touched yet. */
enum tern_status tern_exact_new(size_t rows, size_t k, size_t workers, const struct tern_exact_options *o,
                                struct tern_exact **out, struct tern_error *e);
void tern_exact_free(struct tern_exact *x);
/* Bytes that one token's scan reads. */
size_t tern_exact_bytes(const struct tern_exact *x);
/* The memory that packing fills, and in how many parts. It can be written to a file and read back. */
struct tern_exact_part {
    void *data;
    size_t bytes;
    int pages; /* data has memory of tern_pages_get() for itself */
};
enum { TERN_EXACT_PARTS = 4 };
size_t tern_exact_parts(struct tern_exact *x, struct tern_exact_part out[TERN_EXACT_PARTS]);

/* For a scan in place: keeps the norm of row r, whose blocks are as the full head wants them. */
void tern_exact_pack_in_place(struct tern_exact *x, size_t r, const void *row);
/* Packs row r from its k values. Several threads may pack different rows at the same time. */
void tern_exact_pack(struct tern_exact *x, size_t r, const float *row);

/* Ends the packing. Call it once, after all rows and before the first tern_exact_run. */
void tern_exact_packed(struct tern_exact *x);

/* Worker w's share of the logits of one vector h[k]. All of the first `workers` of `pool` call this: it has a
 * barrier in the middle. There are at most as many as tern_exact_new was told; `pool` is NULL when there is
 * one. The next call must come after another barrier. Rows are shared out as by tern_share(rows, 1, ...).
 * When the vector or the matrix has values that are not finite, the full head computes everything. */
void tern_exact_run(struct tern_exact *x, struct tern_pool *pool, size_t w, size_t workers,
                    const struct tern_exact_full *full, const struct tern_wanted *want, const float *h,
                    float *logits);
/* Worker w's share of the first stage, without what follows it: to time it. */
void tern_exact_scan(struct tern_exact *x, size_t w, size_t workers, const struct tern_exact_full *full,
                     const float *h, float *estimate);
/* The first stage alone, for tests: the product of row r with h lies within bound[r] of estimate[r]. A bound
 * of infinity says nothing. 0 when h or the matrix is not finite. */
int tern_exact_estimate(struct tern_exact *x, const struct tern_exact_full *full, const float *h,
                        float *estimate, float *bound);
void tern_exact_counts(const struct tern_exact *x, struct tern_exact_counts *out);

#endif
