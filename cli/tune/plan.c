/* The plan that the engine makes of what was tuned: judged beside the untuned one, predicted and measured. */
#define _GNU_SOURCE
#include "cli/tune/tune.h"

#include "base/file.h"
#include "harness/timing/e2e.h"
#include "harness/timing/plan_final.h"
#include "measure/records/json_text.h"
#include "models/synth/synth.h"
#include "tuner/wisdom/core_kinds.h"
#include "tuner/wisdom/mix.h"
#include "tuner/wisdom/ranks/ranks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The most tokens that the tasks of a model have with so many threads; 0: none of one token. */
static size_t prompt_of(const struct tern_tune_options *o, size_t threads) {
    size_t most = 1, one = 0;
    for (size_t i = 0; i < o->tasks; i++) {
        const struct tern_problem *p = &o->task[i].problem;
        if (!o->task[i].model[0] || p->threads != threads) continue;
        one |= p->n == 1;
        most = p->n > most ? p->n : most;
    }
    return one ? most : 0;
}

enum tern_status tern_tune_untuned(const struct tern_tune_arguments *a, struct tern_tune_untuned *u,
                                   struct tern_error *e) {
    const struct tern_machine *m = a->tune.machine;
    *u = (struct tern_tune_untuned){.ranks = NULL};
    enum tern_status s = tern_ranks_here(m, &u->shipped.ranks, e);
    u->first.known = u->shipped;
    if (s || !tern_tune_has_plans(a)) return u->ranks = u->shipped.ranks, s;
    struct tern_hparams hp;
    struct tern_model *model;
    s = tern_tasks_hparams(a->model ? a->model : TERN_TUNE_MODEL, &hp, e);
    if (!s) s = tern_synth_like(&hp, &(struct tern_synth_options){.seed = 1, .zeros = 0.42}, &model, e);
    if (s) return s;
    const size_t prompt = prompt_of(&a->tune, m->cpus);
    const struct plan_request r = {.model = model,
                                   .wisdom = &u->shipped,
                                   .usable = m->usable,
                                   .ubatch = prompt ? prompt : 1,
                                   .threads_decode = m->cpus,
                                   .threads_prefill = m->cpus,
                                   .cpus = m->cpus,
                                   .regime = tern_model_regime(&hp, m)};
    char *races = tern_xdg_path("cache", "races");
    tern_first_load(&r, m, races, &u->first);
    if (u->first.note[0] && !a->json) printf("a race as at a first load: %s\n", u->first.note);
    u->ranks = u->first.known.ranks;
    free(races);
    tern_model_close(model);
    return TERN_OK;
}

void tern_tune_untuned_free(struct tern_tune_untuned *u) {
    tern_first_load_free(&u->first);
    tern_wisdom_free(&u->shipped);
}

static json_t *json_phase(const struct tern_plan_final_phase *seen, const struct tern_plan_phase *p) {
    json_t *o = json_pack("{s:s}", "choices", p->untuned ? "untuned" : "tuned");
    if (!isnan(seen->predicted))
        json_object_set_new(o, "predicted_ms_per_token", json_real(1e3 * seen->predicted));
    json_object_set_new(o, "measured_ms_per_token", json_real(1e3 * seen->measured.median));
    json_object_set_new(o, "rounds", json_integer((json_int_t)seen->measured.n));
    if (p->over.n) {
        json_object_set_new(o, "tuned_over_untuned", json_real(p->over.median));
        if (!isnan(p->over.ci_lo))
            json_object_set_new(o, "ci95", json_pack("[f,f]", p->over.ci_lo, p->over.ci_hi));
    }
    return o;
}

static json_t *json_plan(const char *model, const struct tern_plan_final *f, size_t prompt) {
    json_t *list = json_array();
    for (size_t i = 0; i < f->shapes; i++)
        json_array_append_new(list, json_pack("{s:I, s:I, s:s, s:s, s:s}", "m", (json_int_t)f->shape[i].m,
                                              "k", (json_int_t)f->shape[i].k, "layout", f->shape[i].layout,
                                              "decode", f->shape[i].decode, "prefill", f->shape[i].prefill));
    json_t *o = json_pack("{s:o, s:I, s:I, s:o, s:o}", "model", tern_json_text(model), "threads",
                          (json_int_t)f->verdict.threads, "prompt_tokens", (json_int_t)prompt, "shapes", list,
                          "decode", json_phase(&f->decode, &f->verdict.decode));
    json_object_set_new(o, "prefill",
                        f->prefill.measured.n ? json_phase(&f->prefill, &f->verdict.prefill) : json_null());
    return o;
}

static void say_phase(const char *name, const struct tern_plan_final_phase *seen,
                      const struct tern_plan_phase *p) {
    const struct tern_estimate *m = &seen->measured;
    const double over = m->median / seen->predicted;
    printf("     %s: ", name);
    if (isnan(seen->predicted))
        printf("not predicted, because a shape was not measured");
    else
        printf("predicted %.3f ms/token (sum of medians)", 1e3 * seen->predicted);
    printf(", measured %.3f", 1e3 * m->median);
    if (!isnan(m->ci_lo)) printf(" [%.3f, %.3f]", 1e3 * m->ci_lo, 1e3 * m->ci_hi);
    printf(" n=%zu", m->n);
    if (!isnan(over)) printf(", %.2f of predicted", over);
    if (fabs(over - 1) > TERN_E2E_TOLERANCE)
        printf(" (MORE THAN 10 %% APART: %s)",
               over > 1 ? "more busy here than when kernels were timed, or the engine costs more"
                        : "more busy when kernels were timed than here");
    if (!p->over.n)
        printf("; the same as untuned\n");
    else if (isnan(p->over.ci_lo))
        printf("; tuned over untuned %.3f: %s\n", p->over.median,
               p->untuned ? "untuned stays" : "tuned is used");
    else
        printf("; tuned over untuned %.3f [%.3f, %.3f]: %s\n", p->over.median, p->over.ci_lo, p->over.ci_hi,
               p->untuned ? "untuned stays" : "tuned is used");
}

static void say_plan(const char *model, const struct tern_plan_final *f, const struct tern_mix *mix,
                     size_t prompt, const struct tern_hparams *hp) {
    char text[64];
    tern_mix_text(mix, text, sizeof text);
    printf("plan of %s, %zu thread%s, mix %s: the linear layers in the engine (%zu of %u layers of random "
           "weights, times "
           "%.1f)\n",
           model, f->verdict.threads, f->verdict.threads > 1 ? "s" : "", text, f->layers,
           (unsigned)hp->layers, (double)hp->layers / (double)f->layers);
    say_phase("decode", &f->decode, &f->verdict.decode);
    char name[40];
    snprintf(name, sizeof name, "prefill of %zu", prompt);
    if (f->prefill.measured.n) say_phase(name, &f->prefill, &f->verdict.prefill);
    for (size_t i = 0; i < f->shapes; i++)
        printf("     %zux%zu  %s  %s, %s\n", f->shape[i].m, f->shape[i].k, f->shape[i].layout,
               f->shape[i].decode, f->shape[i].prefill);
}

static enum tern_status judge(struct tern_tune_arguments *a, const struct tern_hparams *hp,
                              struct tern_wisdom *w, const char *wisdom, const char *races, size_t threads,
                              double seconds, json_t *list, struct tern_error *e) {
    const struct tern_plan_final_options how = {.hp = hp,
                                                .wisdom = w,
                                                .races = races,
                                                .threads = threads,
                                                .prompt = prompt_of(&a->tune, threads),
                                                .seconds = seconds,
                                                .seed = a->tune.seed,
                                                .stop = a->tune.stop};
    struct tern_plan_final f;
    if (!how.prompt) return TERN_OK;
    enum tern_status s = tern_plan_final(&how, &f, e);
    if (s) return s;
    s = tern_plan_verdict_put(w, &f.verdict, e);
    if (!s) s = tern_wisdom_write(wisdom, w, e);
    if (s) return s;
    if (list)
        json_array_append_new(list, json_plan(hp->name, &f, how.prompt));
    else
        say_plan(hp->name, &f, &w->mix, how.prompt, hp);
    return TERN_OK;
}

/* The first task with its number of threads. */
static int is_first(const struct tern_tune_options *o, size_t i) {
    size_t j = 0;
    while (o->task[j].problem.threads != o->task[i].problem.threads) j++;
    return j == i;
}

static size_t thread_counts(const struct tern_tune_options *o) {
    size_t n = 0;
    for (size_t i = 0; i < o->tasks; i++) n += (size_t)is_first(o, i);
    return n;
}

int tern_tune_has_plans(const struct tern_tune_arguments *a) {
    return (a->model || !a->problems.count) && !a->tune.table && a->tune.objective == TERN_OBJECTIVE_TIME &&
           !tern_core_kind_alone(a->tune.machine);
}

enum tern_status tern_tune_plans(struct tern_tune_arguments *a, const char *wisdom, double seconds,
                                 json_t *list, struct tern_error *e) {
    struct tern_wisdom w;
    struct tern_hparams hp;
    const struct tern_tune_options *o = &a->tune;
    if (!tern_tune_has_plans(a)) return TERN_OK;
    enum tern_status s = tern_tasks_hparams(a->model ? a->model : TERN_TUNE_MODEL, &hp, e);
    if (s) return s;
    s = tern_wisdom_read(wisdom, o->machine->key, 0, &w, e);
    if (!s) s = tern_ranks_here(o->machine, &w.ranks, e);
    char *races = tern_xdg_path("cache", "races");
    const size_t counts = thread_counts(o);
    for (size_t i = 0; i < o->tasks && !s; i++)
        if (is_first(o, i))
            s = judge(a, &hp, &w, wisdom, races, o->task[i].problem.threads, seconds / (double)counts, list,
                      e);
    free(races);
    tern_wisdom_free(&w);
    return s == TERN_INCONCLUSIVE ? TERN_OK : s;
}
