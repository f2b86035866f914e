/* Goals that compare two engines, by turns. */
#define _GNU_SOURCE
#include "base/memory.h"
#include "harness/options.h"
#include "harness/timing/goals_internal.h"
#include "measure/machine/machine.h"
#include "measure/sampling/sampler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A runner as an alternative. */
struct running {
    struct tern_goal_runner x;
    float *logits;
    enum tern_status *status; /* of both; what follows a failure is not run */
    struct tern_error *e;
};

static void run_engine(void *ctx, uint64_t calls) {
    const struct running *a = ctx;
    const int32_t *ids = a->x.r->ids + a->x.behind;
    for (uint64_t c = 0; c < calls && *a->status == TERN_OK; c++) {
        tern_engine_rewind(a->x.en, a->x.behind);
        if (!a->x.one_by_one) *a->status = tern_engine_feed(a->x.en, ids, a->x.tokens, 0, a->logits, a->e);
        for (size_t i = 0; a->x.one_by_one && *a->status == TERN_OK && i < a->x.tokens; i++)
            *a->status = tern_engine_feed(a->x.en, ids + i, 1, 0, a->logits, a->e);
    }
}

static enum tern_status by_turns(const struct tern_goal_run *r, struct running run[2], size_t rounds,
                                 struct tern_goal_seen *out, struct tern_error *e) {
    const struct tern_sampler_options how = {.seed = r->o.seed,
                                             .own_calls = 1,
                                             .warmup = TERN_WARMUP_ONE,
                                             .rounds_min = rounds,
                                             .rounds_max = rounds};
    struct tern_alternative alt[2];
    struct tern_comparison c;
    double *ratio = calloc(rounds + 1, sizeof *ratio);
    for (size_t i = 0; i < 2; i++)
        alt[i] = (struct tern_alternative){
            .work = run_engine, .ctx = &run[i], .per = (double)run[i].x.tokens, .calls = 1};
    enum tern_status s =
        ratio ? tern_compare(alt, 2, &how, &c, e) : tern_fail(e, TERN_NO_MEMORY, "goals: out of memory");
    if (s == TERN_OK) {
        for (size_t i = 0; i < c.rounds; i++) ratio[i] = c.sample[2 * i + 1] / c.sample[2 * i];
        out->value = tern_estimate_of(ratio, c.rounds);
        const double rate = 1e9 / c.estimate[0].median;
        const size_t at = strlen(out->detail);
        snprintf(out->detail + at, sizeof out->detail - at, "median %.1f tok/s against %.1f", rate,
                 1e9 / c.estimate[1].median);
        tern_comparison_free(&c);
    }
    free(ratio);
    return s;
}

enum tern_status tern_goal_compare(const struct tern_goal_run *r, const struct tern_goal_runner pair[2],
                                   size_t rounds, struct tern_goal_seen *out, struct tern_error *e) {
    enum tern_status status = TERN_OK;
    struct running run[2];
    size_t vocab = 0;
    for (size_t i = 0; i < sizeof r->model / sizeof *r->model; i++)
        if (r->model[i].m) vocab = tern_max(vocab, r->model[i].m->hp.vocab);
    float *logits = tern_alloc(vocab * sizeof *logits);
    if (!logits) return tern_fail(e, TERN_NO_MEMORY, "goals: out of memory");
    for (size_t i = 0; i < 2; i++) run[i] = (struct running){pair[i], logits, &status, e};
    const enum tern_status s = by_turns(r, run, rounds, out, e);
    tern_free(logits);
    return s != TERN_OK ? s : status;
}

/* Wisdom that knows nothing but the best I2_S variant of each shape. */
static enum tern_status i2s_only(const struct tern_goal_run *r, struct tern_wisdom *w, struct tern_error *e) {
    const struct tern_machine *machine;
    enum tern_status s = tern_machine_get(&machine, e);
    for (size_t i = 0; s == TERN_OK && i < r->o.wisdom->count; i++) {
        struct tern_wisdom_entry en = r->o.wisdom->entry[i];
        const struct tern_problem *p = &en.problem;
        const struct tern_variant *v =
            tern_variant_static(machine->usable, TERN_ACT_I8, tern_format_named("i2s"), p->m, p->k, p->n);
        if (!v || p->threads != r->o.threads || en.of_layout) continue;
        snprintf(en.variant, sizeof en.variant, "%s", v->name);
        snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(v));
        tern_variant_defaults(v, en.param);
        s = tern_wisdom_put(w, &en, e);
    }
    return s;
}

/* The second engine's wisdom: none, or that of I2_S. `w` and `i2s` hold it. */
static enum tern_status rival_wisdom(const struct tern_goal_run *r, const struct tern_goal *g,
                                     struct tern_wisdom *own, struct tern_engine_options *o,
                                     struct tern_error *e) {
    enum tern_status s = TERN_OK;
    if (g->kind == TERN_GOAL_OVER_UNTUNED || g->kind == TERN_GOAL_UNTUNED) s = tern_wisdom_shipped(own, e);
    if (g->kind == TERN_GOAL_OVER_I2S) s = i2s_only(r, own, e);
    if (g->kind != TERN_GOAL_EXACT_HEAD) o->wisdom = own;
    return s;
}

static enum tern_status compare(struct tern_goal_run *r, const struct tern_goal *g,
                                struct tern_engine *const en[2], struct tern_goal_seen *out,
                                struct tern_error *e) {
    const int decode = g->tokens == 1, heads = g->kind == TERN_GOAL_EXACT_HEAD,
              turned = g->kind == TERN_GOAL_UNTUNED;
    struct tern_engine_facts tuned, other;
    tern_engine_facts(en[0], &tuned);
    tern_engine_facts(en[1], &other);
    if (!heads && !tuned.from_wisdom) {
        snprintf(out->why, sizeof out->why, "nothing is tuned: run tern tune --model synth:%s first",
                 g->model);
        return TERN_OK;
    }
    if (!heads) {
        const struct tern_engine_facts *named = turned ? &tuned : &other;
        out->same = tern_engine_same_plan(en[0], en[1], g->tokens);
        snprintf(out->detail, sizeof out->detail,
                 "%s %.300s: ", out->same ? "the same plan twice, the ratio is 1 but for noise," : "against",
                 decode ? named->decode_plan : named->prefill_plan);
    }
    struct tern_goal_runner pair[2];
    for (size_t i = 0; i < 2; i++)
        pair[i] = (struct tern_goal_runner){r, en[turned ? 1 - i : i], decode ? TERN_GOAL_DECODED : g->tokens,
                                            0, decode};
    return tern_goal_compare(r, pair, r->o.rounds, out, e);
}

enum tern_status tern_goal_pair(struct tern_goal_run *r, const struct tern_goal *g,
                                struct tern_goal_seen *out, struct tern_error *e) {
    struct tern_engine_options o[2];
    struct tern_engine *en[2] = {NULL, NULL};
    struct tern_wisdom own = {.count = 0};
    struct tern_model *m;
    const int heads = g->kind == TERN_GOAL_EXACT_HEAD;
    for (size_t i = 0; i < 2; i++)
        o[i] = (struct tern_engine_options){.threads = r->o.threads,
                                            .context = 512,
                                            .head = !heads ? TERN_HEAD_Q6_K
                                                    : i    ? TERN_HEAD_F16
                                                           : TERN_HEAD_EXACT2,
                                            .wisdom = r->o.wisdom,
                                            .races = r->o.races,
                                            .quiet = 1};
    enum tern_status s = tern_goal_model(r, g, &m, e);
    if (s == TERN_OK) s = rival_wisdom(r, g, &own, &o[1], e);
    for (size_t i = 0; s == TERN_OK && i < 2; i++) {
        s = tern_engine_new(m, &o[i], &en[i], e);
        if (s == TERN_OK) tern_engine_want(en[i], &(struct tern_wanted){.top = 1});
    }
    if (s == TERN_OK) s = compare(r, g, en, out, e);
    for (size_t i = 0; i < 2; i++) tern_engine_free(en[i]);
    tern_wisdom_free(&own);
    return s;
}
