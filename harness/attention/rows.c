#include "harness/attention/rows.h"
#include "harness/qkv.h"

#include <math.h>
#include <string.h>

struct head_rows tern_attention_rows(const struct tern_engine *en, float *qkv) {
    const struct tern_hparams *hp = &en->model->hp;
    const struct qkv_columns at = tern_qkv_columns(hp);
    return (struct head_rows){hp->heads, hp->kv_heads, hp->head_dim, hp->heads / hp->kv_heads,
                              at.k,      at.v,         qkv};
}

/* A short context has a span that is shorter. */
static size_t span_of(const struct tern_engine *en) {
    return tern_min(TERN_SPAN, tern_round_up(en->context, TERN_KEYS));
}

static size_t head_bytes(const struct tern_engine *en) {
    return span_of(en) / TERN_KEYS * (en->key_bytes + TERN_KEYS * en->value_bytes);
}

size_t tern_attention_cache_bytes(const struct tern_engine *en) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t spans = (en->context + span_of(en) - 1) / span_of(en);
    return tern_mul_size((size_t)hp->layers * hp->kv_heads * head_bytes(en), spans);
}

/* Keys and values of one kv head of one layer in the span that holds this position, [blocks of keys][rows of
 * values]. */
static unsigned char *head_cache(const struct tern_engine *en, size_t layer, size_t kv_head,
                                 size_t position) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t span = position / span_of(en), at = (span * hp->layers + layer) * hp->kv_heads + kv_head;
    return (unsigned char *)en->cache.data + at * head_bytes(en);
}

unsigned char *tern_attention_keys(const struct tern_engine *en, size_t layer, size_t kv_head,
                                   size_t position) {
    const size_t block = position % span_of(en) / TERN_KEYS;
    return head_cache(en, layer, kv_head, position) + block * en->key_bytes;
}

unsigned char *tern_attention_value(const struct tern_engine *en, size_t layer, size_t kv_head,
                                    size_t position) {
    const size_t span = span_of(en);
    return head_cache(en, layer, kv_head, position) + span / TERN_KEYS * en->key_bytes +
           position % span * en->value_bytes;
}

static void rotate(const struct tern_engine *en, size_t t, float *x) {
    const size_t dim = tern_rotary(&en->model->hp);
    en->ops->rope(x, en->cosine + t * dim / 2, en->sine + t * dim / 2, dim, en->model->hp.rope_neox);
}

void tern_attention_put(const struct tern_engine *en, struct worker *self, const struct head_rows *r,
                        size_t layer, size_t t, size_t g, size_t slot, void *keys, void *value) {
    const float *row = r->qkv + t * en->qkv_columns;
    en->ops->norm(row + r->k_column + g * r->dim, layer_norm(en, layer, TERN_K_NORM), r->dim,
                  en->model->hp.eps, self->key);
    rotate(en, t, self->key);
    en->attend->put_key[en->kv](self->key, r->dim, slot, keys);
    en->attend->put_value[en->kv](row + r->v_column + g * r->dim, r->dim, value);
}

void tern_attention_turn(const struct tern_engine *en, size_t layer, size_t t, const float *q, float *out) {
    en->ops->norm(q, layer_norm(en, layer, TERN_Q_NORM), en->model->hp.head_dim, en->model->hp.eps, out);
    rotate(en, t, out);
}

/* Queries side by side, scaled: [dim][rows]. */
static void pack(const struct query_tile *t, size_t dim, float *out) {
    const float factor = 1.0f / sqrtf((float)dim);
    for (size_t r = 0; r < t->rows; r++)
        for (size_t d = 0; d < dim; d++) out[d * t->rows + r] = t->query[r][d] * factor;
}

static void score(const struct tern_engine *en, struct worker *self, const struct query_tile *t) {
    const size_t dim = en->model->hp.head_dim, stride = TERN_SCORE_STRIDE;
    const size_t blocks = (t->count[t->rows - 1] + TERN_KEYS - 1) / TERN_KEYS,
                 cached = blocks - (t->own_keys != NULL);
    pack(t, dim, self->packed);
    en->attend->scores[en->kv](self->packed, t->rows, t->keys, cached, dim, self->score, stride);
    if (t->own_keys)
        en->attend->scores[en->kv](self->packed, t->rows, t->own_keys, 1, dim,
                                   self->score + cached * TERN_KEYS, stride);
}

/* The positions that all rows see together, then the rest of each. */
static void gather(const struct tern_engine *en, struct worker *self, const struct query_tile *t) {
    const size_t dim = en->model->hp.head_dim, width = tern_attend_width(dim), stride = TERN_SCORE_STRIDE;
    const size_t common = t->count[0] - (t->own_value != NULL);
    memset(self->add, 0, t->rows * width * sizeof *self->add);
    en->attend->gather[en->kv](self->score, stride, t->rows, t->values, common, dim, self->add, width);
    if (t->own_value) {
        en->attend->gather[en->kv](self->score + common, stride, t->rows, t->own_value, 1, dim, self->add,
                                   width);
        return;
    }
    const unsigned char *rest = (const unsigned char *)t->values + common * en->value_bytes;
    for (size_t r = 1; r < t->rows; r++)
        if (t->count[r] > common)
            en->attend->gather[en->kv](self->score + r * stride + common, stride, 1, rest,
                                       t->count[r] - common, dim, self->add + r * width, width);
}

void tern_attention_tile(const struct tern_engine *en, struct worker *self, const struct query_tile *t) {
    score(en, self, t);
    tern_profile_lap(&self->profile, TERN_SPENT_SCORES);
    for (size_t r = 0; r < t->rows; r++)
        self->part[r] = en->attend->softmax(self->score + r * TERN_SCORE_STRIDE, t->count[r]);
    tern_profile_lap(&self->profile, TERN_SPENT_SOFTMAX);
    gather(en, self, t);
}

void tern_attention_add(const struct tern_engine *en, int first, struct tern_attended *whole, float *out,
                        const struct tern_attended *part, const float *add) {
    const size_t dim = en->model->hp.head_dim;
    if (!first) {
        en->attend->merge(whole, out, part, add, dim);
        return;
    }
    *whole = *part;
    memcpy(out, add, dim * sizeof *out);
}
