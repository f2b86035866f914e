#include "harness/attention/rows.h"
#include "harness/step.h"

/* Keys and values of the step's tokens into the cache, and their queries turned where they lie. Tokens of one
 * head follow each other, because the keys of neighbours lie side by side. */
static void enter_cache(const struct step *st, size_t w, size_t layer, const struct head_rows *r) {
    const struct tern_engine *en = st->en;
    size_t from, to;
    tern_share(st->n * r->kv_heads, 1, w, en->threads, &from, &to);
    for (size_t i = from; i < to; i++) {
        const size_t g = i / st->n, t = i % st->n, at = en->position + t;
        tern_attention_put(en, &en->worker[w], r, layer, t, g, at % TERN_KEYS,
                           tern_attention_keys(en, layer, g, at), tern_attention_value(en, layer, g, at));
        for (size_t h = g * r->group; h < (g + 1) * r->group; h++) {
            float *q = r->qkv + t * en->qkv_columns + h * r->dim;
            tern_attention_turn(en, layer, t, q, q);
        }
    }
}

/* Where worker w begins when all (kv head, token) are shared out by the positions that a token looks at. */
struct place {
    size_t g, t;
};

static struct place place_of(const struct step *st, const struct head_rows *r, size_t w) {
    const struct tern_engine *en = st->en;
    const size_t n = st->n, whole = n * en->position + n * (n + 1) / 2;
    const size_t before = whole * r->kv_heads * w / en->threads;
    struct place p = {before / whole, 0};
    if (w == en->threads) return (struct place){r->kv_heads, 0};
    for (size_t sum = before % whole; p.t < n && sum >= en->position + p.t + 1; p.t++)
        sum -= en->position + p.t + 1;
    return p;
}

/* Rows of the next tile when so many are left. Two small tiles take less time than a large one and single rows. */
static size_t tile_rows(const struct tern_attend_ops *ops, size_t left) {
    return left > ops->rows && left == 2 * ops->some ? ops->some : tern_min(ops->rows, left);
}

/* The rows of kv head g of tokens [from, to) over the span that begins at `base`. A row is one query head of
 * one token. */
static void attend_span(const struct step *st, size_t w, size_t layer, const struct head_rows *r, size_t g,
                        size_t base, size_t from, size_t to) {
    const struct tern_engine *en = st->en;
    struct worker *self = &en->worker[w];
    const size_t width = tern_attend_width(r->dim);
    struct query_tile tile = {.keys = tern_attention_keys(en, layer, g, base),
                              .values = tern_attention_value(en, layer, g, base)};
    for (size_t row = from * r->group; row < to * r->group; row += tile.rows) {
        tile.rows = tile_rows(en->attend, to * r->group - row);
        for (size_t i = 0; i < tile.rows; i++) {
            const size_t t = (row + i) / r->group, head = g * r->group + (row + i) % r->group;
            tile.query[i] = r->qkv + t * en->qkv_columns + head * r->dim;
            tile.count[i] = tern_min(TERN_SPAN, en->position + t + 1 - base);
        }
        tern_attention_tile(en, self, &tile);
        for (size_t i = 0; i < tile.rows; i++) {
            const size_t t = (row + i) / r->group, at = t * r->heads + g * r->group + (row + i) % r->group;
            tern_attention_add(en, base == 0, &en->attended[at], en->mixed + at * r->dim, &self->part[i],
                               self->add + i * width);
        }
        tern_profile_lap(&self->profile, TERN_SPENT_GATHER);
    }
}

static void attend_head(const struct step *st, size_t w, size_t layer, const struct head_rows *r, size_t g,
                        size_t from, size_t to) {
    const struct tern_engine *en = st->en;
    for (size_t base = 0; base < en->position + to; base += TERN_SPAN) {
        const size_t first = base > en->position ? base - en->position : 0; /* token that sees the span */
        attend_span(st, w, layer, r, g, base, tern_max(from, first), to);
    }
    for (size_t at = from; at < to; at++)
        for (size_t h = g * r->group; h < (g + 1) * r->group; h++)
            en->ops->multiply(en->mixed + (at * r->heads + h) * r->dim, r->dim,
                              1.0f / en->attended[at * r->heads + h].sum);
    tern_profile_lap(&en->worker[w].profile, TERN_SPENT_GATHER);
}

static void attention_many(const struct step *st, size_t w, size_t layer) {
    const struct tern_engine *en = st->en;
    struct tern_profile *clock = &en->worker[w].profile;
    const struct head_rows r = tern_attention_rows(en, en->qkv);
    enter_cache(st, w, layer, &r);
    tern_profile_lap(clock, TERN_SPENT_ROPE);
    tern_pool_barrier(en->pool);
    tern_profile_lap(clock, TERN_SPENT_WAIT);
    const struct place from = place_of(st, &r, w), to = place_of(st, &r, w + 1);
    for (size_t g = from.g; g < r.kv_heads && g <= to.g; g++) {
        const size_t first = g == from.g ? from.t : 0, end = g == to.g ? to.t : st->n;
        if (first < end) attend_head(st, w, layer, &r, g, first, end);
    }
}

void tern_engine_attention(const struct step *st, size_t w, size_t layer) {
    if (st->n == 1)
        tern_attention_one(st, w, layer);
    else
        attention_many(st, w, layer);
}
