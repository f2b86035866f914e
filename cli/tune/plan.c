/* The plan that the engine makes of what was tuned: judged beside the untuned one, predicted and measured. */
#define _GNU_SOURCE
#include "cli/tune/tune.h"

#include "base/file.h"
#include "harness/timing/plan_final.h"
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
    if (u->first.note[0] && a->verbose && !a->json) printf("a race as at a first load: %s\n", u->first.note);
    u->ranks = u->first.known.ranks;
    free(races);
    tern_model_close(model);
    return TERN_OK;
}

void tern_tune_untuned_free(struct tern_tune_untuned *u) {
    tern_first_load_free(&u->first);
    tern_wisdom_free(&u->shipped);
}

static enum tern_status judge(struct tern_tune_arguments *a, const struct tern_hparams *hp,
                              struct tern_wisdom *w, const char *wisdom, const char *races, size_t threads,
                              double seconds, struct tern_tune_view *v, struct tern_error *e) {
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
    if (!s) tern_tune_view_plan(v, hp, &w->mix, &f, how.prompt);
    return s;
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
                                 struct tern_tune_view *v, struct tern_error *e) {
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
            s = judge(a, &hp, &w, wisdom, races, o->task[i].problem.threads, seconds / (double)counts, v, e);
    free(races);
    tern_wisdom_free(&w);
    return s == TERN_INCONCLUSIVE ? TERN_OK : s;
}
