#define _GNU_SOURCE
#include "harness/timing/goals.h"

#include "base/memory.h"
#include "base/random.h"
#include "harness/timing/e2e.h"
#include "harness/timing/goals_internal.h"
#include "measure/machine/machine.h"
#include "measure/sampling/sampler.h"
#include "models/synth/synth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DECODED 32

static const struct tern_goal goals[] = {
    /* Starts come first: they want memory that nobody has cut up. */
    {"e2e-start-cached", "s", TERN_GOAL_START, 1, 0.5},
    {"e2e-start", "s", TERN_GOAL_START, 0, 3},
    {"e2e-decode", "", TERN_GOAL_DECODE, 1, 0.85},
    {"e2e-prefill-128", "", TERN_GOAL_PREFILL, 128, 0.70},
    {"e2e-prefill-512", "", TERN_GOAL_PREFILL, 512, 0.70},
    {"e2e-exact2", "", TERN_GOAL_EXACT_HEAD, 1, 1.4},
    {"e2e-tuned-decode", "", TERN_GOAL_OVER_UNTUNED, 1, 1},
    {"e2e-tuned-prefill", "", TERN_GOAL_OVER_UNTUNED, 128, 1},
    {"e2e-i2s-decode", "", TERN_GOAL_OVER_I2S, 1, 1},
    {"e2e-i2s-prefill", "", TERN_GOAL_OVER_I2S, 128, 1},
};

const struct tern_goal *tern_goals(size_t *count) {
    *count = sizeof goals / sizeof *goals;
    return goals;
}

enum tern_status tern_goal_open(const struct tern_goal_options *o, struct tern_goal_run **out,
                                struct tern_error *e) {
    struct tern_goal_run *r = calloc(1, sizeof *r);
    *out = r;
    if (!r) return tern_fail(e, TERN_NO_MEMORY, "goals: out of memory");
    r->o = *o;
    enum tern_status s = tern_synth_open(o->model, &r->m, e);
    for (size_t i = 0; s == TERN_OK && i < sizeof r->ids / sizeof *r->ids; i++) {
        struct tern_random random = {o->seed + i};
        r->ids[i] = (int32_t)tern_random_below(&random, r->m->hp.vocab);
    }
    if (s != TERN_OK) {
        tern_goal_close(r);
        *out = NULL;
    }
    return s;
}

void tern_goal_close(struct tern_goal_run *r) {
    if (!r) return;
    if (r->m) tern_model_close(r->m);
    free(r->row);
    free(r);
}

static enum tern_status verdict_of(const struct tern_goal *g, const struct tern_goal_seen *seen) {
    const struct tern_estimate *v = &seen->value;
    const int less = g->kind == TERN_GOAL_START;
    if (!v->n || isnan(v->ci_lo)) return TERN_INCONCLUSIVE;
    if (less ? v->ci_hi <= g->goal : v->ci_lo >= g->goal) return TERN_OK;
    if (less ? v->ci_lo > g->goal : v->ci_hi < g->goal) return TERN_CHECK_FAILED;
    return seen->same && g->goal == 1 ? TERN_OK : TERN_INCONCLUSIVE;
}

void tern_goal_judge(const struct tern_goal *g, struct tern_goal_seen *out) {
    out->verdict = verdict_of(g, out);
}

static enum tern_status of_ceiling(struct tern_goal_run *r, const struct tern_goal *g,
                                   struct tern_goal_seen *out, struct tern_error *e) {
    static const size_t prompts[2] = {128, 512};
    const struct tern_e2e_options o = {
        .prompts = prompts,
        .prompt_count = 2,
        .generate = DECODED,
        .threads = &r->o.threads,
        .thread_count = 1,
        .rounds = r->o.rounds,
        .seed = r->o.seed,
        .ceilings = 1,
        .engine = {.kv = TERN_KV_F16, .head = TERN_HEAD_Q6_K, .wisdom = r->o.wisdom, .quiet = 1}};
    size_t count;
    enum tern_status s = r->row ? TERN_OK : tern_e2e_run(r->m, &o, &r->row, &count, e);
    if (s != TERN_OK) return s;
    const struct tern_e2e_row *row = &r->row[g->tokens == 128 ? 0 : g->tokens == 512 ? 1 : 2];
    if (!row->share.n) {
        snprintf(out->why, sizeof out->why, "%s", row->why_no_share);
        return TERN_OK;
    }
    out->value = row->share;
    snprintf(out->detail, sizeof out->detail, "median %.1f tok/s; %s %.1f %s; %s", row->rate.median,
             row->ceiling_name, row->ceiling.median, row->decode ? "GB/s" : "GMAC/s",
             row->decode ? row->facts.decode_plan : row->facts.prefill_plan);
    return TERN_OK;
}

/* An engine as an alternative: so many tokens of a prompt, or decoded one by one. */
struct runner {
    const struct tern_goal_run *r;
    struct tern_engine *en;
    size_t tokens; /* 1: decode */
    float *logits;
    enum tern_status *status; /* of both engines; what follows a failure is not run */
    struct tern_error *e;
};

static size_t tokens_of(const struct runner *x) {
    return x->tokens == 1 ? DECODED : x->tokens;
}

static void run_engine(void *ctx, uint64_t calls) {
    const struct runner *x = ctx;
    const size_t n = tokens_of(x);
    for (uint64_t c = 0; c < calls && *x->status == TERN_OK; c++) {
        tern_engine_rewind(x->en, 0);
        if (x->tokens > 1) *x->status = tern_engine_feed(x->en, x->r->ids, n, 0, x->logits, x->e);
        for (size_t i = 0; x->tokens == 1 && *x->status == TERN_OK && i < n; i++)
            *x->status = tern_engine_feed(x->en, x->r->ids + i, 1, 0, x->logits, x->e);
    }
}

/* How many times faster the first engine is, round by round, after a round that is thrown away. */
static enum tern_status compare(const struct tern_goal_run *r, struct tern_engine *const pair[2],
                                size_t tokens, struct tern_goal_seen *out, struct tern_error *e) {
    const struct tern_sampler_options how = {.seed = r->o.seed,
                                             .own_calls = 1,
                                             .warmup = TERN_WARMUP_ONE,
                                             .rounds_min = r->o.rounds,
                                             .rounds_max = r->o.rounds};
    enum tern_status status = TERN_OK;
    struct runner runner[2];
    struct tern_alternative alt[2];
    struct tern_comparison c;
    double *ratio = calloc(r->o.rounds + 1, sizeof *ratio);
    float *logits = tern_alloc(r->m->hp.vocab * sizeof *logits);
    for (size_t i = 0; i < 2; i++) {
        runner[i] = (struct runner){r, pair[i], tokens, logits, &status, e};
        alt[i] = (struct tern_alternative){
            .work = run_engine, .ctx = &runner[i], .per = (double)tokens_of(&runner[i]), .calls = 1};
    }
    enum tern_status s = ratio && logits ? tern_compare(alt, 2, &how, &c, e)
                                         : tern_fail(e, TERN_NO_MEMORY, "goals: out of memory");
    if (s == TERN_OK) {
        for (size_t i = 0; i < c.rounds; i++) ratio[i] = c.sample[2 * i + 1] / c.sample[2 * i];
        out->value = tern_estimate_of(ratio, c.rounds);
        const double rate = 1e9 / c.estimate[0].median;
        const size_t at = strlen(out->detail);
        snprintf(out->detail + at, sizeof out->detail - at, "median %.1f tok/s against %.1f", rate,
                 rate / out->value.median);
        tern_comparison_free(&c);
        s = status;
    }
    free(ratio);
    tern_free(logits);
    return s;
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

static enum tern_status of_pair(struct tern_goal_run *r, const struct tern_goal *g,
                                struct tern_goal_seen *out, struct tern_error *e) {
    struct tern_engine_options o[2];
    struct tern_engine *pair[2] = {NULL, NULL};
    struct tern_wisdom i2s = {.count = 0};
    struct tern_engine_facts facts;
    enum tern_status s = TERN_OK;
    const int heads = g->kind == TERN_GOAL_EXACT_HEAD;
    for (size_t i = 0; i < 2; i++)
        o[i] = (struct tern_engine_options){.threads = r->o.threads,
                                            .context = 512,
                                            .head = !heads ? TERN_HEAD_Q6_K
                                                    : i    ? TERN_HEAD_F16
                                                           : TERN_HEAD_EXACT2,
                                            .wisdom = r->o.wisdom,
                                            .quiet = 1};
    const struct tern_wisdom untuned = {.ranks = r->o.wisdom ? r->o.wisdom->ranks : NULL};
    if (g->kind == TERN_GOAL_OVER_UNTUNED) o[1].wisdom = &untuned;
    if (g->kind == TERN_GOAL_OVER_I2S) {
        s = i2s_only(r, &i2s, e);
        o[1].wisdom = &i2s;
    }
    for (size_t i = 0; s == TERN_OK && i < 2; i++) {
        s = tern_engine_new(r->m, &o[i], &pair[i], e);
        if (s == TERN_OK) tern_engine_want(pair[i], &(struct tern_wanted){.top = 1});
    }
    if (s == TERN_OK) {
        tern_engine_facts(pair[0], &facts);
        if (!heads && !facts.from_wisdom) {
            snprintf(out->why, sizeof out->why, "nothing is tuned: run tern tune --model synth:%s first",
                     r->o.model);
        } else {
            if (!heads) {
                tern_engine_facts(pair[1], &facts);
                out->same = tern_engine_same_plan(pair[0], pair[1], g->tokens);
                snprintf(out->detail, sizeof out->detail, "%s %.300s: ",
                         out->same ? "the same plan twice, the ratio is 1 but for noise," : "against",
                         g->tokens == 1 ? facts.decode_plan : facts.prefill_plan);
            }
            s = compare(r, pair, g->tokens, out, e);
        }
    }
    for (size_t i = 0; i < 2; i++) tern_engine_free(pair[i]);
    tern_wisdom_free(&i2s);
    return s;
}

enum tern_status tern_goal_measure(struct tern_goal_run *r, const struct tern_goal *g,
                                   struct tern_goal_seen *out, struct tern_error *e) {
    enum tern_status s;
    memset(out, 0, sizeof *out);
    out->value.ci_lo = out->value.ci_hi = NAN;
    switch (g->kind) {
    case TERN_GOAL_DECODE:
    case TERN_GOAL_PREFILL:
        s = of_ceiling(r, g, out, e);
        break;
    case TERN_GOAL_START:
        s = tern_goal_start(r, g, out, e);
        break;
    default:
        s = of_pair(r, g, out, e);
    }
    tern_goal_judge(g, out);
    return s;
}
