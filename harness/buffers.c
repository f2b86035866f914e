#include "harness/internal.h"

#include "kernels/split.h"

#include <math.h>
#include <string.h>

struct qkv_columns tern_engine_columns(const struct tern_hparams *hp) {
    const size_t q = tern_round_up((size_t)hp->heads * hp->head_dim, TERN_LANES);
    const size_t kv = tern_round_up((size_t)hp->kv_heads * hp->head_dim, TERN_LANES);
    return (struct qkv_columns){.q = 0, .k = q, .v = q + kv, .all = q + 2 * kv};
}

static struct tern_matrix matrix_of(const struct shape_plan *sp) {
    return (struct tern_matrix){.format = sp->bucket[0].variant->format, .m = sp->m, .k = sp->k};
}

static void need(const struct tern_plan *p, struct tern_matrix w, size_t n, size_t *shared, size_t *local) {
    const size_t stride = tern_token_stride(w.k);
    const struct tern_tokens x = {.n = n, .k = w.k, .stride = stride, .fstride = stride};
    struct tern_call c = {.w = w, .x = &x, .ldy = w.m};
    memcpy(c.param, p->param, sizeof c.param);
    *shared = tern_max(*shared, p->variant->prep->shared_bytes(&c));
    *local = tern_max(*local, p->variant->prep->local_bytes(&c));
}

/* The largest tables and scratch that any call of any step can ask for. */
static void scratch_bytes(const struct tern_engine *en, size_t *shared, size_t *local, size_t *block) {
    *shared = *local = *block = 0;
    for (size_t i = 0; i < en->pieces; i++) {
        const struct piece *piece = &en->piece[i];
        const struct tern_matrix w = matrix_of(piece->plan);
        for (size_t n = 1; n <= en->ubatch; n++) {
            const struct tern_plan *p = tern_engine_plan_for(piece->plan, n);
            need(p, w, tern_min(n, p->variant->n_max), shared, local);
            *block = tern_max(*block, tern_engine_block_words(en, piece, n));
        }
    }
}

/* Of pieces whose plan splits K: a worker's scratch, and the rows of the longest; 0: there are none. */
static size_t slice_bytes(const struct tern_engine *en, size_t *rows) {
    size_t most = *rows = 0;
    for (size_t i = 0; i < en->pieces; i++) {
        const struct piece *piece = &en->piece[i];
        if (!tern_engine_splits(piece)) continue;
        const struct tern_plan *p = &piece->plan->bucket[0];
        struct tern_call c = {.w = matrix_of(piece->plan)};
        memcpy(c.param, p->param, sizeof c.param);
        most = tern_max(most, tern_slice_scratch(p->variant, &c, en->threads_decode));
        *rows = tern_max(*rows, piece->m);
    }
    return most;
}

/* A worker makes the tables of a single token for itself when they are small: writing 64 KiB takes about as
 * long as meeting the others, which it saves twice. */
static size_t own_tables(const struct tern_engine *en) {
    const size_t limit = (size_t)64 << 10;
    size_t most = 1;
    for (size_t i = 0; i < en->pieces; i++) {
        const struct shape_plan *sp = en->piece[i].plan;
        size_t shared = 0, local = 0;
        need(&sp->bucket[0], matrix_of(sp), 1, &shared, &local);
        if (shared <= limit) most = tern_max(most, shared);
    }
    return most;
}

/* Rows of q, k and v that one worker computes when each makes what its own heads need. */
static size_t rows_by_heads(const struct tern_engine *en, size_t w) {
    struct rows own[3];
    const size_t owns = tern_engine_head_rows(en, w, en->threads_decode, own);
    size_t sum = 0;
    for (size_t i = 0; i < owns; i++) {
        const struct piece *p = &en->piece[en->qkv_pieces == 1 ? 0 : i];
        const size_t step = p->plan->bucket[0].variant->row_step;
        sum += tern_round_up(own[i].to, step) - own[i].from / step * step;
    }
    return sum;
}

/* Saves the barrier before attention. Keys and values of a group that two workers share are then computed
 * twice: worth it while the widest worker's additional weights take no longer than a barrier and its wait
 * (some 2 microseconds, half a million multiply-adds). */
static int worth_by_heads(const struct tern_engine *en) {
    size_t all = 0, most = 0;
    for (size_t i = 0; i < en->qkv_pieces; i++) {
        if (tern_engine_splits(&en->piece[i])) return 0; /* every worker has a part of every row */
        all += en->piece[i].m;
    }
    for (size_t w = 0; w < en->threads_decode; w++) most = tern_max(most, rows_by_heads(en, w));
    const size_t even = (all + en->threads_decode - 1) / en->threads_decode;
    return most <= even || (most - even) * en->piece[0].k <= (size_t)1 << 19;
}

static int get_floats(float **out, size_t rows, size_t columns) {
    const size_t n = tern_mul_size(rows, columns);
    *out = n ? tern_alloc(tern_mul_size(n, sizeof **out)) : NULL;
    return *out != NULL;
}

/* Rows of int8 values, of floats, or of both. */
static int get_tokens(struct tern_tokens *x, size_t n, size_t k, size_t f) {
    x->stride = tern_token_stride(k);
    x->fstride = tern_round_up(f, 64);
    x->q = tern_alloc(tern_mul_size(n, x->stride));
    x->sum = tern_alloc(n * sizeof *x->sum);
    x->inv = tern_alloc(n * sizeof *x->inv);
    x->f = f ? tern_alloc(tern_mul_size(n * sizeof *x->f, x->fstride)) : NULL;
    return x->q && x->sum && x->inv && (x->f || !f);
}

static void drop_tokens(struct tern_tokens *x) {
    tern_free(x->q);
    tern_free(x->sum);
    tern_free(x->inv);
    tern_free(x->f);
}

static int wants_floats(const struct tern_engine *en) {
    return en->act == TERN_ACT_F32 || en->any_plain;
}

static int any_gates_apart(const struct tern_engine *en) {
    int any = 0;
    for (uint32_t i = 0; i < en->model->hp.layers; i++) any |= tern_engine_gates_apart(en, i);
    return any;
}

static int get_worker(struct tern_engine *en, struct worker *w, size_t widest, size_t local, size_t block,
                      size_t slice) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t row = en->kv_row;
    w->score_stride = tern_round_up(en->context, TERN_LANES);
    int ok = get_tokens(&w->one, 1, widest, wants_floats(en) ? widest : hp->hidden) &&
             get_floats(&w->qkv, 1, en->qkv_columns) &&
             get_floats(&w->score, TERN_HEADS_TOGETHER, w->score_stride) &&
             get_floats(&w->key, 1, hp->head_dim) && get_floats(&w->normed, 1, widest);
    ok = ok && (w->own_k = tern_alloc(row)) && (w->own_v = tern_alloc(row)) &&
         (w->local = tern_alloc(local)) && (w->table = tern_alloc(en->table_bytes));
    ok = ok && (w->block = tern_alloc(tern_mul_size(block, sizeof *w->block)));
    ok = ok && (!slice || (w->slice = tern_alloc(slice)));
    return ok;
}

enum tern_status tern_engine_buffers(struct tern_engine *en, struct tern_error *e) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t n = en->ubatch, inner = (size_t)hp->heads * hp->head_dim, half = hp->head_dim / 2;
    const size_t widest = tern_max(tern_max(hp->hidden, hp->ffn), inner);
    size_t shared, local, block, rows;
    const size_t slice = slice_bytes(en, &rows);
    scratch_bytes(en, &shared, &local, &block);
    en->block_words = block = tern_max(block, 64);
    en->qkv_columns = tern_engine_columns(hp).all;
    en->table_bytes = own_tables(en);
    en->by_heads = worth_by_heads(en);

    int ok = get_floats(&en->x, n, hp->hidden) && get_floats(&en->qkv, n, en->qkv_columns) &&
             get_floats(&en->mixed, n, inner) && get_floats(&en->inner, n, hp->ffn) &&
             get_floats(&en->cosine, n, half) && get_floats(&en->sine, n, half) &&
             get_tokens(&en->tokens, n, widest, wants_floats(en) ? widest : 0);
    ok =
        ok && (en->shared = tern_alloc(shared)) && (en->frequency = tern_alloc(half * sizeof *en->frequency));
    ok = ok && (en->history = tern_alloc(tern_mul_size(en->context, sizeof *en->history)));
    en->sum_stride = tern_round_up(rows, 2 * TERN_LANES);
    const size_t sums = tern_mul_size(SPLIT_MATRICES * en->threads_decode, en->sum_stride);
    ok = ok && (!slice || (en->sums = tern_alloc(tern_mul_size(sums, sizeof *en->sums))));
    ok = ok && (en->worker = tern_alloc(en->workers * sizeof *en->worker));
    if (ok && any_gates_apart(en)) ok = get_floats(&en->up, n, hp->ffn);
    for (size_t w = 0; ok && w < en->workers; w++)
        ok = get_worker(en, &en->worker[w], widest, local, block, slice);
    if (!ok) return tern_fail(e, TERN_NO_MEMORY, "engine: buffers for %zu tokens per step: out of memory", n);
    for (size_t i = 0; i < half; i++)
        en->frequency[i] = pow(hp->rope_theta, -2.0 * (double)i / (double)hp->head_dim);
    return TERN_OK;
}

void tern_engine_buffers_free(struct tern_engine *en) {
    for (size_t w = 0; en->worker && w < en->workers; w++) {
        struct worker *s = &en->worker[w];
        drop_tokens(&s->one);
        tern_free(s->score);
        tern_free(s->key);
        tern_free(s->normed);
        tern_free(s->own_k);
        tern_free(s->own_v);
        tern_free(s->qkv);
        tern_free(s->table);
        tern_free(s->block);
        tern_free(s->local);
        tern_free(s->slice);
    }
    tern_free(en->worker);
    tern_free(en->sums);
    drop_tokens(&en->tokens);
    tern_free(en->x);
    tern_free(en->qkv);
    tern_free(en->mixed);
    tern_free(en->inner);
    tern_free(en->up);
    tern_free(en->cosine);
    tern_free(en->sine);
    tern_free(en->shared);
    tern_free(en->frequency);
    tern_free(en->history);
}
