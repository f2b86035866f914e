/* A two-stage exact head: a cheap scan with a proved bound finds the rows that could matter, and only those
 * are computed in full. The derivation is docs/exact-head.md.
 *
 * "Exact" means: every logit that the caller asked for is bit for bit the full head's; all others are
 * -infinity, and each of them is proved to lie below what was asked for. */
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
    size_t top;    /* the `top` largest, ties at the last place included; 0: all of them */
    double margin; /* > 0: of those only the ones at most this far below the largest (then top 0 means no
                      limit) */
};

/* 0 when only the full head can answer. */
int tern_exact_can(const struct tern_wanted *want);

struct tern_exact_options {
    int bits;     /* of a code: 6, 7 or 8; 0: 6 */
    size_t block; /* weights that share a scale: 16, 32 or 64; 0: 32 */
};

/* The rows as the full head has them. */
struct tern_exact_full {
    const struct tern_head_ops *ops;
    enum tern_rows type;
    const void *data;
};

struct tern_exact_counts {
    uint64_t steps;      /* tokens answered */
    uint64_t rescored;   /* rows computed in full */
    uint64_t whole;      /* shares of a worker that had too many rows left and were computed as a whole */
    uint64_t whole_rows; /* their rows */
};

struct tern_exact;

/* For `rows` x k. TERN_BAD_INPUT for bits or block that do not exist. The memory is not touched yet. */
enum tern_status tern_exact_new(size_t rows, size_t k, size_t workers, const struct tern_exact_options *o,
                                struct tern_exact **out, struct tern_error *e);
void tern_exact_free(struct tern_exact *x);
/* Bytes that one token's scan reads. */
size_t tern_exact_bytes(const struct tern_exact *x);
/* The memory that packing fills, to be kept in a file and read back. */
struct tern_exact_part {
    void *data;
    size_t bytes;
};
enum { TERN_EXACT_PARTS = 4 };
void tern_exact_parts(struct tern_exact *x, struct tern_exact_part out[TERN_EXACT_PARTS]);

/* Packs row r, given as f32[k]. Different rows may be packed at the same time. */
void tern_exact_pack(struct tern_exact *x, size_t r, const float *row);

/* Ends the packing: call once, after all rows and before the first tern_exact_run. */
void tern_exact_packed(struct tern_exact *x);

/* Worker w's share of one vector h[k], called by the first `workers` of `pool` (at most those of
 * tern_exact_new; NULL when there is one) with a barrier in the middle; the next call must come after another
 * barrier. Rows are shared out as tern_share(rows, 1, ...). A vector or a matrix with values that are not
 * finite is left to the full head. */
void tern_exact_run(struct tern_exact *x, struct tern_pool *pool, size_t w, size_t workers,
                    const struct tern_exact_full *full, const struct tern_wanted *want, const float *h,
                    float *logits);
/* The first stage alone, for tests and for looking at: row . h lies within bound[r] of estimate[r] (infinity:
 * nothing is known). 0 when h or the matrix is not finite. */
int tern_exact_estimate(struct tern_exact *x, const struct tern_head_ops *ops, const float *h,
                        float *estimate, float *bound);
void tern_exact_counts(const struct tern_exact *x, struct tern_exact_counts *out);

#endif
