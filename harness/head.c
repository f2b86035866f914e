#include "harness/internal.h"

#include "models/facts.h"

#include "kernels/half.h"

#include <string.h>

#define KEEP_BYTES ((size_t)2 << 30) /* decoded f32 rows above this are not kept but decoded when needed */
#define BLOCK_ROWS 32

static int all_fit_f16(const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float back = tern_f16_to_f32(tern_f32_to_f16(x[i]));
        if (memcmp(&back, &x[i], sizeof back)) return 0;
    }
    return 1;
}

/* 1 when every value is exactly an f16. */
static int is_f16(const struct tern_dense *d, float *row) {
    if (d->type == TERN_DENSE_F16) return 1;
    if (d->type != TERN_DENSE_BF16 && d->type != TERN_DENSE_F32) return 0;
    for (size_t r = 0; r < d->rows; r++) {
        tern_dense_row(d, r, row);
        if (!all_fit_f16(row, d->cols)) return 0;
    }
    return 1;
}

/* The format that keeps every value, or the one asked for; NULL without memory. */
static const struct tern_format *format_for(const struct tern_dense *d, enum tern_head_type type) {
    if (type == TERN_HEAD_F16 || d->type == TERN_DENSE_SYNTH) return &tern_format_f16;
    if (type == TERN_HEAD_F32) return &tern_format_f32;
    float *row = tern_alloc(d->cols * sizeof *row);
    if (!row) return NULL;
    const struct tern_format *f = is_f16(d, row) ? &tern_format_f16 : &tern_format_f32;
    tern_free(row);
    return f;
}

enum tern_status tern_head_choose(struct tern_engine *en, enum tern_head_type type, struct tern_error *e) {
    struct head *h = &en->head;
    const struct tern_model *m = en->model;
    const struct tern_dense *d = m->hp.tied ? &m->embedding : &m->head;
    if (d->rows != m->hp.vocab || d->cols != m->hp.hidden)
        return tern_fail(e, TERN_BAD_INPUT, "engine: %s: head is %zux%zu instead of %ux%u", m->source,
                         d->rows, d->cols, m->hp.vocab, m->hp.hidden);
    if (type == TERN_HEAD_Q8)
        return tern_fail(e, TERN_UNSUPPORTED, "engine: head: q8 is not built in yet; use auto, f16 or f32");
    h->source = d;
    h->w = (struct tern_matrix){.format = format_for(d, type), .m = d->rows, .k = d->cols};
    if (!h->w.format) return tern_fail(e, TERN_NO_MEMORY, "engine: head: out of memory");
    h->bytes = h->w.format->bytes(d->rows, d->cols);
    const int quantised =
        d->type == TERN_DENSE_Q8_0 || d->type == TERN_DENSE_Q6_K || d->type == TERN_DENSE_Q4_0;
    if (!quantised || h->bytes <= KEEP_BYTES) return TERN_OK;
    h->block_rows = BLOCK_ROWS; /* what a token reads is then the file's own bytes */
    h->bytes = (size_t)tern_dense_bytes(d);
    return TERN_OK;
}

static void fill(void *ctx, size_t w, size_t workers) {
    struct tern_engine *en = ctx;
    const struct tern_dense *d = en->head.source;
    size_t from, to;
    (void)workers;
    tern_variant_share(en->head.plan.variant, d->rows, w, en->threads, &from, &to);
    float *h = en->worker[w].one.f;
    for (size_t r = from; r < to; r++) {
        if (en->head.w.format == &tern_format_f32) {
            tern_dense_row(d, r, (float *)en->head.pages.data + r * d->cols);
            continue;
        }
        uint16_t *out = (uint16_t *)en->head.pages.data + r * d->cols;
        tern_dense_row(d, r, h);
        en->ops->store[TERN_KV_F16](h, d->cols, out);
    }
}

enum tern_status tern_head_load(struct tern_engine *en, struct tern_error *e) {
    struct head *h = &en->head;
    if (h->block_rows) return TERN_OK;
    if (tern_pages_get(&h->pages, h->bytes))
        return tern_fail(e, TERN_NO_MEMORY, "engine: head: %zu bytes refused", h->bytes);
    h->w.data = h->pages.data;
    tern_pool_run(en->pool, fill, en);
    return TERN_OK;
}

void tern_head_run(const struct tern_engine *en, size_t w, const struct tern_tokens *x, float *logits) {
    const struct head *h = &en->head;
    const struct tern_variant *v = h->plan.variant;
    struct worker *self = &en->worker[w];
    struct tern_call c = {.w = h->w, .x = x, .y = logits, .ldy = h->w.m};
    memcpy(c.param, h->plan.param, sizeof c.param);
    c.shared = en->shared;
    size_t from, to;
    if (v->prep->shared_bytes(&c)) {
        tern_pool_barrier(en->pool); /* nobody reads the former table any more */
        v->prep->run(&c, w, en->threads);
        tern_pool_barrier(en->pool);
    }
    tern_variant_share(v, h->w.m, w, en->threads, &from, &to);
    if (h->w.data) {
        if (to > from) v->run(&c, from, to, self->local);
        return;
    }
    for (size_t r = from; r < to; r += h->block_rows) {
        const size_t rows = tern_min(h->block_rows, to - r);
        for (size_t i = 0; i < rows; i++) tern_dense_row(h->source, r + i, self->head_rows + i * h->w.k);
        c.w = (struct tern_matrix){.format = h->w.format, .m = rows, .k = h->w.k, .data = self->head_rows};
        c.y = logits + r;
        c.ldy = rows;
        v->run(&c, 0, rows, self->local);
    }
}
