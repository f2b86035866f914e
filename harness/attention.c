#include "harness/internal.h"
#include "harness/qkv.h"
#include "harness/step.h"

#include <math.h>
#include <string.h>

static unsigned char *cache_row(const struct tern_engine *en, size_t layer, int value, size_t kv_head,
                                size_t position) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t row = ((layer * 2 + (size_t)value) * hp->kv_heads + kv_head) * en->context + position;
    return (unsigned char *)en->cache.data + row * en->kv_row;
}

struct head_rows {
    size_t heads, kv_heads, dim, group, k_column, v_column;
    float *qkv; /* of the first token */
};

static struct head_rows rows_in_qkv(const struct tern_engine *en, float *qkv) {
    const struct tern_hparams *hp = &en->model->hp;
    const struct qkv_columns at = tern_qkv_columns(hp);
    return (struct head_rows){hp->heads, hp->kv_heads, hp->head_dim, hp->heads / hp->kv_heads,
                              at.k,      at.v,         qkv};
}

/* Norms (where the model does) and rotates the key of kv head g of token t into self->key and rounds key and
 * value to the cache's type. */
static void make_kv(const struct tern_engine *en, struct worker *self, const struct head_rows *r,
                    size_t layer, size_t t, size_t g, void *key, void *value) {
    const float *row = r->qkv + t * en->qkv_columns;
    en->ops->norm(row + r->k_column + g * r->dim, layer_norm(en, layer, TERN_K_NORM), r->dim,
                  en->model->hp.eps, self->key);
    en->ops->rope(self->key, en->cosine + t * r->dim / 2, en->sine + t * r->dim / 2, r->dim,
                  en->model->hp.rope_neox);
    en->ops->store[en->kv](self->key, r->dim, key);
    en->ops->store[en->kv](row + r->v_column + g * r->dim, r->dim, value);
}

static void prepare_query(const struct tern_engine *en, const struct head_rows *r, size_t layer, size_t t,
                          float *q) {
    en->ops->norm(q, layer_norm(en, layer, TERN_Q_NORM), r->dim, en->model->hp.eps, q);
    en->ops->rope(q, en->cosine + t * r->dim / 2, en->sine + t * r->dim / 2, r->dim, en->model->hp.rope_neox);
}

/* Attention of one head of token t: positions before `cached` from the cache, then (own_k) the token itself.
 */
static void attend(const struct tern_engine *en, struct worker *self, const struct head_rows *r, size_t layer,
                   size_t t, size_t head, size_t cached, const void *own_k, const void *own_v) {
    const struct tern_f32_ops *ops = en->ops;
    const size_t g = head / r->group;
    float *q = r->qkv + t * en->qkv_columns + head * r->dim,
          *out = en->mixed + (t * r->heads + head) * r->dim;
    const float factor = 1.0f / sqrtf((float)r->dim);
    prepare_query(en, r, layer, t, q);
    ops->scores[en->kv](q, cache_row(en, layer, 0, g, 0), cached, r->dim, factor, self->score);
    if (own_k) ops->scores[en->kv](q, own_k, 1, r->dim, factor, self->score + cached);
    const float rest = ops->softmax(self->score, cached + (own_k ? 1 : 0));
    memset(out, 0, r->dim * sizeof *out);
    ops->gather[en->kv](self->score, cache_row(en, layer, 1, g, 0), cached, r->dim, out);
    if (own_v) ops->gather[en->kv](self->score + cached, own_v, 1, r->dim, out);
    ops->multiply(out, r->dim, rest);
}

/* Heads that attend together from `head` on, all of one key head: TERN_HEADS_TOGETHER, or 1. */
static size_t together(const struct tern_engine *en, const struct head_rows *r, size_t head, size_t end) {
    const int can = en->ops->scores_together && en->kv == TERN_KV_F16 && r->dim % TERN_LANES == 0 &&
                    head + TERN_HEADS_TOGETHER <= end && head % r->group + TERN_HEADS_TOGETHER <= r->group;
    return can ? TERN_HEADS_TOGETHER : 1;
}

/* The same as `attend` for each of TERN_HEADS_TOGETHER heads, reading keys and values once. */
static void attend_together(const struct tern_engine *en, struct worker *self, const struct head_rows *r,
                            size_t layer, size_t t, size_t head, size_t cached, const void *own_k,
                            const void *own_v) {
    enum { H = TERN_HEADS_TOGETHER };
    const struct tern_f32_ops *ops = en->ops;
    const size_t g = head / r->group, stride = self->score_stride;
    float *q = r->qkv + t * en->qkv_columns + head * r->dim,
          *out = en->mixed + (t * r->heads + head) * r->dim, rest[H];
    const float factor = 1.0f / sqrtf((float)r->dim);
    for (size_t h = 0; h < H; h++) prepare_query(en, r, layer, t, q + h * r->dim);
    ops->scores_together(q, cache_row(en, layer, 0, g, 0), cached, r->dim, factor, self->score, stride);
    if (own_k) ops->scores_together(q, own_k, 1, r->dim, factor, self->score + cached, stride);
    for (size_t h = 0; h < H; h++) rest[h] = ops->softmax(self->score + h * stride, cached + (own_k ? 1 : 0));
    memset(out, 0, H * r->dim * sizeof *out);
    ops->gather_together(self->score, stride, cache_row(en, layer, 1, g, 0), cached, r->dim, out);
    if (own_v) ops->gather_together(self->score + cached, stride, own_v, 1, r->dim, out);
    for (size_t h = 0; h < H; h++) ops->multiply(out + h * r->dim, r->dim, rest[h]);
}

static size_t attend_some(const struct tern_engine *en, struct worker *self, const struct head_rows *r,
                          size_t layer, size_t t, size_t head, size_t end, size_t cached, const void *own_k,
                          const void *own_v) {
    const size_t heads = together(en, r, head, end);
    if (heads > 1)
        attend_together(en, self, r, layer, t, head, cached, own_k, own_v);
    else
        attend(en, self, r, layer, t, head, cached, own_k, own_v);
    return heads;
}

/* One token: a worker makes the keys that its heads need for itself, and the worker that has a group's first
 * head writes them to the cache, where nobody reads this position before the next barrier. */
static void attention_one(const struct step *st, size_t w, size_t layer) {
    const struct tern_engine *en = st->en;
    struct worker *self = &en->worker[w];
    const struct head_rows r = rows_in_qkv(en, en->by_heads ? self->qkv : en->qkv);
    const size_t row = en->kv_row;
    size_t from, to;
    tern_share(r.heads, 1, w, en->threads, &from, &to);
    for (size_t h = from, some; h < to; h += some) {
        const size_t g = h / r.group;
        if (h == from || h % r.group == 0) make_kv(en, self, &r, layer, 0, g, self->own_k, self->own_v);
        if (h % r.group == 0) {
            memcpy(cache_row(en, layer, 0, g, en->position), self->own_k, row);
            memcpy(cache_row(en, layer, 1, g, en->position), self->own_v, row);
        }
        some = attend_some(en, self, &r, layer, 0, h, to, en->position, self->own_k, self->own_v);
    }
}

static void attention_many(const struct step *st, size_t w, size_t layer) {
    const struct tern_engine *en = st->en;
    const struct head_rows r = rows_in_qkv(en, en->qkv);
    size_t from, to;
    tern_share(st->n * r.kv_heads, 1, w, en->threads, &from, &to);
    for (size_t i = from; i < to; i++) {
        const size_t t = i / r.kv_heads, g = i % r.kv_heads;
        make_kv(en, &en->worker[w], &r, layer, t, g, cache_row(en, layer, 0, g, en->position + t),
                cache_row(en, layer, 1, g, en->position + t));
    }
    tern_pool_barrier(en->pool);
    /* By turns, as later tokens look at more. */
    const size_t heads = r.group % TERN_HEADS_TOGETHER ? 1 : together(en, &r, 0, r.heads);
    for (size_t i = w; i < st->n * (r.heads / heads); i += en->threads) {
        const size_t head = i / st->n * heads, t = i % st->n;
        attend_some(en, &en->worker[w], &r, layer, t, head, head + heads, en->position + t + 1, NULL, NULL);
    }
}

void tern_engine_attention(const struct step *st, size_t w, size_t layer) {
    if (st->n == 1)
        attention_one(st, w, layer);
    else
        attention_many(st, w, layer);
}
