/* One step of n tokens: every worker runs the same program on its own share. For a decoded token there are
 * four barriers per layer: after attention, after o, after gate and up, and after down. Each worker norms and
 * quantises the token for itself, and makes the rows of q, k and v that its own attention heads need. Where
 * that costs more than a barrier (qkv.c), there is a fifth one before attention. */
#include "harness/internal.h"
#include "harness/qkv.h"
#include "harness/step.h"

#include <math.h>
#include <string.h>

/* Embeddings and the rotation angles of the step's tokens. */
static void embed_tokens(const struct step *st, size_t w) {
    struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    const size_t half = tern_rotary(hp) / 2;
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

static void lap(const struct step *st, size_t w, enum tern_operation o) {
    tern_profile_lap(&st->en->worker[w].profile, o);
}

static void wait_for_all(const struct step *st, size_t w) {
    tern_pool_barrier(st->en->pool);
    lap(st, w, TERN_SPENT_WAIT);
}

/* A matrix whose results go to columns of dst. */
static struct product product_of(const struct packed *p, enum tern_epilogue_kind kind, float *dst,
                                 size_t ld) {
    return (struct product){
        .p = p,
        .ep = {.kind = kind, .segment = {{p->w.m, p->source[0]->scale, dst}}, .segments = 1, .ld = ld}};
}

/* q, k and v to their columns of `dst`, as three matrices or one. Returns how many. */
static size_t qkv_products(const struct tern_engine *en, const struct packed *p, float *dst,
                           struct product out[3]) {
    const struct qkv_columns at = tern_qkv_columns(&en->model->hp);
    const size_t column[3] = {at.q, at.k, at.v};
    for (size_t i = 0; i < en->plan.qkv_projections; i++)
        out[i] = product_of(&p[i], TERN_EPILOGUE_SCALE, dst + column[i], en->qkv_columns);
    if (en->plan.qkv_projections > 1) return 3;
    size_t end = 0;
    for (size_t i = 0; i < 3; i++) {
        end += p->source[i]->m;
        out[0].ep.segment[i] = (struct tern_segment){end, p->source[i]->scale, dst + column[i]};
    }
    out[0].ep.segments = 3;
    return 1;
}

/* Only the rows that worker w's heads need. */
static void restrict_to_heads(const struct tern_engine *en, size_t w, struct product *g, size_t count) {
    struct rows own[3];
    const size_t owns = tern_qkv_rows(en, w, en->threads, own);
    for (size_t i = 0; i < count; i++) g[i].by_heads = 1;
    for (size_t i = 0; i < owns; i++) {
        struct product *p = &g[count == 1 ? 0 : i];
        p->own[p->owns++] = own[i];
    }
}

static const float *own_norm(const struct tern_engine *en, size_t layer, enum tern_role r) {
    return layer_norm(en, layer, (enum tern_norm)(TERN_INPUT_NORM + r));
}

static void attention_block(const struct step *st, size_t w, size_t layer) {
    const struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    const struct packed *of = en->layer[layer].of;
    const size_t inner = (size_t)hp->heads * hp->head_dim;
    const int by_heads = st->n == 1 && tern_attention_by_heads(en);
    struct product qkv[3];
    const size_t count = qkv_products(en, of, by_heads ? en->worker[w].qkv : en->qkv, qkv);
    for (size_t i = 0; i < count; i++) qkv[i].own_norm = own_norm(en, layer, TERN_Q + (enum tern_role)i);
    struct product o = product_of(&of[en->plan.qkv_projections], TERN_EPILOGUE_ADD, en->x, hp->hidden);
    o.own_norm = own_norm(en, layer, TERN_O);
    if (by_heads) restrict_to_heads(en, w, qkv, count);
    tern_engine_linear(st, w, qkv, count,
                       &(struct input){en->x, hp->hidden, hp->hidden, layer_norm(en, layer, TERN_ATTN_NORM)});
    if (!by_heads) wait_for_all(st, w);
    tern_engine_attention(st, w, layer);
    wait_for_all(st, w);
    if (st->n == 1) tern_attention_keep(en, w, layer);
    lap(st, w, TERN_SPENT_ROPE);
    tern_engine_linear(st, w, &o, 1,
                       &(struct input){en->mixed, inner, inner, layer_norm(en, layer, TERN_ATTN_SUB_NORM)});
    wait_for_all(st, w);
}

/* gate and up as one product. */
static void gated_together(const struct step *st, size_t w, const struct packed *gate,
                           const struct input *in) {
    const struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    const int merged = en->plan.gated_projections == 1;
    struct product g = product_of(
        gate, hp->activation == TERN_SILU ? TERN_EPILOGUE_SILU : TERN_EPILOGUE_RELU2, en->inner, hp->ffn);
    g.up = merged ? NULL : gate + 1;
    g.ep.up_scale = merged ? gate->source[1]->scale : gate[1].source[0]->scale;
    g.ep.pair = gate->projection->pair;
    tern_engine_linear(st, w, &g, 1, in);
}

static void gated_apart(const struct step *st, size_t w, size_t layer, const struct packed *gate,
                        const struct input *in) {
    const struct tern_engine *en = st->en;
    const size_t ffn = en->model->hp.ffn;
    struct product g[2] = {product_of(gate, TERN_EPILOGUE_SCALE, en->inner, ffn),
                           product_of(gate + 1, TERN_EPILOGUE_SCALE, en->up, ffn)};
    g[0].own_norm = own_norm(en, layer, TERN_GATE);
    g[1].own_norm = own_norm(en, layer, TERN_UP);
    tern_engine_linear(st, w, g, 2, in);
    if (st->n > 1) wait_for_all(st, w);
    tern_engine_combine(st, w, gate);
    lap(st, w, TERN_SPENT_EPILOGUE);
}

static void ffn_block(const struct step *st, size_t w, size_t layer) {
    const struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    const struct packed *gate = &en->layer[layer].of[en->plan.qkv_projections + 1];
    struct product down = product_of(gate + en->plan.gated_projections, TERN_EPILOGUE_ADD, en->x, hp->hidden);
    down.own_norm = own_norm(en, layer, TERN_DOWN);
    const struct input in = {en->x, hp->hidden, hp->hidden, layer_norm(en, layer, TERN_FFN_NORM)};
    if (tern_engine_gates_apart(en, layer))
        gated_apart(st, w, layer, gate, &in);
    else
        gated_together(st, w, gate, &in);
    wait_for_all(st, w);
    tern_engine_linear(
        st, w, &down, 1,
        &(struct input){en->inner, hp->ffn, hp->ffn, layer_norm(en, layer, TERN_FFN_SUB_NORM)});
    wait_for_all(st, w);
}

/* Logits of the last token, or of all tokens. For all, the residual stream is normed in place. */
static void compute_logits(const struct step *st, size_t w) {
    struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    const size_t hidden = hp->hidden;
    if (st->keep == 1) {
        float *f = en->worker[w].one.f;
        en->ops->norm(en->x + (st->n - 1) * hidden, en->output_norm, hidden, hp->eps, f);
        tern_head_run(&en->head, en->pool, w, en->threads, &en->want, f, st->logits);
    }
    if (st->keep < 2) return;
    size_t from, to;
    tern_share(st->n, 1, w, en->threads, &from, &to);
    for (size_t t = from; t < to; t++) {
        float *x = en->x + t * hidden;
        en->ops->norm(x, en->output_norm, hidden, hp->eps, x);
    }
    wait_for_all(st, w);
    tern_head_run_all(&en->head, w, en->threads, en->x, st->n, st->logits);
}

static void forward(void *ctx, size_t w, size_t workers) {
    const struct step *st = ctx;
    const struct tern_engine *en = st->en;
    (void)workers;
    tern_profile_begin(&en->worker[w].profile);
    embed_tokens(st, w);
    lap(st, w, TERN_SPENT_OTHER);
    wait_for_all(st, w);
    for (size_t i = 0; i < en->model->hp.layers; i++) {
        attention_block(st, w, i);
        ffn_block(st, w, i);
    }
    compute_logits(st, w);
    lap(st, w, TERN_SPENT_HEAD);
}

void tern_engine_forward(struct tern_engine *en, const int32_t *ids, size_t n, int keep, float *logits) {
    struct step st = {.en = en, .ids = ids, .n = n, .keep = keep, .logits = logits};
    en->threads = n == 1 ? en->threads_decode : en->threads_prefill;
    tern_pool_use(en->pool, en->threads);
    tern_pool_run(en->pool, forward, &st);
    en->position += n;
}
