/* The head: the output matrix, which makes logits of the last hidden state. Private to harness/. */
#ifndef TERN_HARNESS_HEAD_HEAD_H
#define TERN_HARNESS_HEAD_HEAD_H

#include "base/memory.h"
#include "base/pool.h"
#include "harness/head/exact.h"
#include "harness/head/type.h"
#include "kernels/dense/head_ops.h"
#include "models/model.h"

struct head {
    const struct tern_dense *source; /* NULL: there is no head */
    const struct tern_head_ops *ops;
    enum tern_rows rows; /* how the rows are kept */
    size_t row_bytes, kept_bytes;
    int in_file;               /* the model's file has the rows as they are kept, and they are used there */
    const unsigned char *data; /* the rows: in the file, else in pages */
    size_t bytes;              /* read per token; of an exact2 head the scan's */
    struct tern_pages pages;
    int two_stages; /* an exact2 head, which scans with these options */
    struct tern_exact_options scan;
    struct tern_exact *exact;
};

/* Decides how the rows are kept. */
enum tern_status tern_head_choose(struct head *h, const struct tern_model *m, enum tern_head_type type,
                                  const struct tern_head_ops *ops, struct tern_error *e);
/* Memory of the rows, where they are not in the file, for `workers` workers. It is not touched yet. */
enum tern_status tern_head_alloc(struct head *h, size_t workers, struct tern_error *e);
/* Fills the rows from the model. Each worker of the pool fills those that it will read. */
enum tern_status tern_head_fill(struct head *h, const struct tern_model *m, struct tern_pool *pool,
                                struct tern_error *e);
/* Ends the filling: also when the rows came from the packed cache. */
void tern_head_ready(struct head *h);
void tern_head_free(struct head *h);

/* Share of worker w of `workers` of one token's logits, those that are wanted. With an exact2 head all of
 * them meet at a barrier of the pool in between. */
void tern_head_run(const struct head *h, struct tern_pool *pool, size_t w, size_t workers,
                   const struct tern_wanted *want, const float *x, float *logits);
/* Share of all logits of n tokens: x[n][hidden], logits[n][vocab]. */
void tern_head_run_all(const struct head *h, size_t w, size_t workers, const float *x, size_t n,
                       float *logits);

#endif
