/* The linear layers of a step: matrices multiplied, epilogues applied block by block. */
#include "harness/internal.h"
#include "harness/step.h"

#include "kernels/split.h"

#include <string.h>

static int same_prep(const struct chosen *a, const struct chosen *b) {
    return a && variant_of(a)->prep == variant_of(b)->prep && !memcmp(a->param, b->param, sizeof a->param);
}

/* Tokens that one call of every product may take, at most `left`. */
static size_t chunk_of(const struct product *g, size_t count, size_t left) {
    for (size_t i = 0; i < count; i++) {
        if (g[i].p->plain) continue;
        const size_t most = variant_of(tern_plan_for_tokens(g[i].p->projection->plan, left))->n_max;
        if (most < left) return chunk_of(g, count, most);
    }
    return left;
}

static size_t cut_of(const struct tern_variant *v, size_t pair) {
    return pair ? 2 * pair : v->row_step;
}

size_t tern_engine_block_words(const struct tern_engine *en, const struct projection *p, size_t n) {
    const struct tern_variant *v = variant_of(tern_plan_for_tokens(p->plan, n));
    const size_t matrices = p->role[0] == TERN_GATE && !p->pair ? 2 : 1;
    return tern_fused_words(v, p->m, tern_min(n, v->n_max), cut_of(v, p->pair), matrices, en->block_bytes);
}

static void lap(const struct step *st, size_t w, enum tern_operation o) {
    tern_profile_lap(&st->en->worker[w].profile, o);
}

static void meet(const struct step *st, size_t w) {
    tern_pool_barrier(st->en->pool);
    lap(st, w, TERN_SPENT_WAIT);
}

/* What worker w's blocks of results go through; `spent_ns` is told to the profile afterwards. */
static struct tern_fused fused_of(const struct step *st, size_t w, uint64_t *spent_ns) {
    const struct tern_engine *en = st->en;
    const struct worker *self = &en->worker[w];
    return (struct tern_fused){.ops = en->epilogue,
                               .block = self->block,
                               .block_bytes = en->block_bytes,
                               .local = self->local,
                               .clock_ns = self->profile.on ? tern_now_ns : NULL,
                               .spent_ns = spent_ns};
}

static void told(const struct step *st, size_t w, uint64_t spent_ns) {
    lap(st, w, TERN_SPENT_MULTIPLY);
    tern_profile_move(&st->en->worker[w].profile, TERN_SPENT_MULTIPLY, TERN_SPENT_EPILOGUE, spent_ns);
}

static void run_share(const struct step *st, size_t w, const struct product *g, const struct chosen *plan,
                      const struct tern_call *c, size_t t0) {
    const struct tern_engine *en = st->en;
    uint64_t spent_ns = 0;
    const struct tern_fused f = fused_of(st, w, &spent_ns);
    struct tern_epilogue ep = g->ep;
    for (size_t i = 0; i < ep.segments; i++) ep.segment[i].dst += t0 * ep.ld;
    struct tern_call up = *c;
    if (g->up) up.w = g->up->w;
    const struct tern_variant *v = variant_of(plan);
    for (size_t i = 0; i < g->owns; i++)
        tern_proof_run_fused(plan->proof, c, NULL, &ep, &f, g->own[i].from / v->row_step * v->row_step,
                             tern_min(tern_round_up(g->own[i].to, v->row_step), c->w.m));
    size_t from = 0, to = 0;
    if (!g->by_heads) tern_share(c->w.m, cut_of(v, ep.pair), w, en->threads, &from, &to);
    tern_proof_run_fused(plan->proof, c, g->up ? &up : NULL, &ep, &f, from, to);
    told(st, w, spent_ns);
}

/* Partial sums of one matrix of a group, of all workers. */
static int32_t *sums_of(const struct tern_engine *en, size_t matrix) {
    return en->sums + matrix * en->threads_decode * en->sum_stride;
}

/* This worker's slice of K, all rows, then its rows of everybody's sums. The sums of a group's products lie
 * apart, and before the next group begins there is a barrier, so nothing is overwritten that is still read.
 */
static void run_slice(const struct step *st, size_t w, const struct product *g, const struct tern_call *c,
                      size_t matrix) {
    const struct tern_engine *en = st->en;
    const struct tern_proof *proof = g->p->projection->plan->bucket[0].proof;
    uint64_t spent_ns = 0;
    struct tern_fused f = fused_of(st, w, &spent_ns);
    f.slices = en->threads;
    f.sum_stride = en->sum_stride;
    struct tern_call up = *c;
    if (g->up) up.w = g->up->w;
    void *scratch = en->worker[w].slice;
    tern_slice_prepare(proof, c, w, en->threads, scratch);
    lap(st, w, TERN_SPENT_TABLES);
    for (size_t i = 0; i < (g->up ? 2 : 1); i++) {
        int32_t *sums = sums_of(en, matrix + i);
        tern_slice_run(proof, i ? &up : c, w, en->threads, 0, c->w.m, scratch, sums + w * en->sum_stride);
        f.sums[i] = sums;
    }
    lap(st, w, TERN_SPENT_MULTIPLY);
    meet(st, w);
    size_t from, to;
    tern_share(c->w.m, cut_of(tern_proof_variant(proof), g->ep.pair), w, en->threads, &from, &to);
    tern_proof_run_fused(proof, c, g->up ? &up : NULL, &g->ep, &f, from, to);
    told(st, w, spent_ns);
}

/* Rows [from, to) of a layer that is not ternary, n tokens. */
static void run_plain(const struct step *st, size_t w, const struct product *g, const struct tern_tokens *x,
                      size_t t0, size_t from, size_t to) {
    const struct tern_engine *en = st->en;
    const struct packed *p = g->p;
    const struct tern_segment *s = &g->ep.segment[0];
    float *block = (float *)(void *)en->worker[w].block;
    void (*const put)(const void *, size_t, float, float *) =
        (g->ep.kind == TERN_EPILOGUE_ADD ? en->epilogue->add : en->epilogue->scale)[TERN_ACT_F32];
    const size_t together = tern_min(x->n, TERN_ROWS_TOGETHER);
    const size_t rows = tern_min(tern_rows_turn(p->rows, p->row_bytes), en->block_words / together);
    for (size_t r = from, end; r < to; r = end) {
        end = tern_min(r + rows, to);
        for (size_t t = 0, n; t < x->n; t += n) {
            n = tern_min(together, x->n - t);
            en->head_ops->tile[p->rows](p->w.data, p->w.k, r, end, x->f + t * x->fstride, x->fstride, n,
                                        block, end - r);
            for (size_t i = 0; i < n; i++)
                put(block + i * (end - r), end - r, s->scale, s->dst + (t0 + t + i) * g->ep.ld + r);
        }
    }
}

/* Of the same rows as a ternary layer of the shape would. */
static void plain_share(const struct step *st, size_t w, const struct product *g, const struct tern_tokens *x,
                        size_t t0) {
    const struct tern_variant *v = variant_of(tern_plan_for_tokens(g->p->projection->plan, x->n));
    for (size_t i = 0; i < g->owns; i++) run_plain(st, w, g, x, t0, g->own[i].from, g->own[i].to);
    if (g->by_heads) return;
    size_t from, to;
    tern_share(g->p->w.m, cut_of(v, 0), w, st->en->threads, &from, &to);
    run_plain(st, w, g, x, t0, from, to);
}

/* The tables that `c` wants, made by all workers, or of a single token by each for itself. */
static void prepare(const struct step *st, size_t w, const struct chosen *plan, struct tern_call *c,
                    int former) {
    struct tern_engine *en = st->en;
    const int alone = c->x->n == 1 && tern_proof_shared_bytes(plan->proof, c) <= en->table_bytes;
    if (alone) {
        tern_proof_prepare(plan->proof, c, 0, 1);
        lap(st, w, TERN_SPENT_TABLES);
        return;
    }
    if (former) meet(st, w); /* the table of the former call is still being read */
    tern_proof_prepare(plan->proof, c, w, en->threads);
    lap(st, w, TERN_SPENT_TABLES);
    meet(st, w);
}

/* Tokens [t0, t0 + n). `former` products of the same group came before: their tables and partial sums may
 * still be read. */
static void multiply_chunk(const struct step *st, size_t w, const struct product *g, size_t count,
                           const struct tern_tokens *all, size_t t0, size_t n, size_t former) {
    const struct tern_engine *en = st->en;
    struct tern_tokens x = *all;
    x.n = n;
    x.q += t0 * x.stride;
    x.sum += t0;
    x.inv += t0;
    if (x.f) x.f += t0 * x.fstride;
    const struct chosen *prepared = NULL;
    for (size_t i = 0; i < count; i++) {
        if (g[i].p->plain) {
            plain_share(st, w, &g[i], &x, t0);
            lap(st, w, TERN_SPENT_MULTIPLY);
            continue;
        }
        const struct chosen *plan = tern_plan_for_tokens(g[i].p->projection->plan, n);
        struct tern_call c = {.w = g[i].p->w, .x = &x};
        memcpy(c.param, plan->param, sizeof c.param);
        if (st->n == 1 && plan->param[TERN_P_SPLIT] == TERN_SPLIT_K) {
            run_slice(st, w, &g[i], &c, former + i);
            continue;
        }
        const size_t bytes = tern_proof_shared_bytes(plan->proof, &c);
        c.shared = n == 1 && bytes <= en->table_bytes ? en->worker[w].table : en->shared;
        if (!same_prep(prepared, plan) && bytes) {
            prepare(st, w, plan, &c, i || t0 || former);
            prepared = plan;
        }
        run_share(st, w, &g[i], plan, &c, t0);
    }
}

static void multiply(const struct step *st, size_t w, const struct product *g, size_t count,
                     const struct tern_tokens *x, size_t former) {
    for (size_t t0 = 0, n; t0 < st->n; t0 += n) {
        n = chunk_of(g, count, st->n - t0);
        multiply_chunk(st, w, g, count, x, t0, n, former);
    }
}

static struct forms forms_of(const struct tern_engine *en, const struct product *g, size_t count) {
    struct forms f = {0, 0};
    for (size_t i = 0; i < count; i++) {
        const int plain = g[i].p->plain || en->act == TERN_ACT_F32;
        f.floats |= plain;
        f.quantised |= !plain;
    }
    return f;
}

void tern_engine_linear(const struct step *st, size_t w, const struct product *g, size_t count,
                        const struct input *in) {
    for (size_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count && g[i + n].own_norm == g[i].own_norm;) n++;
        if (i && st->n > 1) meet(st, w); /* the former tokens are still being read */
        const struct tern_tokens *x =
            tern_engine_activate(st, w, in, g[i].own_norm, forms_of(st->en, g + i, n));
        multiply(st, w, g + i, n, x, i);
    }
}

int tern_engine_gates_apart(const struct tern_engine *en, size_t layer) {
    const struct packed *gate = &en->layer[layer].of[en->plan.qkv_projections + 1];
    return en->model->hp.input_norms || (en->plan.gated_projections == 2 && (gate[0].plain || gate[1].plain));
}

void tern_engine_combine(const struct step *st, size_t w, const struct packed *gate) {
    const struct tern_engine *en = st->en;
    const struct tern_hparams *hp = &en->model->hp;
    const size_t ffn = hp->ffn;
    void (*const gated)(const void *, float, const void *, float, size_t, float *) =
        (hp->activation == TERN_SILU ? en->epilogue->silu : en->epilogue->relu2)[TERN_ACT_F32];
    size_t from, to;
    if (st->n == 1) {
        const struct tern_variant *v = variant_of(tern_plan_for_tokens(gate->projection->plan, 1));
        tern_share(ffn, cut_of(v, 0), w, en->threads, &from, &to);
        gated(en->inner + from, 1, en->up + from, 1, to - from, en->inner + from);
        return;
    }
    tern_share(st->n, 1, w, en->threads, &from, &to);
    gated(en->inner + from * ffn, 1, en->up + from * ffn, 1, (to - from) * ffn, en->inner + from * ffn);
}
