#define _GNU_SOURCE
#include "harness/engine.h"

#include "base/file.h"
#include "base/isa.h"
#include "harness/attention/rows.h"
#include "harness/internal.h"
#include "harness/memory_left.h"
#include "harness/plan/first_load.h"
#include "harness/step.h"
#include "kernels/verify/earlier.h"
#include "measure/clock.h"
#include "measure/machine/machine.h"

#include <stdlib.h>
#include <string.h>

#define CONTEXT_DEFAULT 4096
#define UBATCH_DEFAULT  128
#define UBATCH_MAX      1024

static enum tern_status check_shapes(const struct tern_model *m, struct tern_error *e) {
    const struct tern_hparams *hp = &m->hp;
    const char *why = NULL;
    if (!hp->hidden || !hp->ffn || !hp->layers || !hp->heads || !hp->kv_heads || !hp->head_dim || !hp->vocab)
        why = "a size is zero";
    else if (hp->heads % hp->kv_heads)
        why = "heads are not a multiple of kv heads";
    else if (hp->head_dim % 2)
        why = "the head size is odd";
    else if (m->embedding.rows != hp->vocab || m->embedding.cols != hp->hidden)
        why = "the embedding has another size";
    return why ? tern_fail(e, TERN_BAD_INPUT, "engine: %s: %s", m->source, why) : TERN_OK;
}

static enum tern_status check_memory(const struct tern_engine *en, struct tern_error *e) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t body = tern_engine_body_bytes(en);
    /* A scan has 6 bits and 1/32 byte a weight, and a few numbers a row. */
    const size_t scan = en->head.two_stages && !en->head.scan.in_place
                            ? (size_t)hp->vocab * ((size_t)hp->hidden / 8 * 7 + 256)
                            : 0;
    const size_t head = (en->head.in_file ? 0 : en->head.kept_bytes) + scan,
                 cache = tern_attention_cache_bytes(en);
    const size_t left = tern_memory_left();
    if (!left || body + head + cache <= left) return TERN_OK;
    return tern_fail(
        e, TERN_NO_MEMORY,
        "engine: %s: needs %.2f GB (weights %.2f, head %.2f, context of %zu %.2f) but %.2f GB are free",
        en->model->source, 1e-9 * (double)(body + head + cache), 1e-9 * (double)body, 1e-9 * (double)head,
        en->context, 1e-9 * (double)cache, 1e-9 * (double)left);
}

static enum tern_status settle(struct tern_engine *en, const struct tern_engine_options *o,
                               const struct tern_machine *m, struct tern_error *e) {
    en->usable = m->usable;
    en->act = o->act;
    en->ubatch = o->ubatch ? o->ubatch : UBATCH_DEFAULT;
    en->context = o->context;
    if (!en->context)
        en->context =
            en->model->hp.context ? tern_min(en->model->hp.context, CONTEXT_DEFAULT) : CONTEXT_DEFAULT;
    if (en->ubatch > UBATCH_MAX)
        return tern_fail(e, TERN_BAD_INPUT, "engine: ubatch: %zu: at most %d", en->ubatch, UBATCH_MAX);
    en->ubatch = tern_min(en->ubatch, en->context);
    en->kv = o->kv;
    en->key_bytes = tern_kv_keys_bytes(o->kv, en->model->hp.head_dim);
    en->value_bytes = tern_kv_value_bytes(o->kv, en->model->hp.head_dim);
    en->quiet = o->quiet;
    en->ops = tern_f32_ops_for(en->usable);
    en->attend = tern_attend_ops_for(en->usable);
    en->epilogue = tern_epilogue_ops_for(en->usable);
    en->head_ops = tern_head_ops_for(en->usable);
    en->block_bytes = o->block_bytes;
    tern_engine_threads(en, o, m);
    return TERN_OK;
}

/* Where proofs of this machine are kept; heap, NULL without a folder. */
static char *path_of_proofs(const char *races, const struct tern_machine *m) {
    return races && m->key[0] ? tern_format_text("%s/proofs-%s", races, m->key + 2) : NULL;
}

static enum tern_status plan(struct tern_engine *en, const struct tern_engine_options *o,
                             const struct tern_machine *m, struct tern_error *e) {
    struct tern_engine_facts *f = &en->facts;
    struct plan_request r = {.model = en->model,
                             .wisdom = o->wisdom,
                             .usable = en->usable,
                             .act = en->act,
                             .merge = o->merge,
                             .ubatch = en->ubatch,
                             .threads_decode = en->threads_decode,
                             .threads_prefill = en->threads_prefill,
                             .cpus = m->cpus,
                             .regime = tern_model_regime(&en->model->hp, m)};
    const struct model_plan *p = &en->plan;
    struct first_load first = {.note = ""};
    char *proofs = path_of_proofs(o->races, m);
    if (proofs) f->proofs_recalled = tern_proofs_recall(proofs, m->key);
    if (o->races && o->wisdom) {
        tern_first_load(&r, m, o->races, &first);
        r.wisdom = &first.known;
    }
    const enum tern_status s = tern_model_plan_make(&r, &en->plan, e);
    memcpy(f->race, first.note, sizeof f->race);
    tern_first_load_free(&first);
    if (proofs && s == TERN_OK) tern_proofs_keep(proofs, m->key, NULL); /* else the next start proves again */
    free(proofs);
    if (s != TERN_OK) return s;
    tern_model_plan_text(p, en->model, 1, f->decode_plan, sizeof f->decode_plan);
    tern_model_plan_text(p, en->model, en->ubatch, f->prefill_plan, sizeof f->prefill_plan);
    memcpy(f->warning, p->warning, sizeof f->warning);
    f->macs_per_token = tern_model_macs(&en->model->hp);
    f->planned = p->planned;
    f->from_wisdom = p->from_wisdom;
    f->from_ranks = p->from_ranks;
    memcpy(f->ranks, p->ranks, sizeof f->ranks);
    f->lent = p->lent;
    f->merged_qkv = p->qkv_projections == 1;
    f->merged_gate_up = p->gated_projections == 1;
    return TERN_OK;
}

int tern_engine_same_plan(const struct tern_engine *a, const struct tern_engine *b, size_t tokens) {
    const size_t by_a = tokens == 1 ? a->threads_decode : a->threads_prefill;
    const size_t by_b = tokens == 1 ? b->threads_decode : b->threads_prefill;
    return by_a == by_b && a->ubatch == b->ubatch && tern_model_plan_same(&a->plan, &b->plan, tokens);
}

enum tern_status tern_engine_new(const struct tern_model *m, const struct tern_engine_options *o,
                                 struct tern_engine **out, struct tern_error *e) {
    const uint64_t started = tern_now_ns();
    const struct tern_machine *machine;
    *out = NULL;
    enum tern_status s = check_shapes(m, e);
    if (s == TERN_OK) s = tern_machine_get(&machine, e);
    if (s != TERN_OK) return s;
    struct tern_engine *en = tern_alloc(sizeof *en);
    if (!en) return tern_fail(e, TERN_NO_MEMORY, "engine: out of memory");
    en->model = m;
    if ((s = settle(en, o, machine, e)) != TERN_OK) goto failed;
    if ((s = plan(en, o, machine, e)) != TERN_OK) goto failed;
    if ((s = tern_head_choose(&en->head, m, o->head, en->head_ops, e)) != TERN_OK) goto failed;
    if ((s = tern_engine_list(en, e)) != TERN_OK) goto failed;
    if ((s = check_memory(en, e)) != TERN_OK) goto failed;
    const int *cpus = en->workers <= machine->cpus ? machine->cpu : NULL;
    if ((s = tern_pool_new(en->workers, cpus, &en->pool, e)) != TERN_OK) goto failed;
    if ((s = tern_engine_buffers(en, e)) != TERN_OK) goto failed;
    if (tern_pages_get(&en->cache, tern_attention_cache_bytes(en))) {
        s = tern_fail(e, TERN_NO_MEMORY, "engine: a context of %zu positions: %zu bytes refused", en->context,
                      tern_attention_cache_bytes(en));
        goto failed;
    }
    if (o->cache && !(en->cache_folder = strdup(o->cache))) {
        s = tern_fail(e, TERN_NO_MEMORY, "engine: out of memory");
        goto failed;
    }
    if ((s = tern_engine_head(en, o->head, o->races, e)) != TERN_OK) goto failed;
    if ((s = tern_engine_load(en, e)) != TERN_OK) goto failed;
    en->facts.body_bytes = en->body_bytes;
    en->facts.head_bytes = en->head.bytes;
    en->facts.kv_bytes_per_position =
        (size_t)m->hp.layers * m->hp.kv_heads * (en->key_bytes / TERN_KEYS + en->value_bytes);
    en->facts.threads = en->threads_decode;
    en->facts.threads_prefill = en->threads_prefill;
    en->facts.load_seconds = 1e-9 * (double)(tern_now_ns() - started);
    *out = en;
    return TERN_OK;
failed:
    tern_engine_free(en);
    return s;
}

void tern_engine_free(struct tern_engine *en) {
    if (!en) return;
    tern_pool_free(en->pool);
    tern_engine_buffers_free(en);
    tern_pages_drop(&en->cache);
    tern_pages_drop(&en->body);
    tern_head_free(&en->head);
    tern_free(en->norms);
    tern_free(en->norm);
    tern_free(en->layer);
    free(en->cache_folder);
    free(en->cache_path);
    free(en->cache_key);
    tern_model_plan_free(&en->plan);
    tern_free(en);
}

enum tern_status tern_engine_feed(struct tern_engine *en, const int32_t *ids, size_t count, int all,
                                  float *logits, struct tern_error *e) {
    const size_t vocab = en->model->hp.vocab;
    if (logits && !en->head.source)
        return tern_fail(e, TERN_BAD_INPUT, "engine: %s: no logits: the output matrix was left out",
                         en->model->source);
    for (size_t i = 0; i < count; i++)
        if (ids[i] < 0 || (size_t)ids[i] >= vocab)
            return tern_fail(e, TERN_BAD_INPUT, "engine: token %zu: id %d is outside the vocabulary of %zu",
                             i, ids[i], vocab);
    if (count > en->context - en->position)
        return tern_fail(e, TERN_BAD_INPUT,
                         "engine: context: %zu tokens after %zu do not fit into %zu positions", count,
                         en->position, en->context);
    for (size_t at = 0, n; at < count; at += n) {
        n = tern_min(en->ubatch, count - at);
        const int last = at + n == count;
        const int keep = !logits ? 0 : all ? 2 : last;
        memcpy(en->history + en->position, ids + at, n * sizeof *ids);
        tern_engine_forward(en, ids + at, n, keep, logits && all ? logits + at * vocab : logits);
    }
    return TERN_OK;
}

void tern_engine_want(struct tern_engine *en, const struct tern_wanted *want) {
    en->want = *want;
}

void tern_engine_profile(struct tern_engine *en, int on) {
    for (size_t w = 0; w < en->workers; w++) en->worker[w].profile = (struct tern_profile){.on = on};
}

static uint64_t all_spent(const struct tern_profile *p) {
    uint64_t sum = 0;
    for (size_t o = 0; o < TERN_OPERATIONS; o++) sum += p->spent_ns[o];
    return sum;
}

void tern_engine_spent(const struct tern_engine *en, double seconds[TERN_OPERATIONS]) {
    size_t took_part = 0;
    for (size_t w = 0; w < en->workers; w++) took_part += all_spent(&en->worker[w].profile) > 0;
    for (size_t o = 0; o < TERN_OPERATIONS; o++) {
        double sum = 0;
        for (size_t w = 0; w < en->workers; w++) sum += 1e-9 * (double)en->worker[w].profile.spent_ns[o];
        seconds[o] = took_part ? sum / (double)took_part : 0;
    }
}

enum tern_status tern_engine_shift(struct tern_engine *en, size_t keep, struct tern_error *e) {
    if (keep + 1 >= en->position)
        return tern_fail(e, TERN_BAD_INPUT, "engine: context: nothing to drop after %zu of %zu positions",
                         keep, en->position);
    const size_t drop = (en->position - keep + 1) / 2, rest = en->position - keep - drop;
    int32_t *ids = tern_alloc(tern_max(rest, 1) * sizeof *ids);
    if (!ids) return tern_fail(e, TERN_NO_MEMORY, "engine: context: out of memory");
    memcpy(ids, en->history + keep + drop, rest * sizeof *ids);
    en->position = keep;
    const enum tern_status s = tern_engine_feed(en, ids, rest, 0, NULL, e);
    tern_free(ids);
    return s;
}

void tern_engine_rewind(struct tern_engine *en, size_t keep) {
    en->position = tern_min(en->position, keep);
}

double tern_engine_predicted(const struct tern_engine *en, size_t tokens, size_t *tuned_n) {
    double sum = 0;
    for (size_t at = 0, n; at < tokens; at += n) {
        n = tern_min(en->ubatch, tokens - at);
        size_t measured;
        sum += 1e-9 * (double)n * tern_model_plan_ns(&en->plan, en->model, n, &measured);
        if (!at) *tuned_n = measured;
    }
    return sum / (double)tokens;
}

size_t tern_engine_position(const struct tern_engine *en) {
    return en->position;
}

size_t tern_engine_context(const struct tern_engine *en) {
    return en->context;
}

int32_t tern_argmax(const float *logits, size_t count) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (logits[i] > logits[best]) best = i;
    return (int32_t)best;
}

void tern_engine_facts(const struct tern_engine *en, struct tern_engine_facts *out) {
    *out = en->facts;
    out->barriers = tern_pool_barriers(en->pool);
    if (!en->head.exact) return;
    tern_exact_counts(en->head.exact, &out->exact);
    if (!out->exact.steps) return;
    const double rows = (double)out->exact.rescored + (double)out->exact.whole_rows;
    out->head_bytes += (size_t)(rows / (double)out->exact.steps * (double)en->head.row_bytes);
}
