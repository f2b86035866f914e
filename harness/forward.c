/* One step of n tokens as a single program on every worker. A decoded token meets five barriers per layer:
 * each worker norms and quantises it for itself, and only rows of a linear layer and heads of attention are
 * shared out. */
#include "harness/internal.h"

#include <math.h>

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
        tern_head_run(en, w, x, st->logits + (st->keep == 2 ? t * hp->vocab : 0));
    }
}

/* A matrix whose results go to columns of dst. */
static struct product product_of(const struct packed *p, enum tern_epilogue_kind kind, float *dst,
                                 size_t ld) {
    return (struct product){
        .p = p, .ep = {.kind = kind, .segment = {{p->w.m, p->source->scale, dst}}, .segments = 1, .ld = ld}};
}

static void attention_block(const struct step *st, size_t w, size_t layer) {
    const struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    const struct packed_layer *l = &en->layer[layer];
    const struct qkv_columns at = tern_engine_columns(hp);
    const size_t inner = (size_t)hp->heads * hp->head_dim;
    const struct product qkv[3] = {
        product_of(&l->q, TERN_EPILOGUE_SCALE, en->qkv + at.q, en->qkv_columns),
        product_of(&l->k, TERN_EPILOGUE_SCALE, en->qkv + at.k, en->qkv_columns),
        product_of(&l->v, TERN_EPILOGUE_SCALE, en->qkv + at.v, en->qkv_columns),
    };
    const struct product o = product_of(&l->o, TERN_EPILOGUE_ADD, en->x, hp->hidden);
    const struct tern_tokens *x =
        tern_engine_activate(st, w, en->x, hp->hidden, hp->hidden, en->attn_norm[layer]);
    tern_engine_multiply(st, w, qkv, 3, x);
    tern_pool_barrier(en->pool);
    tern_engine_attention(st, w, layer);
    tern_pool_barrier(en->pool);
    x = tern_engine_activate(st, w, en->mixed, inner, inner, en->attn_sub_norm[layer]);
    tern_engine_multiply(st, w, &o, 1, x);
    tern_pool_barrier(en->pool);
}

static void ffn_block(const struct step *st, size_t w, size_t layer) {
    const struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    const struct packed_layer *l = &en->layer[layer];
    struct product gated = product_of(
        &l->gate, hp->activation == TERN_SILU ? TERN_EPILOGUE_SILU : TERN_EPILOGUE_RELU2, en->inner, hp->ffn);
    const struct product down = product_of(&l->down, TERN_EPILOGUE_ADD, en->x, hp->hidden);
    gated.up = &l->up;
    gated.ep.up_scale = l->up.source->scale;
    const struct tern_tokens *x =
        tern_engine_activate(st, w, en->x, hp->hidden, hp->hidden, en->ffn_norm[layer]);
    tern_engine_multiply(st, w, &gated, 1, x);
    tern_pool_barrier(en->pool);
    x = tern_engine_activate(st, w, en->inner, hp->ffn, hp->ffn, en->ffn_sub_norm[layer]);
    tern_engine_multiply(st, w, &down, 1, x);
    tern_pool_barrier(en->pool);
}

static void forward(void *ctx, size_t w, size_t workers) {
    const struct step *st = ctx;
    const struct tern_engine *en = st->en;
    (void)workers;
    enter(st, w);
    tern_pool_barrier(en->pool);
    for (size_t i = 0; i < en->model->hp.layers; i++) {
        attention_block(st, w, i);
        ffn_block(st, w, i);
    }
    leave(st, w);
}

void tern_engine_forward(struct tern_engine *en, const int32_t *ids, size_t n, int keep, float *logits) {
    struct step st = {.en = en, .ids = ids, .n = n, .keep = keep, .logits = logits};
    tern_pool_run(en->pool, forward, &st);
    en->position += n;
}
