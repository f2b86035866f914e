#include "harness/internal.h"

#include "base/progress.h"
#include "harness/head/dense_rows.h"
#include "models/facts.h"

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

/* The file's pages of rows that are packed now: there is one copy of the weights, not two. */
static void release_rows(const struct tern_engine *en, const struct tern_linear *l, size_t r0, size_t r1) {
    if (!l->data || r0 >= r1) return;
    const struct tern_dense d = tern_linear_dense(l);
    const size_t bytes = l->format ? l->format->bytes(l->m, l->k) : (size_t)tern_dense_bytes(&d);
    const size_t from = bytes / l->m * r0, to = r1 == l->m ? bytes : bytes / l->m * r1;
    tern_model_release(en->model, (const char *)l->data + from, to - from);
}

/* Of rows [from, to) of a piece. */
static void release_share(const struct tern_engine *en, const struct packed *p, size_t from, size_t to) {
    size_t first = 0;
    for (size_t i = 0; i < p->piece->roles; i++) {
        const struct tern_linear *l = p->source[i];
        if (p->piece->pair)
            release_rows(en, l, from / 2, tern_min(to / 2, l->m));
        else
            release_rows(en, l, tern_max(from, first) - first, tern_min(tern_max(to, first) - first, l->m));
        first += l->m;
    }
}

/* Rows [r0, r1) of a linear layer, also where its format wants other bounds. */
static enum tern_status some_rows(const struct tern_linear *l, size_t r0, size_t r1, int8_t *out,
                                  struct tern_error *e) {
    const size_t step = tern_linear_step(l), from = r0 / step * step,
                 to = tern_min(tern_round_up(r1, step), l->m);
    if (from == r0 && to == r1) return tern_linear_rows(l, r0, r1, out, e);
    int8_t *more = tern_alloc(tern_mul_size(to - from, l->k));
    if (!more) return tern_fail(e, TERN_NO_MEMORY, "engine: %s: no memory for %zu rows", l->name, to - from);
    const enum tern_status s = tern_linear_rows(l, from, to, more, e);
    memcpy(out, more + (r0 - from) * l->k, (r1 - r0) * l->k);
    tern_free(more);
    return s;
}

/* Where row r of a piece comes from, and how many more rows follow from there. */
static const struct tern_linear *find_row(const struct packed *p, size_t r, size_t *row, size_t *run) {
    const size_t pair = p->piece->pair;
    size_t i = 0;
    if (!pair) {
        for (; r >= p->source[i]->m; i++) r -= p->source[i]->m;
        *row = r;
        *run = p->source[i]->m - r;
        return p->source[i];
    }
    const size_t first = r / (2 * pair) * pair, count = tern_min(pair, p->source[0]->m - first);
    r -= 2 * first;
    i = r >= count;
    *row = first + (r - i * count);
    *run = count - (r - i * count);
    return p->source[i];
}

static enum tern_status gather_rows(const struct packed *p, size_t r0, size_t r1, int8_t *out,
                                    struct tern_error *e) {
    enum tern_status s = TERN_OK;
    for (size_t r = r0, n; s == TERN_OK && r < r1; r += n) {
        size_t row;
        const struct tern_linear *l = find_row(p, r, &row, &n);
        n = tern_min(n, r1 - r);
        s = some_rows(l, row, row + n, out + (r - r0) * l->k, e);
    }
    return s;
}

/* A layer that is not ternary: its values as rows. */
static enum tern_status keep_share(const struct tern_engine *en, const struct packed *p, size_t w,
                                   size_t workers, struct tern_error *e) {
    const struct tern_linear *l = p->source[0];
    const struct tern_dense d = tern_linear_dense(l);
    float *row = tern_alloc(d.cols * sizeof *row);
    if (!row) return tern_fail(e, TERN_NO_MEMORY, "engine: %s: no memory for a row", l->name);
    const int same = tern_rows_same(p->rows, &d);
    size_t from, to;
    tern_share(d.rows, 1, w, workers, &from, &to);
    for (size_t r = from; r < to; r++) {
        const size_t at = tern_linear_file_row(l, r);
        if (!same) tern_dense_row(&d, at, row);
        tern_rows_put(p->rows, &d, at, row, (char *)(uintptr_t)p->w.data + r * p->row_bytes);
    }
    tern_free(row);
    release_share(en, p, from, to);
    return TERN_OK;
}

static enum tern_status pack_share(const struct tern_engine *en, const struct packed *p, size_t w,
                                   size_t workers, struct tern_error *e) {
    if (p->plain) return keep_share(en, p, w, workers, e);
    const struct tern_linear *l = p->source[0];
    const size_t m = p->w.m, k = p->w.k;
    const size_t step = tern_min(tern_common_multiple(tern_linear_step(l), p->w.format->row_step(m, k)), m);
    const size_t block = tern_min(step * tern_max(1, BLOCK_ROWS / step), m);
    int8_t *trits = tern_alloc(tern_mul_size(block, k));
    if (!trits) return tern_fail(e, TERN_NO_MEMORY, "engine: %s: no memory for %zu rows", l->name, block);
    size_t from, to;
    enum tern_status s = TERN_OK;
    tern_share(m, step, w, workers, &from, &to);
    for (size_t r = from; s == TERN_OK && r < to; r += block) {
        const size_t end = tern_min(r + block, to);
        s = gather_rows(p, r, end, trits, e);
        if (s == TERN_OK) p->w.format->pack(trits, m, k, r, end, l->scale, (void *)(uintptr_t)p->w.data);
    }
    tern_free(trits);
    release_share(en, p, from, to);
    return s;
}

static void pack_all(void *ctx, size_t w, size_t workers) {
    struct packing *pk = ctx;
    for (size_t i = 0; i < pk->jobs && pk->status[w] == TERN_OK; i++) {
        pk->status[w] = pack_share(pk->en, pk->job[i], w, workers, &pk->error[w]);
        if (w == 0)
            tern_progress_step(&pk->bar, (double)(i + 1) / (double)pk->jobs, pk->job[i]->source[0]->name);
    }
}

static enum tern_status take_sources(const struct tern_engine *en, size_t layer, const struct piece *piece,
                                     struct packed *out, struct tern_error *e) {
    for (size_t i = 0; i < piece->roles; i++) {
        const struct tern_linear *l = tern_role_of(&en->model->layer[layer], piece->role[i]);
        size_t m, k;
        tern_role_shape(&en->model->hp, piece->role[i], &m, &k);
        if (l->m != m || l->k != k)
            return tern_fail(e, TERN_BAD_INPUT, "engine: %s: %s: %zux%zu is not a shape of this architecture",
                             en->model->source, l->name, l->m, l->k);
        out->source[i] = l;
    }
    return TERN_OK;
}

static enum tern_status list_piece(struct tern_engine *en, size_t layer, const struct piece *piece,
                                   struct packed *out, struct tern_error *e) {
    const enum tern_status s = take_sources(en, layer, piece, out, e);
    if (s != TERN_OK) return s;
    const struct tern_dense d = tern_linear_dense(out->source[0]);
    out->piece = piece;
    out->plain = out->source[0]->plain;
    out->w = (struct tern_matrix){.m = piece->m, .k = piece->k};
    if (!out->plain) {
        out->w.format = variant_of(&piece->plan->bucket[0])->format;
        return TERN_OK;
    }
    en->any_plain = 1;
    out->rows = tern_rows_faithful(&d);
    if (out->rows == TERN_ROWS_COUNT)
        return tern_fail(e, TERN_NO_MEMORY, "engine: %s: out of memory", d.name);
    out->row_bytes = tern_rows_bytes(out->rows, d.cols);
    return TERN_OK;
}

size_t tern_engine_packed_bytes(const struct packed *p) {
    return p->plain ? tern_mul_size(p->w.m, p->row_bytes) : p->w.format->bytes(p->w.m, p->w.k);
}

enum tern_status tern_engine_list(struct tern_engine *en, struct tern_error *e) {
    const size_t layers = en->model->hp.layers;
    en->layer = tern_alloc(layers * sizeof *en->layer);
    if (!en->layer) return tern_fail(e, TERN_NO_MEMORY, "engine: out of memory");
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < layers; i++)
        for (size_t j = 0; s == TERN_OK && j < en->pieces; j++)
            s = list_piece(en, i, &en->piece[j], &en->layer[i].of[j], e);
    return s;
}

static enum tern_status place_jobs(struct tern_engine *en, struct packed **job, struct tern_error *e) {
    size_t at = 0, bytes = 0;
    for (uint32_t i = 0; i < en->model->hp.layers; i++)
        for (size_t j = 0; j < en->pieces; j++) {
            job[at] = &en->layer[i].of[j];
            bytes += tern_round_up(tern_engine_packed_bytes(job[at++]), 4096);
        }
    if (tern_pages_get(&en->body, bytes))
        return tern_fail(e, TERN_NO_MEMORY, "engine: %zu bytes for the packed weights refused", bytes);
    bytes = 0;
    for (size_t i = 0; i < at; i++) {
        job[i]->w.data = (const char *)en->body.data + bytes;
        const size_t own = tern_engine_packed_bytes(job[i]);
        en->body_bytes += own;
        bytes += tern_round_up(own, 4096);
    }
    return TERN_OK;
}

static enum tern_status take_norm(const struct tern_dense *d, size_t n, float **at, float **out,
                                  struct tern_error *e) {
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
    size_t one = 0;
    for (enum tern_norm n = 0; n < TERN_NORMS; n++) one += tern_round_up(tern_norm_length(hp, n), TERN_LANES);
    en->norms = tern_alloc((one * hp->layers + tern_round_up(hp->hidden, TERN_LANES)) * sizeof(float));
    en->norm = tern_alloc((size_t)hp->layers * TERN_NORMS * sizeof *en->norm);
    if (!en->norms || !en->norm) return tern_fail(e, TERN_NO_MEMORY, "engine: norms: out of memory");
    float *at = en->norms;
    enum tern_status s = TERN_OK;
    for (uint32_t i = 0; s == TERN_OK && i < hp->layers; i++)
        for (enum tern_norm n = 0; s == TERN_OK && n < TERN_NORMS; n++) {
            const size_t length = tern_norm_length(hp, n);
            if (length)
                s = take_norm(tern_norm_of(&en->model->layer[i], n), length, &at,
                              &en->norm[i * TERN_NORMS + n], e);
        }
    return s == TERN_OK ? take_norm(&en->model->output_norm, hp->hidden, &at, &en->output_norm, e) : s;
}

enum tern_status tern_engine_load(struct tern_engine *en, struct tern_error *e) {
    const size_t layers = en->model->hp.layers;
    struct packing pk = {.en = en, .jobs = en->pieces * layers};
    pk.job = tern_alloc(pk.jobs * sizeof *pk.job);
    pk.status = tern_alloc(en->threads * sizeof *pk.status);
    pk.error = tern_alloc(en->threads * sizeof *pk.error);
    enum tern_status s = TERN_OK;
    if (!pk.job || !pk.status || !pk.error) s = tern_fail(e, TERN_NO_MEMORY, "engine: out of memory");
    if (s == TERN_OK) s = load_norms(en, e);
    if (s == TERN_OK) s = place_jobs(en, pk.job, e);
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
