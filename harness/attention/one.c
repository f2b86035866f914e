/* Attention of a single token. Usually each worker attends with its share of the heads. Where that leaves
 * workers with unequal shares of a long context, spans of all heads are shared out instead, and merged behind
 * one barrier more. */
#include "harness/attention/rows.h"
#include "harness/step.h"

#include <string.h>

static size_t spans_of(const struct tern_engine *en) {
    return en->position / TERN_SPAN + 1;
}

/* Bytes of keys and values that one worker reads while two barriers are met: some microseconds. */
#define WORTH ((size_t)64 << 10)

int tern_attention_by_spans(const struct tern_engine *en) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t group = hp->heads / hp->kv_heads, spans = spans_of(en), threads = en->threads;
    const size_t bytes = TERN_SPAN / TERN_KEYS * en->key_bytes + TERN_SPAN * en->value_bytes;
    size_t most = 0;
    if (spans < 2 || threads < 2) return 0;
    for (size_t w = 0, from, to; w < threads; w++) {
        tern_share(hp->heads, 1, w, threads, &from, &to);
        if (from < to) most = tern_max(most, (to - 1) / group - from / group + 1);
    }
    const size_t by_heads = most * spans, by_spans = (hp->kv_heads * spans + threads - 1) / threads;
    return by_heads > by_spans && (by_heads - by_spans) * bytes > WORTH;
}

int tern_attention_by_heads(const struct tern_engine *en) {
    return en->by_heads && !tern_attention_by_spans(en);
}

/* The token's key and value of kv head g, which the cache gets when nobody reads it any more. */
struct own {
    unsigned char *keys, *value;
};

static struct own own_of(const struct tern_engine *en, const struct worker *self, size_t g) {
    unsigned char *keys = self->own + g * (en->key_bytes + en->value_bytes);
    return (struct own){keys, keys + en->key_bytes};
}

static void make_own(const struct tern_engine *en, struct worker *self, const struct head_rows *r,
                     size_t layer, size_t g, int keep) {
    const struct own own = own_of(en, self, g);
    memcpy(own.keys, tern_attention_keys(en, layer, g, en->position), en->key_bytes);
    tern_attention_put(en, self, r, layer, 0, g, en->position % TERN_KEYS, own.keys, own.value);
    self->keeps[g] = (unsigned char)keep;
}

void tern_attention_keep(const struct tern_engine *en, size_t w, size_t layer) {
    struct worker *self = &en->worker[w];
    for (size_t g = 0; g < en->model->hp.kv_heads; g++) {
        if (!self->keeps[g]) continue;
        const struct own own = own_of(en, self, g);
        memcpy(tern_attention_keys(en, layer, g, en->position), own.keys, en->key_bytes);
        memcpy(tern_attention_value(en, layer, g, en->position), own.value, en->value_bytes);
        self->keeps[g] = 0;
    }
}

/* Turned queries of heads [from, to), which begin at self->query. */
static void turn(const struct tern_engine *en, struct worker *self, const struct head_rows *r, size_t layer,
                 size_t from, size_t to) {
    for (size_t h = from; h < to; h++)
        tern_attention_turn(en, layer, 0, r->qkv + h * r->dim, self->query + (h - from) * r->dim);
}

/* Heads [from, to) of kv head g, whose queries lie in self->query, over span `c`, in tiles of equal height.
 * part and add: of the first head, `step` from head to head. `whole`: what the span is added to, else it is
 * only left in part and add. */
struct target {
    struct tern_attended *part;
    float *out;
    size_t part_step, out_step;
    int first;
};

static void attend(const struct tern_engine *en, struct worker *self, size_t layer, size_t g, size_t c,
                   size_t heads, const struct target *to) {
    const size_t dim = en->model->hp.head_dim, width = tern_attend_width(dim), base = c * TERN_SPAN;
    const size_t tiles = (heads + en->attend->rows - 1) / en->attend->rows,
                 most = (heads + tiles - 1) / tiles;
    const int last = c + 1 == spans_of(en);
    const struct own own = own_of(en, self, g);
    struct query_tile tile = {.keys = tern_attention_keys(en, layer, g, base),
                              .values = tern_attention_value(en, layer, g, base),
                              .own_keys = last ? own.keys : NULL,
                              .own_value = last ? own.value : NULL};
    for (size_t h = 0; h < heads; h += tile.rows) {
        tile.rows = tern_min(most, heads - h);
        for (size_t i = 0; i < tile.rows; i++) {
            tile.query[i] = self->query + (h + i) * dim;
            tile.count[i] = tern_min(TERN_SPAN, en->position + 1 - base);
        }
        tern_attention_tile(en, self, &tile);
        for (size_t i = 0; i < tile.rows; i++)
            tern_attention_add(en, to->first, to->part + (h + i) * to->part_step,
                               to->out + (h + i) * to->out_step, &self->part[i], self->add + i * width);
        tern_profile_lap(&self->profile, TERN_SPENT_GATHER);
    }
}

static void finish(const struct tern_engine *en, size_t from, size_t to) {
    const size_t dim = en->model->hp.head_dim;
    for (size_t h = from; h < to; h++)
        en->ops->multiply(en->mixed + h * dim, dim, 1.0f / en->attended[h].sum);
}

static void by_heads(const struct tern_engine *en, struct worker *self, const struct head_rows *r,
                     size_t layer, size_t from, size_t to) {
    for (size_t h = from, end; h < to; h = end) {
        const size_t g = h / r->group;
        end = tern_min((g + 1) * r->group, to);
        make_own(en, self, r, layer, g, h % r->group == 0);
        turn(en, self, r, layer, h, end);
        tern_profile_lap(&self->profile, TERN_SPENT_ROPE);
        for (size_t c = 0; c < spans_of(en); c++)
            attend(en, self, layer, g, c, end - h,
                   &(struct target){&en->attended[h], en->mixed + h * r->dim, 1, r->dim, c == 0});
        finish(en, h, end);
    }
}

/* Items are (kv head, span); what each gives goes to en->span and en->span_out, [head][span]. */
static void by_spans(const struct step *st, size_t w, const struct head_rows *r, size_t layer) {
    const struct tern_engine *en = st->en;
    struct worker *self = &en->worker[w];
    const size_t spans = spans_of(en), width = tern_attend_width(r->dim);
    size_t from, to, turned = r->kv_heads;
    tern_share(r->kv_heads * spans, 1, w, en->threads, &from, &to);
    for (size_t i = from; i < to; i++) {
        const size_t g = i / spans, c = i % spans, h = g * r->group, at = h * en->spans + c;
        if (g != turned) turn(en, self, r, layer, h, h + r->group);
        turned = g;
        if (c + 1 == spans) make_own(en, self, r, layer, g, 1);
        tern_profile_lap(&self->profile, TERN_SPENT_ROPE);
        attend(en, self, layer, g, c, r->group,
               &(struct target){&en->span[at], en->span_out + at * width, en->spans, en->spans * width, 1});
    }
    tern_pool_barrier(en->pool);
    tern_profile_lap(&self->profile, TERN_SPENT_WAIT);
    tern_share(r->heads, 1, w, en->threads, &from, &to);
    for (size_t h = from; h < to; h++)
        for (size_t c = 0; c < spans; c++)
            tern_attention_add(en, c == 0, &en->attended[h], en->mixed + h * r->dim,
                               &en->span[h * en->spans + c], en->span_out + (h * en->spans + c) * width);
    finish(en, from, to);
}

void tern_attention_one(const struct step *st, size_t w, size_t layer) {
    const struct tern_engine *en = st->en;
    struct worker *self = &en->worker[w];
    const struct head_rows r = tern_attention_rows(en, tern_attention_by_heads(en) ? self->qkv : en->qkv);
    if (tern_attention_by_spans(en)) {
        by_spans(st, w, &r, layer);
    } else {
        size_t from, to;
        tern_share(r.heads, 1, w, en->threads, &from, &to);
        by_heads(en, self, &r, layer, from, to);
    }
    tern_profile_lap(&self->profile, TERN_SPENT_GATHER);
}
