#include "harness/internal.h"

#include "base/talk/progress.h"
#include "harness/head/dense_rows.h"
#include "models/facts.h"

#include <stdint.h>
#include <string.h>

struct packing {
    struct tern_engine *en;
    struct packed **job;
    size_t jobs;
    struct tern_progress bar;
    enum tern_status *status; /* per worker */
    struct tern_error *error;
};

static void pack_all(void *ctx, size_t w, size_t workers) {
    struct packing *pk = ctx;
    for (size_t i = 0; i < pk->jobs && pk->status[w] == TERN_OK; i++) {
        pk->status[w] = tern_pack_share(pk->en, pk->job[i], w, workers, &pk->error[w]);
        if (w == 0)
            tern_progress_step(&pk->bar, (double)(i + 1) / (double)pk->jobs, pk->job[i]->source[0]->name);
    }
}

static enum tern_status take_sources(const struct tern_engine *en, size_t layer, const struct projection *p,
                                     struct packed *out, struct tern_error *e) {
    for (size_t i = 0; i < p->roles; i++) {
        const struct tern_linear *l = tern_role_of(&en->model->layer[layer], p->role[i]);
        size_t m, k;
        tern_role_shape(&en->model->hp, p->role[i], &m, &k);
        if (l->m != m || l->k != k)
            return tern_fail(e, TERN_BAD_INPUT, "engine: %s: %s: %zux%zu is not a shape of this architecture",
                             en->model->source, l->name, l->m, l->k);
        out->source[i] = l;
    }
    return TERN_OK;
}

static enum tern_status list_projection(struct tern_engine *en, size_t layer, const struct projection *p,
                                        struct packed *out, struct tern_error *e) {
    const enum tern_status s = take_sources(en, layer, p, out, e);
    if (s != TERN_OK) return s;
    const struct tern_dense d = tern_linear_dense(out->source[0]);
    out->projection = p;
    out->plain = out->source[0]->plain;
    out->w = (struct tern_matrix){.m = p->m, .k = p->k};
    if (!out->plain) {
        out->w.format = variant_of(&p->plan->bucket[0])->format;
        return TERN_OK;
    }
    en->any_plain = 1;
    out->rows = tern_rows_faithful(&d);
    if (out->rows == TERN_ROWS_COUNT)
        return tern_fail(e, TERN_NO_MEMORY, "engine: %s: out of memory", d.name);
    out->row_bytes = tern_rows_bytes(out->rows, d.cols);
    return TERN_OK;
}

size_t tern_packed_bytes(const struct packed *p) {
    return p->plain ? tern_mul_size(p->w.m, p->row_bytes) : p->w.format->bytes(p->w.m, p->w.k);
}

size_t tern_engine_body_bytes(const struct tern_engine *en) {
    size_t sum = 0;
    for (size_t i = 0; i < en->model->hp.layers; i++)
        for (size_t j = 0; j < en->plan.projections; j++) sum += tern_packed_bytes(&en->layer[i].of[j]);
    return sum;
}

enum tern_status tern_engine_list(struct tern_engine *en, struct tern_error *e) {
    const size_t layers = en->model->hp.layers;
    en->layer = tern_alloc(layers * sizeof *en->layer);
    if (!en->layer) return tern_fail(e, TERN_NO_MEMORY, "engine: out of memory");
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < layers; i++)
        for (size_t j = 0; s == TERN_OK && j < en->plan.projections; j++)
            s = list_projection(en, i, &en->plan.projection[j], &en->layer[i].of[j], e);
    return s;
}

static enum tern_status place_jobs(struct tern_engine *en, struct packed **job, struct tern_error *e) {
    size_t at = 0, bytes = 0;
    for (uint32_t i = 0; i < en->model->hp.layers; i++)
        for (size_t j = 0; j < en->plan.projections; j++) {
            job[at] = &en->layer[i].of[j];
            bytes += tern_round_up(tern_packed_bytes(job[at++]), 4096);
        }
    if (tern_pages_get(&en->body, bytes))
        return tern_fail(e, TERN_NO_MEMORY, "engine: no memory for %zu bytes of packed weights", bytes);
    bytes = 0;
    for (size_t i = 0; i < at; i++) {
        job[i]->w.data = (const char *)en->body.data + bytes;
        const size_t own = tern_packed_bytes(job[i]);
        en->body_bytes += own;
        bytes += tern_round_up(own, 4096);
    }
    return TERN_OK;
}

enum tern_status tern_engine_load(struct tern_engine *en, struct tern_error *e) {
    const size_t layers = en->model->hp.layers;
    struct packing pk = {.en = en, .jobs = en->plan.projections * layers};
    pk.job = tern_alloc(pk.jobs * sizeof *pk.job);
    pk.status = tern_alloc(en->threads * sizeof *pk.status);
    pk.error = tern_alloc(en->threads * sizeof *pk.error);
    enum tern_status s = TERN_OK;
    if (!pk.job || !pk.status || !pk.error) s = tern_fail(e, TERN_NO_MEMORY, "engine: out of memory");
    if (s == TERN_OK) s = tern_engine_norms(en, e);
    if (s == TERN_OK) s = place_jobs(en, pk.job, e);
    if (s == TERN_OK) s = tern_head_alloc(&en->head, en->threads, e);
    if (s == TERN_OK) en->facts.from_cache = tern_engine_cache_read(en);
    if (s == TERN_OK && en->facts.from_cache) {
        tern_head_ready(&en->head);
    } else if (s == TERN_OK) {
        tern_progress_begin(&pk.bar, "packing", en->quiet);
        tern_pool_run(en->pool, pack_all, &pk);
        tern_progress_end(&pk.bar);
        for (size_t w = 0; s == TERN_OK && w < en->threads; w++)
            if ((s = pk.status[w]) != TERN_OK) tern_fail(e, s, "%s", pk.error[w].text);
        if (s == TERN_OK) s = tern_head_fill(&en->head, en->model, en->pool, e);
    }
    tern_free(pk.job);
    tern_free(pk.status);
    tern_free(pk.error);
    return s;
}
