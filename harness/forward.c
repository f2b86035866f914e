/* One step of n tokens as a single program on every worker. A decoded token meets five barriers per layer:
 * each worker norms and quantises it for itself, and only rows of a linear layer and heads of attention are
 * shared out. */
#include "harness/internal.h"

#include <math.h>
#include <string.h>

struct step {
    struct tern_engine *en;
    const int32_t *ids;
    size_t n;
    int keep;
    float *logits;
};

/* One multiplication of a group that reads the same tokens; its integers go to columns [column, column + m)
 * of acc. */
struct part {
    const struct packed *p;
    size_t column;
};

static int same_prep(const struct tern_plan *a, const struct tern_plan *b) {
    return a && a->variant->prep == b->variant->prep && !memcmp(a->param, b->param, sizeof a->param);
}

/* Rows of worker w, the same for all calls of a chunk of n tokens. */
static void rows_of(const struct step *st, size_t w, const struct packed *p, size_t n, size_t *from,
                    size_t *to) {
    tern_variant_share(tern_engine_plan_for(p->plan, n)->variant, p->w.m, w, st->en->threads, from, to);
}

/* Tokens that one call of every part may take, at most `left`. */
static size_t chunk_of(const struct part *g, size_t count, size_t left) {
    for (size_t i = 0; i < count; i++) {
        const size_t most = tern_engine_plan_for(g[i].p->plan, left)->variant->n_max;
        if (most < left) return chunk_of(g, count, most);
    }
    return left;
}

/* Integer products of `count` matrices with tokens [t0, t0 + n). */
static void multiply(const struct step *st, size_t w, const struct part *g, size_t count,
                     const struct tern_tokens *all, size_t t0, size_t n) {
    struct tern_engine *en = st->en;
    struct tern_tokens x = *all;
    x.n = n;
    x.q += t0 * x.stride;
    x.sum += t0;
    x.inv += t0;
    const struct tern_plan *prepared = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct tern_plan *plan = tern_engine_plan_for(g[i].p->plan, n);
        const struct tern_variant *v = plan->variant;
        struct tern_call c = {.w = g[i].p->w, .x = &x, .ldy = en->acc_columns, .shared = en->shared};
        c.y = en->acc + t0 * en->acc_columns + g[i].column;
        memcpy(c.param, plan->param, sizeof c.param);
        if (!same_prep(prepared, plan) && v->prep->shared_bytes(&c)) {
            if (i || t0) tern_pool_barrier(en->pool); /* the table of the former call is still being read */
            v->prep->run(&c, w, en->threads);
            tern_pool_barrier(en->pool);
            prepared = plan;
        }
        size_t from, to;
        rows_of(st, w, g[i].p, n, &from, &to);
        if (to > from) v->run(&c, from, to, en->worker[w].local);
    }
}

/* Norm and quantisation of n tokens: of a single one by every worker for itself, else shared out. */
static const struct tern_tokens *activate(const struct step *st, size_t w, const float *src, size_t ld,
                                          size_t k, const float *weight) {
    struct tern_engine *en = st->en;
    struct worker *self = &en->worker[w];
    const float eps = en->model->hp.eps;
    const size_t stride = tern_token_stride(k);
    if (st->n == 1) {
        struct tern_tokens *x = &self->one;
        x->n = 1;
        x->k = k;
        x->stride = stride;
        en->ops->norm(src, weight, k, eps, self->h);
        en->quantise(self->h, k, stride, x->q, x->sum, x->inv);
        return x;
    }
    struct tern_tokens x = en->tokens;
    size_t from, to;
    tern_share(st->n, 1, w, en->threads, &from, &to);
    for (size_t t = from; t < to; t++) {
        en->ops->norm(src + t * ld, weight, k, eps, self->h);
        en->quantise(self->h, k, stride, x.q + t * stride, x.sum + t, x.inv + t);
    }
    self->many = x;
    self->many.n = st->n;
    self->many.k = k;
    self->many.stride = stride;
    tern_pool_barrier(en->pool);
    return &self->many;
}

typedef void finish_fn(const struct step *st, size_t w, const struct part *g, size_t count,
                       const struct tern_tokens *x, size_t t0, size_t n);

static void run_group(const struct step *st, size_t w, const struct part *g, size_t count,
                      const struct tern_tokens *x, finish_fn *finish) {
    for (size_t t0 = 0, n; t0 < st->n; t0 += n) {
        n = chunk_of(g, count, st->n - t0);
        multiply(st, w, g, count, x, t0, n);
        finish(st, w, g, count, x, t0, n);
    }
}

/* q, k and v: integers to f32, at the same columns. */
static void finish_qkv(const struct step *st, size_t w, const struct part *g, size_t count,
                       const struct tern_tokens *x, size_t t0, size_t n) {
    const struct tern_engine *en = st->en;
    for (size_t i = 0; i < count; i++) {
        size_t from, to;
        rows_of(st, w, g[i].p, n, &from, &to);
        for (size_t t = t0; t < t0 + n; t++) {
            const size_t at = g[i].column + from;
            en->ops->scale(en->acc + t * en->acc_columns + at, to - from, x->inv[t] * g[i].p->source->scale,
                           en->qkv + t * en->qkv_columns + at);
        }
    }
}

/* o and down: added to the residual stream. */
static void finish_add(const struct step *st, size_t w, const struct part *g, size_t count,
                       const struct tern_tokens *x, size_t t0, size_t n) {
    const struct tern_engine *en = st->en;
    const size_t hidden = en->model->hp.hidden;
    (void)count;
    size_t from, to;
    rows_of(st, w, g[0].p, n, &from, &to);
    for (size_t t = t0; t < t0 + n; t++)
        en->ops->scale_add(en->acc + t * en->acc_columns + from, to - from, x->inv[t] * g[0].p->source->scale,
                           en->x + t * hidden + from);
}

/* gate and up have one shape, hence one plan and the same rows on each worker. */
static void finish_gated(const struct step *st, size_t w, const struct part *g, size_t count,
                         const struct tern_tokens *x, size_t t0, size_t n) {
    const struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    (void)count;
    size_t from, to;
    rows_of(st, w, g[0].p, n, &from, &to);
    for (size_t t = t0; t < t0 + n; t++) {
        const int32_t *acc = en->acc + t * en->acc_columns + from;
        en->ops->gated(acc, x->inv[t] * g[0].p->source->scale, acc + g[1].column,
                       x->inv[t] * g[1].p->source->scale, to - from, hp->activation,
                       en->inner + t * hp->ffn + from);
    }
}

static unsigned char *cache_row(const struct tern_engine *en, size_t layer, int value, size_t kv_head,
                                size_t position) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t row = ((layer * 2 + (size_t)value) * hp->kv_heads + kv_head) * en->context + position;
    return (unsigned char *)en->cache.data + row * en->kv_row;
}

struct head_rows {
    size_t heads, kv_heads, dim, group, k_column, v_column;
};

static struct head_rows rows_in_qkv(const struct tern_engine *en) {
    const struct tern_hparams *hp = &en->model->hp;
    const struct qkv_columns at = tern_engine_columns(hp);
    return (struct head_rows){hp->heads, hp->kv_heads, hp->head_dim, hp->heads / hp->kv_heads, at.k, at.v};
}

/* Rotates the key of kv head g of token t into self->key and rounds key and value to the cache's type. */
static void make_kv(const struct tern_engine *en, struct worker *self, const struct head_rows *r, size_t t,
                    size_t g, void *key, void *value) {
    const float *row = en->qkv + t * en->qkv_columns;
    memcpy(self->key, row + r->k_column + g * r->dim, r->dim * sizeof(float));
    en->ops->rope(self->key, en->cosine + t * r->dim / 2, en->sine + t * r->dim / 2, r->dim,
                  en->model->hp.rope_neox);
    en->ops->store[en->kv](self->key, r->dim, key);
    en->ops->store[en->kv](row + r->v_column + g * r->dim, r->dim, value);
}

/* Attention of one head of token t: positions before `cached` from the cache, then (own_k) the token itself.
 */
static void attend(const struct tern_engine *en, struct worker *self, const struct head_rows *r, size_t layer,
                   size_t t, size_t head, size_t cached, const void *own_k, const void *own_v) {
    const struct tern_f32_ops *ops = en->ops;
    const size_t g = head / r->group;
    float *q = en->qkv + t * en->qkv_columns + head * r->dim,
          *out = en->mixed + (t * r->heads + head) * r->dim;
    const float factor = 1.0f / sqrtf((float)r->dim);
    ops->rope(q, en->cosine + t * r->dim / 2, en->sine + t * r->dim / 2, r->dim, en->model->hp.rope_neox);
    ops->scores[en->kv](q, cache_row(en, layer, 0, g, 0), cached, r->dim, factor, self->score);
    if (own_k) ops->scores[en->kv](q, own_k, 1, r->dim, factor, self->score + cached);
    const float rest = ops->softmax(self->score, cached + (own_k ? 1 : 0));
    memset(out, 0, r->dim * sizeof *out);
    ops->gather[en->kv](self->score, cache_row(en, layer, 1, g, 0), cached, r->dim, out);
    if (own_v) ops->gather[en->kv](self->score + cached, own_v, 1, r->dim, out);
    ops->multiply(out, r->dim, rest);
}

/* One token: a worker makes the keys that its heads need for itself, and the worker that has a group's first
 * head writes them to the cache, where nobody reads this position before the next barrier. */
static void attention_one(const struct step *st, size_t w, size_t layer) {
    const struct tern_engine *en = st->en;
    const struct head_rows r = rows_in_qkv(en);
    struct worker *self = &en->worker[w];
    const size_t row = en->kv_row;
    size_t from, to;
    tern_share(r.heads, 1, w, en->threads, &from, &to);
    for (size_t h = from; h < to; h++) {
        const size_t g = h / r.group;
        if (h == from || h % r.group == 0) make_kv(en, self, &r, 0, g, self->own_k, self->own_v);
        if (h % r.group == 0) {
            memcpy(cache_row(en, layer, 0, g, en->position), self->own_k, row);
            memcpy(cache_row(en, layer, 1, g, en->position), self->own_v, row);
        }
        attend(en, self, &r, layer, 0, h, en->position, self->own_k, self->own_v);
    }
}

static void attention_many(const struct step *st, size_t w, size_t layer) {
    const struct tern_engine *en = st->en;
    const struct head_rows r = rows_in_qkv(en);
    size_t from, to;
    tern_share(st->n * r.kv_heads, 1, w, en->threads, &from, &to);
    for (size_t i = from; i < to; i++) {
        const size_t t = i / r.kv_heads, g = i % r.kv_heads;
        make_kv(en, &en->worker[w], &r, t, g, cache_row(en, layer, 0, g, en->position + t),
                cache_row(en, layer, 1, g, en->position + t));
    }
    tern_pool_barrier(en->pool);
    tern_share(st->n * r.heads, 1, w, en->threads, &from, &to);
    for (size_t i = from; i < to; i++) {
        const size_t head = i / st->n, t = i % st->n;
        attend(en, &en->worker[w], &r, layer, t, head, en->position + t + 1, NULL, NULL);
    }
}

/* Embeddings and the rotation angles of the step's tokens. */
static void enter(const struct step *st, size_t w) {
    struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    const size_t half = hp->head_dim / 2;
    size_t from, to;
    tern_share(st->n, 1, w, en->threads, &from, &to);
    for (size_t t = from; t < to; t++) {
        tern_dense_row(&en->model->embedding, (size_t)st->ids[t], en->x + t * hp->hidden);
        for (size_t i = 0; i < half; i++) {
            const double angle = (double)(en->position + t) * en->frequency[i];
            en->cosine[t * half + i] = (float)cos(angle);
            en->sine[t * half + i] = (float)sin(angle);
        }
    }
}

static void leave(const struct step *st, size_t w) {
    struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    struct tern_tokens *x = &en->worker[w].one;
    x->n = 1;
    x->k = hp->hidden;
    for (size_t t = st->keep == 2 ? 0 : st->n - 1; st->keep && t < st->n; t++) {
        en->ops->norm(en->x + t * hp->hidden, en->output_norm, hp->hidden, hp->eps, x->f);
        tern_head_run(en, w, x->f, st->keep == 2, st->logits + (st->keep == 2 ? t * hp->vocab : 0));
    }
}

static void meet(const struct step *st, struct tern_profile *clock) {
    tern_pool_barrier(st->en->pool);
    tern_profile_lap(clock, TERN_SPENT_WAIT);
}

static void forward(void *ctx, size_t w, size_t workers) {
    const struct step *st = ctx;
    struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    const struct head_rows r = rows_in_qkv(en);
    const size_t inner = r.heads * r.dim, up_column = tern_round_up(hp->ffn, TERN_LANES);
    (void)workers;
    struct tern_profile *clock = &en->worker[w].profile;
    tern_profile_begin(clock);
    enter(st, w);
    tern_profile_lap(clock, TERN_SPENT_OTHER);
    meet(st, clock);
    for (size_t i = 0; i < hp->layers; i++) {
        const struct packed_layer *l = &en->layer[i];
        const struct part qkv[3] = {{&l->q, 0}, {&l->k, r.k_column}, {&l->v, r.v_column}};
        const struct part o = {&l->o, 0}, gated[2] = {{&l->gate, 0}, {&l->up, up_column}},
                          down = {&l->down, 0};

        const struct tern_tokens *x = activate(st, w, en->x, hp->hidden, hp->hidden, en->attn_norm[i]);
        tern_profile_lap(clock, TERN_SPENT_NORM);
        run_group(st, w, qkv, 3, x, finish_qkv);
        tern_profile_lap(clock, TERN_SPENT_LINEAR);
        meet(st, clock);
        if (st->n == 1)
            attention_one(st, w, i);
        else
            attention_many(st, w, i);
        tern_profile_lap(clock, TERN_SPENT_ATTENTION);
        meet(st, clock);
        x = activate(st, w, en->mixed, inner, inner, en->attn_sub_norm[i]);
        tern_profile_lap(clock, TERN_SPENT_NORM);
        run_group(st, w, &o, 1, x, finish_add);
        tern_profile_lap(clock, TERN_SPENT_LINEAR);
        meet(st, clock);
        x = activate(st, w, en->x, hp->hidden, hp->hidden, en->ffn_norm[i]);
        tern_profile_lap(clock, TERN_SPENT_NORM);
        run_group(st, w, gated, 2, x, finish_gated);
        tern_profile_lap(clock, TERN_SPENT_LINEAR);
        meet(st, clock);
        x = activate(st, w, en->inner, hp->ffn, hp->ffn, en->ffn_sub_norm[i]);
        tern_profile_lap(clock, TERN_SPENT_NORM);
        run_group(st, w, &down, 1, x, finish_add);
        tern_profile_lap(clock, TERN_SPENT_LINEAR);
        meet(st, clock);
    }
    leave(st, w);
    tern_profile_lap(clock, TERN_SPENT_HEAD);
}

void tern_engine_forward(struct tern_engine *en, const int32_t *ids, size_t n, int keep, float *logits) {
    struct step st = {.en = en, .ids = ids, .n = n, .keep = keep, .logits = logits};
    tern_pool_run(en->pool, forward, &st);
    en->position += n;
}
