#include "tuner/session/tasks.h"

#include "models/arch.h"
#include "models/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SHAPES 64

static int is_there(const struct tern_tasks *t, const struct tern_problem *p) {
    for (size_t i = 0; i < t->count; i++) {
        const struct tern_problem *q = &t->item[i].problem;
        if (q->m == p->m && q->k == p->k && q->n == p->n && q->threads == p->threads &&
            q->regime == p->regime)
            return 1;
    }
    return 0;
}

static enum tern_status add(struct tern_tasks *t, const struct tern_task *task, struct tern_error *e) {
    if (is_there(t, &task->problem)) return TERN_OK;
    struct tern_task *grown = realloc(t->item, (t->count + 1) * sizeof *grown);
    if (!grown) return tern_fail(e, TERN_NO_MEMORY, "problems: out of memory");
    t->item = grown;
    t->item[t->count++] = *task;
    return TERN_OK;
}

static enum tern_status add_all(struct tern_tasks *t, struct tern_task task, const size_t *threads,
                                size_t n_threads, const size_t *tokens, size_t n_tokens,
                                struct tern_error *e) {
    for (size_t i = 0; i < n_tokens; i++) {
        for (size_t j = 0; j < n_threads; j++) {
            task.problem.n = tokens[i];
            task.problem.threads = threads[j];
            const enum tern_status s = add(t, &task, e);
            if (s) return s;
        }
    }
    return TERN_OK;
}

enum tern_status tern_tasks_hparams(const char *source, struct tern_hparams *hp, struct tern_error *e) {
    const char *name = strncmp(source, "synth:", 6) ? source : source + 6;
    const struct tern_hparams *known = tern_builtin_model(name);
    if (known) {
        *hp = *known;
        return TERN_OK;
    }
    struct tern_model *m;
    const enum tern_status s = tern_model_open(source, &m, e);
    if (s) return s;
    *hp = m->hp;
    tern_model_close(m);
    return TERN_OK;
}

/* q, k and v as the one matrix that the engine packs for some of the thread counts. Returns how many shapes. */
static size_t merged_shape(const struct tern_hparams *hp, const size_t *threads, size_t n_threads,
                           struct tern_shape *out) {
    static const enum tern_role role[] = {TERN_Q, TERN_K, TERN_V};
    size_t merges = 0;
    for (size_t i = 0; i < n_threads; i++) merges += tern_model_merges_qkv(hp, threads[i]) != 0;
    if (!merges) return 0;
    *out = (struct tern_shape){.roles = "q+k+v"};
    for (size_t j = 0; j < sizeof role / sizeof *role; j++) {
        size_t m;
        tern_role_shape(hp, role[j], &m, &out->k);
        out->m += m;
    }
    return 1;
}

enum tern_status tern_tasks_add_model(struct tern_tasks *t, const char *source, const size_t *threads,
                                      size_t n_threads, const size_t *tokens, size_t n_tokens,
                                      enum tern_regime regime, struct tern_error *e) {
    struct tern_hparams hp;
    struct tern_shape shape[MAX_SHAPES];
    enum tern_status s = tern_tasks_hparams(source, &hp, e);
    if (s) return s;
    size_t shapes = tern_model_shapes(&hp, shape, MAX_SHAPES - 1);
    shapes += merged_shape(&hp, threads, n_threads, shape + shapes);
    for (size_t i = 0; i < shapes && !s; i++) {
        struct tern_task task = {.problem = {.m = shape[i].m, .k = shape[i].k, .regime = regime}};
        task.calls = shape[i].calls;
        snprintf(task.model, sizeof task.model, "%s", hp.name);
        snprintf(task.roles, sizeof task.roles, "%s", shape[i].roles);
        s = add_all(t, task, threads, n_threads, tokens, n_tokens, e);
    }
    return s;
}

enum tern_status tern_tasks_add_shape(struct tern_tasks *t, size_t m, size_t k, const size_t *threads,
                                      size_t n_threads, const size_t *tokens, size_t n_tokens,
                                      enum tern_regime regime, struct tern_error *e) {
    const struct tern_task task = {.problem = {.m = m, .k = k, .regime = regime}};
    return add_all(t, task, threads, n_threads, tokens, n_tokens, e);
}

void tern_tasks_free(struct tern_tasks *t) {
    free(t->item);
    *t = (struct tern_tasks){0};
}
