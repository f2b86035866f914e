#include "harness/head/head.h"

#include "harness/head/dense_rows.h"
#include "models/facts.h"

#define RELEASE_ROWS 1024 /* rows of the file given back at a time */

static enum tern_rows rows_for(const struct tern_dense *d, enum tern_head_type type) {
    switch (type) {
    case TERN_HEAD_F16:
        return TERN_ROWS_F16;
    case TERN_HEAD_F32:
        return TERN_ROWS_F32;
    case TERN_HEAD_Q8:
        return TERN_ROWS_Q8;
    case TERN_HEAD_Q6_K:
        return TERN_ROWS_Q6_K;
    default:
        return tern_rows_faithful(d);
    }
}

enum tern_status tern_head_choose(struct head *h, const struct tern_model *m, enum tern_head_type type,
                                  const struct tern_head_ops *ops, struct tern_error *e) {
    if (type == TERN_HEAD_NONE) return TERN_OK;
    const struct tern_dense *d = m->hp.tied ? &m->embedding : &m->head;
    if (d->rows != m->hp.vocab || d->cols != m->hp.hidden)
        return tern_fail(e, TERN_BAD_INPUT, "engine: %s: head is %zux%zu instead of %ux%u", m->source,
                         d->rows, d->cols, m->hp.vocab, m->hp.hidden);
    h->source = d;
    h->ops = ops;
    h->rows = rows_for(d, type);
    h->two_stages = type == TERN_HEAD_EXACT2;
    if (h->rows == TERN_ROWS_COUNT) return tern_fail(e, TERN_NO_MEMORY, "engine: head: out of memory");
    const size_t block = h->rows == TERN_ROWS_Q6_K ? 256 : h->rows == TERN_ROWS_Q8 ? 32 : 1;
    if (d->cols % block)
        return tern_fail(
            e, TERN_UNSUPPORTED,
            "engine: head: %s: a hidden size of %zu is no multiple of its blocks of %zu; use f16",
            block == 32 ? "q8" : "q6_k", d->cols, block);
    h->row_bytes = tern_rows_bytes(h->rows, d->cols);
    h->in_file = tern_rows_in_file(h->rows, d);
    h->kept_bytes = h->bytes = tern_mul_size(d->rows, h->row_bytes);
    if (!h->bytes)
        return tern_fail(e, TERN_NO_MEMORY, "engine: head: %zux%zu is too large", d->rows, d->cols);
    return TERN_OK;
}

enum tern_status tern_head_alloc(struct head *h, size_t workers, struct tern_error *e) {
    if (!h->source) return TERN_OK;
    if (!h->in_file && tern_pages_get(&h->pages, h->kept_bytes))
        return tern_fail(e, TERN_NO_MEMORY, "engine: head: %zu bytes refused", h->kept_bytes);
    h->data = h->in_file ? h->source->data : h->pages.data;
    if (!h->two_stages) return TERN_OK;
    const enum tern_status s =
        tern_exact_new(h->source->rows, h->source->cols, workers, &h->scan, &h->exact, e);
    if (s == TERN_OK) h->bytes = tern_exact_bytes(h->exact);
    return s;
}

void tern_head_free(struct head *h) {
    tern_exact_free(h->exact);
    tern_pages_drop(&h->pages);
}

struct filling {
    struct head *head;
    const struct tern_model *model;
    float *row; /* of each worker */
};

static void fill(void *ctx, size_t w, size_t workers) {
    const struct filling *f = ctx;
    struct head *h = f->head;
    const struct tern_dense *d = h->source;
    const int own = tern_rows_same(h->rows, d);
    float *row = f->row + w * d->cols;
    size_t from, to;
    tern_share(d->rows, 1, w, workers, &from, &to);
    const size_t source = (size_t)tern_dense_bytes(d) / d->rows;
    for (size_t r = from; r < to; r++) {
        if (d->data && !h->in_file && r % RELEASE_ROWS == 0 && r >= from + RELEASE_ROWS)
            tern_model_release(f->model, (const char *)d->data + (r - RELEASE_ROWS) * source,
                               RELEASE_ROWS * source);
        unsigned char *kept = (unsigned char *)h->pages.data + r * h->row_bytes;
        const int codes = h->exact && !h->scan.in_place;
        if (!own || codes) tern_dense_row(d, r, row);
        if (codes) tern_exact_pack(h->exact, r, row);
        if (!h->in_file) tern_rows_put(h->rows, d, r, row, kept);
        if (h->exact && !codes) tern_exact_pack_in_place(h->exact, r, kept);
    }
}

enum tern_status tern_head_fill(struct head *h, const struct tern_model *m, struct tern_pool *pool,
                                struct tern_error *e) {
    if (!h->source || (h->in_file && !h->exact)) return TERN_OK;
    struct filling f = {.head = h, .model = m};
    f.row = tern_alloc(tern_mul_size(tern_pool_workers(pool), h->source->cols * sizeof *f.row));
    if (!f.row) return tern_fail(e, TERN_NO_MEMORY, "engine: head: out of memory");
    tern_pool_run(pool, fill, &f);
    tern_free(f.row);
    tern_head_ready(h);
    return TERN_OK;
}

void tern_head_ready(struct head *h) {
    if (h->exact) tern_exact_packed(h->exact);
}

void tern_head_run(const struct head *h, struct tern_pool *pool, size_t w, size_t workers,
                   const struct tern_wanted *want, const float *x, float *logits) {
    const size_t k = h->source->cols;
    if (h->exact && tern_exact_can(want)) {
        const struct tern_exact_full full = {h->ops, h->rows, h->data};
        tern_exact_run(h->exact, pool, w, workers, &full, want, x, logits);
        return;
    }
    size_t from, to;
    tern_share(h->source->rows, 1, w, workers, &from, &to);
    if (to > from) h->ops->rows[h->rows](h->data, k, from, to, x, logits + from);
}

void tern_head_run_all(const struct head *h, size_t w, size_t workers, const float *x, size_t n,
                       float *logits) {
    const size_t k = h->source->cols, vocab = h->source->rows, turn = tern_rows_turn(h->rows, h->row_bytes);
    size_t from, to;
    tern_share(vocab, 1, w, workers, &from, &to);
    for (size_t r = from, end; r < to; r = end) {
        end = tern_min(r + turn, to);
        for (size_t t = 0; t < n; t += TERN_ROWS_TOGETHER)
            h->ops->tile[h->rows](h->data, k, r, end, x + t * k, k, tern_min(n - t, TERN_ROWS_TOGETHER),
                                  logits + t * vocab + r, vocab);
    }
}
