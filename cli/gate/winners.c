/* Which kernels a gate guards when nobody names them: those that people run. */
#define _GNU_SOURCE
#include "cli/gate/gate.h"

#include "base/file.h"
#include "harness/options.h"
#include "measure/machine/machine.h"
#include "tuner/session/tasks.h"
#include "tuner/wisdom/layouts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROMPT = 128 };

struct search {
    const struct tern_machine *machine;
    struct tern_wisdom wisdom;
    struct tern_tasks tasks;
    size_t tuned, decided;
};

static enum tern_status add_given(const struct gate_arguments *a, const struct tern_cli_numbers *threads,
                                  enum tern_regime regime, struct tern_tasks *tasks, struct tern_error *e) {
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < a->given.count && !s; i++) {
        size_t m, k, n;
        if (!tern_cli_shape("gate", a->given.item[i], &m, &k, &n)) return TERN_BAD_INPUT;
        s = tern_tasks_add_shape(tasks, m, k, threads->item, threads->count, &n, 1, regime, e);
    }
    return s;
}

static enum tern_status add_tasks(const struct gate_arguments *a, struct tern_tasks *tasks,
                                  struct tern_error *e) {
    static const size_t tokens[] = {1, PROMPT};
    struct tern_cli_numbers threads = {NULL, 0};
    const enum tern_regime regime = strcmp(a->regime, "hot") ? TERN_WCOLD : TERN_HOT;
    if (!tern_cli_numbers("gate", "--threads", a->threads, 1, 1024, &threads))
        return tern_fail(e, TERN_BAD_INPUT, "gate: --threads: '%s'", a->threads);
    const enum tern_status s = a->given.count ? add_given(a, &threads, regime, tasks, e)
                                              : tern_tasks_add_model(tasks, a->model, threads.item,
                                                                     threads.count, tokens, 2, regime, e);
    free(threads.item);
    return s;
}

/* Decode and prefill share one packed copy; a single problem has the layout that is best for it. */
static enum tern_status plan_of(const struct gate_arguments *a, const struct search *f,
                                const struct tern_problem *p, struct tern_plan *out, struct tern_error *e) {
    struct tern_problem decode = *p, prefill = *p;
    decode.n = 1, prefill.n = p->n > 1 ? p->n : PROMPT;
    const uint32_t usable = f->machine->usable;
    const struct tern_format *shared =
        a->given.count ? NULL : tern_layout_for(&f->wisdom, usable, &decode, &prefill);
    return tern_plan_for(&f->wisdom, usable, p, shared, out, e);
}

static int append(char ***list, size_t *count, char *text) {
    char **grown = text ? realloc(*list, (*count + 1) * sizeof *grown) : NULL;
    if (!grown) return free(text), 0;
    *list = grown;
    grown[(*count)++] = text;
    return 1;
}

static int is_initial(const struct tern_plan *plan) {
    int initial[TERN_MAX_PARAMS];
    tern_variant_defaults(plan->variant, initial);
    return !memcmp(initial, plan->param, sizeof initial);
}

static enum tern_status take(const struct gate_arguments *a, struct search *f, const struct tern_problem *p,
                             struct gate_winners *out, struct tern_error *e) {
    struct tern_plan plan;
    char params[160];
    const enum tern_status s = plan_of(a, f, p, &plan, e);
    if (s) return s;
    char *name = tern_format_text("%s/%zux%zux%zu/t:%zu", plan.variant->name, p->m, p->k, p->n, p->threads);
    char *longer =
        name ? tern_format_text("%s%s%s/", out->filter ? out->filter : "^(", out->filter ? "|" : "", name)
             : NULL;
    int ok = longer != NULL;
    if (ok) {
        free(out->filter);
        out->filter = longer;
    }
    tern_variant_params_text(plan.variant, plan.param, params, sizeof params);
    if (ok && !is_initial(&plan)) {
        ok = append(&out->with, &out->withs, tern_format_text("%s=%s", name, params));
    }
    if (ok && !a->given.count)
        ok = append(&out->problem, &out->problems, tern_format_text("%zux%zux%zu", p->m, p->k, p->n));
    free(name);
    f->decided++;
    f->tuned += plan.from_wisdom != 0;
    return ok ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
}

enum tern_status gate_winners(const struct gate_arguments *a, struct gate_winners *out,
                              struct tern_error *e) {
    struct search f = {.tuned = 0};
    char warning[512] = "";
    *out = (struct gate_winners){.filter = NULL};
    enum tern_status s = tern_machine_get(&f.machine, e);
    if (!s) s = tern_wisdom_here(NULL, &f.wisdom, warning, sizeof warning, e);
    if (!s) s = add_tasks(a, &f.tasks, e);
    for (size_t i = 0; i < f.tasks.count && !s; i++) s = take(a, &f, &f.tasks.item[i].problem, out, e);
    char *closed = out->filter ? tern_format_text("%s)", out->filter) : NULL;
    free(out->filter);
    out->filter = closed;
    if (!s && !closed) s = tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
    snprintf(out->note, sizeof out->note, "%zu kernels%s%s, %s thread%s; wisdom decided %zu of them",
             f.decided, a->given.count ? "" : " of decode and prefill of ", a->given.count ? "" : a->model,
             a->threads, strcmp(a->threads, "1") ? "s" : "", f.tuned);
    tern_tasks_free(&f.tasks);
    tern_wisdom_free(&f.wisdom);
    return s;
}

void gate_winners_free(struct gate_winners *w) {
    for (size_t i = 0; i < w->problems; i++) free(w->problem[i]);
    for (size_t i = 0; i < w->withs; i++) free(w->with[i]);
    free(w->problem);
    free(w->with);
    free(w->filter);
    *w = (struct gate_winners){.filter = NULL};
}
