#include "harness/internal.h"

#include "base/progress.h"

#include <stdint.h>
#include <string.h>

#define BLOCK_ROWS 64 /* rows unpacked at a time */

struct packing {
    struct tern_engine *en;
    struct packed **job;
    size_t jobs;
    struct tern_progress bar;
    enum tern_status *status; /* per worker */
    struct tern_error *error;
};

static size_t common_multiple(size_t a, size_t b) {
    size_t x = a, y = b;
    while (y) {
        const size_t t = x % y;
        x = y;
        y = t;
    }
    return a / x * b;
}

/* The file's pages of a share that is packed now: there is one copy of the weights, not two. */
static void release_share(const struct tern_engine *en, const struct tern_linear *l, size_t w,
                          size_t workers) {
    if (!l->data) return;
    const size_t width = l->dense == TERN_DENSE_F32 ? 4 : 2;
    const size_t bytes = l->format ? l->format->bytes(l->m, l->k) : l->m * l->k * width;
    size_t from, to;
    tern_share(bytes, 4096, w, workers, &from, &to);
    tern_model_release(en->model, (const char *)l->data + from, to - from);
}

static enum tern_status pack_share(const struct tern_engine *en, const struct packed *p, size_t w,
                                   size_t workers, struct tern_error *e) {
    const struct tern_linear *l = p->source;
    const size_t m = p->w.m, k = p->w.k;
    const size_t in_step = l->format ? l->format->row_step(m, k) : 1;
    const size_t step = tern_min(common_multiple(in_step, p->w.format->row_step(m, k)), m);
    const size_t block = tern_min(step * tern_max(1, BLOCK_ROWS / step), m);
    int8_t *trits = tern_alloc(tern_mul_size(block, k));
    if (!trits) return tern_fail(e, TERN_NO_MEMORY, "engine: %s: no memory for %zu rows", l->name, block);
    size_t from, to;
    enum tern_status s = TERN_OK;
    tern_share(m, step, w, workers, &from, &to);
    for (size_t r = from; s == TERN_OK && r < to; r += block) {
        const size_t end = tern_min(r + block, to);
        s = tern_linear_rows(l, r, end, trits, e);
        if (s == TERN_OK) p->w.format->pack(trits, m, k, r, end, l->scale, (void *)(uintptr_t)p->w.data);
    }
    tern_free(trits);
    release_share(en, l, w, workers);
    return s;
}

static void pack_all(void *ctx, size_t w, size_t workers) {
    struct packing *pk = ctx;
    for (size_t i = 0; i < pk->jobs && pk->status[w] == TERN_OK; i++) {
        pk->status[w] = pack_share(pk->en, pk->job[i], w, workers, &pk->error[w]);
        if (w == 0)
            tern_progress_step(&pk->bar, (double)(i + 1) / (double)pk->jobs, pk->job[i]->source->name);
    }
}

static const struct shape_plan *plan_of(const struct tern_engine *en, const struct tern_linear *l) {
    for (size_t i = 0; i < en->plans; i++)
        if (en->plan[i].m == l->m && en->plan[i].k == l->k) return &en->plan[i];
    return NULL;
}

static enum tern_status list_jobs(struct tern_engine *en, struct packed **job, struct tern_error *e) {
    size_t at = 0, bytes = 0;
    for (uint32_t i = 0; i < en->model->hp.layers; i++) {
        const struct tern_layer *ml = &en->model->layer[i];
        struct packed_layer *pl = &en->layer[i];
        const struct tern_linear *in[7] = {&ml->q, &ml->k, &ml->v, &ml->o, &ml->gate, &ml->up, &ml->down};
        struct packed *out[7] = {&pl->q, &pl->k, &pl->v, &pl->o, &pl->gate, &pl->up, &pl->down};
        for (size_t j = 0; j < 7; j++) {
            const struct shape_plan *sp = plan_of(en, in[j]);
            if (!sp)
                return tern_fail(e, TERN_BAD_INPUT,
                                 "engine: %s: %s: %zux%zu is not a shape of this architecture",
                                 en->model->source, in[j]->name, in[j]->m, in[j]->k);
            out[j]->source = in[j];
            out[j]->plan = sp;
            out[j]->w = (struct tern_matrix){.format = sp->bucket[0].variant->format, .m = sp->m, .k = sp->k};
            bytes += tern_round_up(out[j]->w.format->bytes(sp->m, sp->k), 4096);
            job[at++] = out[j];
        }
    }
    if (tern_pages_get(&en->body, bytes))
        return tern_fail(e, TERN_NO_MEMORY, "engine: %zu bytes for the packed weights refused", bytes);
    bytes = 0;
    for (size_t i = 0; i < at; i++) {
        job[i]->w.data = (const char *)en->body.data + bytes;
        const size_t own = job[i]->w.format->bytes(job[i]->w.m, job[i]->w.k);
        en->body_bytes += own;
        bytes += tern_round_up(own, 4096);
    }
    return TERN_OK;
}

static enum tern_status take_norm(const struct tern_dense *d, size_t n, int needed, float **at, float **out,
                                  struct tern_error *e) {
    *out = NULL;
    if (!needed) return TERN_OK;
    if (d->type == TERN_DENSE_NONE || d->rows * d->cols != n)
        return tern_fail(e, TERN_BAD_INPUT, "engine: %s: a norm of %zu values is missing or has another size",
                         d->name[0] ? d->name : "norm", n);
    const size_t row = d->cols;
    for (size_t r = 0; r < d->rows; r++) tern_dense_row(d, r, *at + r * row);
    *out = *at;
    *at += tern_round_up(n, TERN_LANES);
    return TERN_OK;
}

static enum tern_status load_norms(struct tern_engine *en, struct tern_error *e) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t inner = (size_t)hp->heads * hp->head_dim, step = TERN_LANES;
    const size_t one =
        2 * tern_round_up(hp->hidden, step) + tern_round_up(inner, step) + tern_round_up(hp->ffn, step);
    en->norms = tern_alloc((one * hp->layers + tern_round_up(hp->hidden, step)) * sizeof(float));
    en->attn_norm = tern_alloc(4 * (size_t)hp->layers * sizeof(float *));
    if (!en->norms || !en->attn_norm) return tern_fail(e, TERN_NO_MEMORY, "engine: norms: out of memory");
    en->attn_sub_norm = en->attn_norm + hp->layers;
    en->ffn_norm = en->attn_sub_norm + hp->layers;
    en->ffn_sub_norm = en->ffn_norm + hp->layers;
    float *at = en->norms;
    enum tern_status s = TERN_OK;
    for (uint32_t i = 0; s == TERN_OK && i < hp->layers; i++) {
        const struct tern_layer *l = &en->model->layer[i];
        s = take_norm(&l->attn_norm, hp->hidden, 1, &at, &en->attn_norm[i], e);
        if (s == TERN_OK)
            s = take_norm(&l->attn_sub_norm, inner, hp->sub_norms, &at, &en->attn_sub_norm[i], e);
        if (s == TERN_OK) s = take_norm(&l->ffn_norm, hp->hidden, 1, &at, &en->ffn_norm[i], e);
        if (s == TERN_OK)
            s = take_norm(&l->ffn_sub_norm, hp->ffn, hp->sub_norms, &at, &en->ffn_sub_norm[i], e);
    }
    return s == TERN_OK ? take_norm(&en->model->output_norm, hp->hidden, 1, &at, &en->output_norm, e) : s;
}

enum tern_status tern_engine_load(struct tern_engine *en, struct tern_error *e) {
    const size_t layers = en->model->hp.layers;
    struct packing pk = {.en = en, .jobs = 7 * layers};
    pk.job = tern_alloc(pk.jobs * sizeof *pk.job);
    pk.status = tern_alloc(en->threads * sizeof *pk.status);
    pk.error = tern_alloc(en->threads * sizeof *pk.error);
    en->layer = tern_alloc(layers * sizeof *en->layer);
    enum tern_status s = TERN_OK;
    if (!pk.job || !pk.status || !pk.error || !en->layer)
        s = tern_fail(e, TERN_NO_MEMORY, "engine: out of memory");
    if (s == TERN_OK) s = load_norms(en, e);
    if (s == TERN_OK) s = list_jobs(en, pk.job, e);
    if (s == TERN_OK) s = tern_head_alloc(en, e);
    if (s == TERN_OK) en->facts.from_cache = tern_engine_cache_read(en);
    if (s == TERN_OK && en->facts.from_cache) {
        tern_head_ready(en);
    } else if (s == TERN_OK) {
        tern_progress_begin(&pk.bar, "packing", en->quiet);
        tern_pool_run(en->pool, pack_all, &pk);
        tern_progress_end(&pk.bar);
        for (size_t w = 0; s == TERN_OK && w < en->threads; w++)
            if ((s = pk.status[w]) != TERN_OK) tern_fail(e, s, "%s", pk.error[w].text);
        if (s == TERN_OK) tern_head_fill(en);
    }
    tern_free(pk.job);
    tern_free(pk.status);
    tern_free(pk.error);
    return s;
}
