#define _GNU_SOURCE
#include "harness/timing/plan_final.h"

#include "base/random.h"
#include "harness/internal.h"
#include "measure/clock.h"
#include "measure/sampling/sampler.h"
#include "models/synth/synth.h"
#include "tuner/wisdom/mix.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TUNED, UNTUNED, PLANS };
enum { DECODE, PREFILL, PHASES };

#define DECODED      8
#define PROMPT_MOST  1024
#define ROUNDS_LEAST 6 /* for an interval */
#define ROUNDS_MOST  25
#define CACHE_MOST   ((size_t)64 << 20) /* a virtual machine tells the cache of its host */
#define VOCAB        64                 /* no head is measured */

/* One plan in one phase, as an alternative. */
struct player {
    struct tern_engine *en;
    const int32_t *ids;
    size_t tokens;
    int one_by_one;
    enum tern_status *status; /* of all; what follows a failure is not run */
    struct tern_error *e;
};

/* ns per token of the linear layers. */
static double play(void *ctx, uint64_t calls) {
    const struct player *p = ctx;
    double spent[TERN_OPERATIONS];
    (void)calls;
    tern_engine_rewind(p->en, 0);
    tern_engine_profile(p->en, 1);
    if (*p->status == TERN_OK && !p->one_by_one)
        *p->status = tern_engine_feed(p->en, p->ids, p->tokens, 0, NULL, p->e);
    for (size_t i = 0; i < p->tokens && p->one_by_one && *p->status == TERN_OK; i++)
        *p->status = tern_engine_feed(p->en, p->ids + i, 1, 0, NULL, p->e);
    tern_engine_spent(p->en, spent);
    tern_engine_profile(p->en, 0);
    return *p->status == TERN_OK ? 1e9 * tern_spent_linear(spent) / (double)p->tokens : NAN;
}

/* So many layers that a token's weights come from memory, as in the whole model. */
static uint32_t layers_of(const struct tern_hparams *hp, const struct tern_machine *m) {
    const double bytes = tern_model_macs(hp) / hp->layers / 5;
    const double cache = 3 * (double)tern_min(m->l3_bytes ? m->l3_bytes : m->l2_bytes, CACHE_MOST);
    const double least = tern_model_regime(hp, m) == TERN_HOT ? hp->layers : ceil(cache / bytes);
    return least < 2 ? tern_min(2, hp->layers) : least < hp->layers ? (uint32_t)least : hp->layers;
}

/* The tuned engine, and one that goes by ranks and knows the times that the tuner has seen of them. */
static enum tern_status make(const struct tern_plan_final_options *o, const struct tern_model *m,
                             struct tern_engine *en[PLANS], struct tern_error *e) {
    struct tern_wisdom w = *o->wisdom;
    struct tern_plan_verdict untuned = tern_plan_verdict_of(&m->hp, o->threads);
    untuned.decode.untuned = untuned.prefill.untuned = 1;
    const struct tern_engine_options how = {.threads = o->threads,
                                            .context = tern_max(o->prompt, DECODED),
                                            .ubatch = o->prompt,
                                            .wisdom = &w,
                                            .races = o->races,
                                            .quiet = 1};
    enum tern_status s = TERN_OK;
    for (int p = TUNED; p < PLANS && s == TERN_OK; p++) {
        w.verdict = &untuned;
        w.verdicts = p == UNTUNED;
        s = tern_engine_new(m, &how, &en[p], e);
    }
    return s;
}

static int is_faster(const struct tern_plan_phase *p) {
    return p->over.n && p->over.ci_hi < 1;
}

static int is_slower(const struct tern_plan_phase *p) {
    return p->over.n && p->over.ci_lo > 1;
}

/* What a token takes of the untuned time: by the median, or at most. */
static double share_of(const struct tern_plan_phase *p, int at_most) {
    return !p->over.n ? 1 : at_most ? p->over.ci_hi : p->over.median;
}

void tern_plan_final_judge(struct tern_plan_verdict *v, int same_layouts, const struct tern_mix *mix,
                           const double ns[2]) {
    struct tern_plan_phase *d = &v->decode, *p = &v->prefill;
    if (same_layouts) {
        d->untuned = d->over.n && !is_faster(d);
        p->untuned = p->over.n && !is_faster(p);
        return;
    }
    const int said = tern_mix_said(mix);
    const double one = (said ? mix->generated : 1) * ns[DECODE],
                 prompt = (said ? mix->prompt : 1) * ns[PREFILL], many = prompt > 0 ? prompt : 0;
    int tuned = one * share_of(d, said) + many * share_of(p, said) < one + many;
    if (!said) tuned = tuned && (is_faster(d) || is_faster(p)) && !is_slower(d) && !is_slower(p);
    d->untuned = p->untuned = !tuned;
}

static void tell_shapes(const struct model_plan *decode, const struct model_plan *prefill, size_t prompt,
                        struct tern_plan_final *out) {
    for (size_t i = 0; i < decode->shapes && out->shapes < TERN_PLAN_FINAL_SHAPES; i++) {
        const struct shape_plan *one = &decode->shape[i];
        for (size_t j = 0; j < prefill->shapes && one->calls; j++) {
            const struct shape_plan *many = &prefill->shape[j];
            if (one->m != many->m || one->k != many->k) continue;
            const struct tern_variant *v = variant_of(&one->bucket[0]);
            out->shape[out->shapes++] =
                (struct tern_plan_final_shape){one->m, one->k, v->format->name, v->name,
                                               variant_of(tern_plan_for_tokens(many, prompt))->name};
        }
    }
}

/* The alternatives of a run; where a phase has the same plan twice, both have one place. */
struct field {
    struct player player[PHASES * PLANS];
    struct tern_alternative alt[PHASES * PLANS];
    size_t place[PHASES][PLANS], count;
    int phases;
    int32_t ids[PROMPT_MOST];
};

static void line_up(const struct tern_plan_final_options *o, struct tern_engine *const en[PLANS],
                    enum tern_status *status, struct tern_error *e, struct field *f) {
    const size_t tokens[PHASES] = {DECODED, o->prompt};
    f->count = 0;
    f->phases = o->prompt > 1 ? PHASES : PREFILL;
    for (size_t i = 0; i < PROMPT_MOST; i++) {
        struct tern_random r = {o->seed + i};
        f->ids[i] = (int32_t)tern_random_below(&r, VOCAB);
    }
    for (int phase = DECODE; phase < f->phases; phase++)
        for (int p = TUNED; p < PLANS; p++) {
            const size_t n = phase == DECODE ? 1 : o->prompt;
            f->place[phase][p] = f->place[phase][TUNED];
            if (p == UNTUNED && tern_engine_same_plan(en[TUNED], en[UNTUNED], n)) continue;
            struct player *x = &f->player[f->count];
            *x = (struct player){en[p], f->ids, tokens[phase], phase == DECODE, status, e};
            f->alt[f->count] = (struct tern_alternative){.sample = play, .ctx = x, .calls = 1};
            f->place[phase][p] = f->count++;
        }
}

/* From the rounds to the verdict, and what the plan that is used took for all layers. */
static void decide(const struct tern_plan_final_options *o, struct tern_engine *const en[PLANS],
                   const struct field *f, const struct tern_comparison *c, struct tern_plan_final *out) {
    struct tern_plan_phase *const phase[PHASES] = {&out->verdict.decode, &out->verdict.prefill};
    struct tern_plan_final_phase *const seen[PHASES] = {&out->decode, &out->prefill};
    const double scale = 1e-9 * o->hp->layers / (double)out->layers;
    double ns[PLANS][ROUNDS_MOST], untuned[PHASES] = {NAN, NAN};
    for (int i = DECODE; i < f->phases; i++) {
        for (int p = TUNED; p < PLANS; p++) tern_comparison_samples(c, f->place[i][p], ns[p]);
        untuned[i] = tern_estimate_of(ns[UNTUNED], c->rounds).median;
        if (f->place[i][TUNED] != f->place[i][UNTUNED])
            phase[i]->over = tern_ratio_of(ns[TUNED], ns[UNTUNED], c->rounds);
    }
    tern_plan_final_judge(&out->verdict, tern_model_plan_same_layouts(&en[TUNED]->plan, &en[UNTUNED]->plan),
                          &o->wisdom->mix, untuned);
    for (int i = DECODE; i < f->phases; i++) {
        tern_comparison_samples(c, f->place[i][phase[i]->untuned ? UNTUNED : TUNED], ns[0]);
        for (size_t r = 0; r < c->rounds; r++) ns[0][r] *= scale;
        seen[i]->measured = tern_estimate_of(ns[0], c->rounds);
    }
}

static enum tern_status meet(const struct tern_plan_final_options *o, struct tern_engine *const en[PLANS],
                             struct tern_plan_final *out, struct tern_error *e) {
    enum tern_status status = TERN_OK;
    const struct tern_sampler_options how = {.seed = o->seed,
                                             .stop = o->stop,
                                             .own_calls = 1,
                                             .warmup = TERN_WARMUP_ONE,
                                             .rounds_min = ROUNDS_LEAST,
                                             .rounds_max = ROUNDS_MOST,
                                             .budget_seconds = fmax(o->seconds, 1e-9)};
    struct tern_comparison c;
    struct field *f = tern_alloc(sizeof *f);
    if (!f) return tern_fail(e, TERN_NO_MEMORY, "plan: out of memory");
    line_up(o, en, &status, e, f);
    enum tern_status s = tern_compare(f->alt, f->count, &how, &c, e);
    if (s == TERN_OK && status == TERN_OK) decide(o, en, f, &c, out);
    if (s == TERN_OK) tern_comparison_free(&c);
    tern_free(f);
    return s != TERN_OK ? s : status;
}

static double predicted(const struct tern_plan_final_options *o, const struct tern_plan_final *out,
                        struct tern_engine *en, size_t tokens) {
    size_t n;
    return tern_engine_predicted(en, tokens, &n) * o->hp->layers / (double)out->layers;
}

enum tern_status tern_plan_final(const struct tern_plan_final_options *o, struct tern_plan_final *out,
                                 struct tern_error *e) {
    const struct tern_machine *machine;
    struct tern_engine *en[PLANS] = {NULL, NULL};
    struct tern_model *m = NULL;
    *out = (struct tern_plan_final){.verdict = tern_plan_verdict_of(o->hp, o->threads)};
    if (o->prompt > PROMPT_MOST)
        return tern_fail(e, TERN_UNSUPPORTED, "plan: more than %d tokens at once", PROMPT_MOST);
    enum tern_status s = tern_machine_get(&machine, e);
    if (s) return s;
    out->layers = layers_of(o->hp, machine);
    s = tern_synth_like(o->hp,
                        &(struct tern_synth_options){
                            .seed = 1, .zeros = 0.42, .layers = (uint32_t)out->layers, .vocab = VOCAB},
                        &m, e);
    if (!s) s = make(o, m, en, e);
    if (!s) s = meet(o, en, out, e);
    if (!s) {
        const struct tern_plan_verdict *v = &out->verdict;
        struct tern_engine *one = en[v->decode.untuned ? UNTUNED : TUNED],
                           *many = en[v->prefill.untuned ? UNTUNED : TUNED];
        out->decode.predicted = predicted(o, out, one, 1);
        out->prefill.predicted = o->prompt > 1 ? predicted(o, out, many, o->prompt) : NAN;
        tell_shapes(&one->plan, &many->plan, o->prompt, out);
        tern_utc_text(out->verdict.date, sizeof out->verdict.date);
    }
    for (int p = TUNED; p < PLANS; p++) tern_engine_free(en[p]);
    if (m) tern_model_close(m);
    return s;
}
