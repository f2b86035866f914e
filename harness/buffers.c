#include "harness/attention/rows.h"
#include "harness/qkv.h"
#include "harness/step.h"

#include "kernels/split.h"

#include <math.h>
#include <string.h>

static struct tern_matrix matrix_of(const struct shape_plan *sp) {
    return (struct tern_matrix){.format = variant_of(&sp->bucket[0])->format, .m = sp->m, .k = sp->k};
}

static void need(const struct chosen *p, struct tern_matrix w, size_t n, size_t *shared, size_t *local) {
    const size_t stride = tern_token_stride(w.k);
    const struct tern_tokens x = {.n = n, .k = w.k, .stride = stride, .fstride = stride};
    struct tern_call c = {.w = w, .x = &x, .ldy = w.m};
    memcpy(c.param, p->param, sizeof c.param);
    *shared = tern_max(*shared, tern_proof_shared_bytes(p->proof, &c));
    *local = tern_max(*local, tern_proof_local_bytes(p->proof, &c));
}

/* The largest tables and scratch that any call of any step can ask for. */
static void scratch_bytes(const struct tern_engine *en, size_t *shared, size_t *local, size_t *block) {
    *shared = *local = *block = 0;
    for (size_t i = 0; i < en->plan.projections; i++) {
        const struct projection *p = &en->plan.projection[i];
        const struct tern_matrix w = matrix_of(p->plan);
        for (size_t n = 1; n <= en->ubatch; n++) {
            const struct chosen *its = tern_plan_for_tokens(p->plan, n);
            need(its, w, tern_min(n, variant_of(its)->n_max), shared, local);
            *block = tern_max(*block, tern_engine_block_words(en, p, n));
        }
    }
}

/* Bytes that a worker needs for a slice of K, and the most rows of a projection that is split along K. Both
 * are 0 when none is. */
static size_t slice_bytes(const struct tern_engine *en, size_t *rows) {
    size_t most = *rows = 0;
    for (size_t i = 0; i < en->plan.projections; i++) {
        const struct projection *p = &en->plan.projection[i];
        if (!tern_plan_splits(p)) continue;
        const struct chosen *its = &p->plan->bucket[0];
        struct tern_call c = {.w = matrix_of(p->plan)};
        memcpy(c.param, its->param, sizeof c.param);
        most = tern_max(most, tern_slice_scratch(its->proof, &c, en->threads_decode));
        *rows = tern_max(*rows, p->m);
    }
    return most;
}

/* A worker makes the tables of a single token for itself when they are small: writing 64 KiB takes about as
 * long as meeting the others, which it saves twice. */
static size_t own_tables(const struct tern_engine *en) {
    const size_t limit = (size_t)64 << 10;
    size_t most = 1;
    for (size_t i = 0; i < en->plan.projections; i++) {
        const struct shape_plan *sp = en->plan.projection[i].plan;
        size_t shared = 0, local = 0;
        need(&sp->bucket[0], matrix_of(sp), 1, &shared, &local);
        if (shared <= limit) most = tern_max(most, shared);
    }
    return most;
}

static float *take_floats(struct tern_region *r, size_t rows, size_t columns) {
    return tern_region_take(r, rows, columns * sizeof(float));
}

/* Rows of int8 values, of floats, or of both. */
static void take_tokens(struct tern_region *r, struct tern_tokens *x, size_t n, size_t k, size_t f) {
    x->stride = tern_token_stride(k);
    x->fstride = tern_round_up(f, 64);
    x->q = tern_region_take(r, n, x->stride);
    x->sum = tern_region_take(r, n, sizeof *x->sum);
    x->inv = tern_region_take(r, n, sizeof *x->inv);
    x->f = f ? take_floats(r, n, x->fstride) : NULL;
}

static int wants_floats(const struct tern_engine *en) {
    return en->act == TERN_ACT_F32 || en->any_plain;
}

static int any_gates_apart(const struct tern_engine *en) {
    int any = 0;
    for (uint32_t i = 0; i < en->model->hp.layers; i++) any |= tern_engine_gates_apart(en, i);
    return any;
}

/* What the largest step needs besides what the engine knows of itself. */
struct sizes {
    size_t widest;        /* columns of a token */
    size_t shared, local; /* bytes of tables of all, of scratch of one worker */
    size_t block;         /* words of results that wait for their epilogue */
    size_t slice;         /* bytes of a worker's slice of K; 0: no plan splits K */
};

static size_t lay_worker(const struct tern_engine *en, struct worker *w, const struct sizes *z, void *base) {
    const struct tern_hparams *hp = &en->model->hp;
    struct tern_region r = {.base = base};
    w->local = tern_region_take(&r, 1, z->local);
    w->table = tern_region_take(&r, 1, en->table_bytes);
    w->block = tern_region_take(&r, z->block, sizeof *w->block);
    w->slice = z->slice ? tern_region_take(&r, 1, z->slice) : NULL;
    take_tokens(&r, &w->one, 1, z->widest, wants_floats(en) ? z->widest : hp->hidden);
    w->qkv = take_floats(&r, 1, en->qkv_columns);
    w->score = take_floats(&r, TERN_TILE_ROWS, TERN_SCORE_STRIDE);
    w->packed = take_floats(&r, TERN_TILE_ROWS, hp->head_dim);
    w->add = take_floats(&r, TERN_TILE_ROWS, tern_attend_width(hp->head_dim));
    w->part = tern_region_take(&r, TERN_TILE_ROWS, sizeof *w->part);
    w->key = take_floats(&r, 1, hp->head_dim);
    w->query = take_floats(&r, hp->heads / hp->kv_heads, hp->head_dim);
    w->normed = take_floats(&r, 1, z->widest);
    w->own = tern_region_take(&r, hp->kv_heads, en->key_bytes + en->value_bytes);
    w->keeps = tern_region_take(&r, hp->kv_heads, 1);
    return r.used;
}

static size_t lay_shared(struct tern_engine *en, const struct sizes *z, void *base) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t n = en->ubatch, half = hp->head_dim / 2;
    struct tern_region r = {.base = base};
    en->shared = tern_region_take(&r, 1, z->shared);
    en->sums = z->slice ? tern_region_take(&r, SPLIT_MATRICES * en->threads_decode,
                                           en->sum_stride * sizeof *en->sums)
                        : NULL;
    take_tokens(&r, &en->tokens, n, z->widest, wants_floats(en) ? z->widest : 0);
    en->x = take_floats(&r, n, hp->hidden);
    en->qkv = take_floats(&r, n, en->qkv_columns);
    en->mixed = take_floats(&r, n, (size_t)hp->heads * hp->head_dim);
    en->inner = take_floats(&r, n, hp->ffn);
    en->up = any_gates_apart(en) ? take_floats(&r, n, hp->ffn) : NULL;
    en->cosine = take_floats(&r, n, half);
    en->sine = take_floats(&r, n, half);
    en->attended = tern_region_take(&r, n, hp->heads * sizeof *en->attended);
    en->span = tern_region_take(&r, hp->heads, en->spans * sizeof *en->span);
    en->span_out = take_floats(&r, hp->heads * en->spans, tern_attend_width(hp->head_dim));
    en->frequency = tern_region_take(&r, half, sizeof *en->frequency);
    en->history = tern_region_take(&r, en->context, sizeof *en->history);
    return r.used;
}

/* A worker's pages are its own: untouched here, so that they come from its node. */
static int get_buffers(struct tern_engine *en, const struct sizes *z) {
    if (tern_pages_get(&en->buffers, lay_shared(en, z, NULL))) return -1;
    lay_shared(en, z, en->buffers.data);
    en->worker = tern_alloc(en->workers * sizeof *en->worker);
    if (!en->worker) return -1;
    for (size_t i = 0; i < en->workers; i++) {
        struct worker *w = &en->worker[i];
        if (tern_pages_get(&w->pages, lay_worker(en, w, z, NULL))) return -1;
        lay_worker(en, w, z, w->pages.data);
    }
    return 0;
}

enum tern_status tern_engine_buffers(struct tern_engine *en, struct tern_error *e) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t inner = (size_t)hp->heads * hp->head_dim, half = tern_rotary(hp) / 2;
    struct sizes z = {.widest = tern_max(tern_max(hp->hidden, hp->ffn), inner)};
    size_t rows;
    z.slice = slice_bytes(en, &rows);
    scratch_bytes(en, &z.shared, &z.local, &z.block);
    en->block_words = z.block = tern_max(z.block, 64 * TERN_ROWS_TOGETHER);
    en->qkv_columns = tern_qkv_columns(hp).all;
    en->spans = en->threads_decode > 1 ? (en->context + TERN_SPAN - 1) / TERN_SPAN : 0;
    en->table_bytes = own_tables(en);
    en->by_heads = tern_qkv_by_heads(en);
    en->sum_stride = tern_round_up(rows, 2 * TERN_LANES);
    if (get_buffers(en, &z))
        return tern_fail(e, TERN_NO_MEMORY, "engine: buffers for %zu tokens per step: out of memory",
                         en->ubatch);
    for (size_t i = 0; i < half; i++)
        en->frequency[i] = pow(hp->rope_theta, -2.0 * (double)i / (double)tern_rotary(hp));
    return TERN_OK;
}

void tern_engine_buffers_free(struct tern_engine *en) {
    for (size_t w = 0; en->worker && w < en->workers; w++) tern_pages_drop(&en->worker[w].pages);
    tern_free(en->worker);
    tern_pages_drop(&en->buffers);
}
