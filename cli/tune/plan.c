/* The plan that the engine will make of what was tuned: one layout for each shape of a model, and what its
 * linear layers are predicted to take. */
#define _GNU_SOURCE
#include "cli/tune/tune.h"

#include "tuner/wisdom/layouts.h"
#include "tuner/wisdom/mix.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Tasks of one shape and thread count: for one token and for the most tokens. */
struct shape {
    const struct tern_task *one, *many;
    const struct tern_format *layout;
    struct tern_plan decode, prefill;
};

static int same_shape(const struct tern_task *a, const struct tern_task *b) {
    return a->problem.m == b->problem.m && a->problem.k == b->problem.k &&
           a->problem.threads == b->problem.threads && !strcmp(a->model, b->model);
}

static enum tern_status plan_shape(const struct tern_wisdom *w, uint32_t usable, struct shape *s,
                                   struct tern_error *e) {
    s->layout = tern_layout_for(w, usable, &s->one->problem, &s->many->problem);
    const enum tern_status st = tern_plan_for(w, usable, &s->one->problem, s->layout, &s->decode, e);
    if (st) return st;
    s->layout = s->decode.variant->format;
    if (tern_plan_for(w, usable, &s->many->problem, s->layout, &s->prefill, NULL)) s->prefill = s->decode;
    return TERN_OK;
}

/* The shapes that one pass calls, with the thread count of task i; how many. */
static size_t shapes_of(const struct tern_tune_options *o, size_t i, struct shape *out, size_t room) {
    size_t n = 0;
    for (size_t j = 0; j < o->tasks && n < room; j++) {
        const struct tern_task *t = &o->task[j];
        struct shape s = {.one = t};
        if (!t->calls || t->problem.n != 1 || t->problem.threads != o->task[i].problem.threads ||
            strcmp(t->model, o->task[i].model))
            continue;
        for (size_t k = 0; k < o->tasks; k++) {
            const struct tern_task *u = &o->task[k];
            if (same_shape(t, u) && u->problem.n > 1 && (!s.many || u->problem.n > s.many->problem.n))
                s.many = u;
        }
        if (s.many) out[n++] = s;
    }
    return n;
}

static json_t *json_plan(const struct shape *s, size_t n, double decode, double prefill) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            list, json_pack("{s:I, s:I, s:s, s:s, s:s}", "m", (json_int_t)s[i].one->problem.m, "k",
                            (json_int_t)s[i].one->problem.k, "layout", s[i].layout->name, "decode",
                            s[i].decode.variant->name, "prefill", s[i].prefill.variant->name));
    json_t *o = json_pack("{s:s, s:I, s:I, s:o}", "model", s->one->model, "threads",
                          (json_int_t)s->one->problem.threads, "prompt_tokens",
                          (json_int_t)s->many->problem.n, "shapes", list);
    json_object_set_new(o, "decode_ms_per_token", isnan(decode) ? json_null() : json_real(decode));
    json_object_set_new(o, "prefill_ms_per_token", isnan(prefill) ? json_null() : json_real(prefill));
    return o;
}

static void say_plan(const struct shape *s, size_t n, const struct tern_mix *mix, double decode,
                     double prefill) {
    char text[64];
    tern_mix_text(mix, text, sizeof text);
    printf("plan of %s, %zu thread%s, mix %s: ", s->one->model, s->one->problem.threads,
           s->one->problem.threads > 1 ? "s" : "", text);
    if (isnan(decode) || isnan(prefill))
        printf("its time is not known, because a shape was not measured\n");
    else
        printf(
            "predicted %.3f ms/token in decode, %.3f in prefill (sums of medians); tern e2e measures them\n",
            decode, prefill);
    for (size_t i = 0; i < n; i++)
        printf("     %zux%zu  %s  %s, %s\n", s[i].one->problem.m, s[i].one->problem.k, s[i].layout->name,
               s[i].decode.variant->name, s[i].prefill.variant->name);
}

enum tern_status tern_tune_plans(const struct tern_tune_options *o, const char *wisdom, json_t *list,
                                 struct tern_error *e) {
    struct tern_wisdom w;
    struct shape shape[TERN_MAX_LAYOUTS];
    enum tern_status st = tern_wisdom_read(wisdom, o->machine->key, 0, &w, e);
    for (size_t i = 0; i < o->tasks && !st; i++) {
        size_t first = 0;
        while (o->task[first].problem.threads != o->task[i].problem.threads ||
               strcmp(o->task[first].model, o->task[i].model))
            first++;
        const size_t n = first == i && o->task[i].model[0] ? shapes_of(o, i, shape, TERN_MAX_LAYOUTS) : 0;
        double decode = 0, prefill = 0;
        for (size_t j = 0; j < n && !st; j++) {
            st = plan_shape(&w, o->machine->usable, &shape[j], e);
            decode += 1e-6 * (double)shape[j].one->calls * shape[j].decode.token_ns;
            prefill += 1e-6 * (double)shape[j].one->calls * shape[j].prefill.token_ns;
        }
        if (st || !n) continue;
        if (list)
            json_array_append_new(list, json_plan(shape, n, decode, prefill));
        else
            say_plan(shape, n, &w.mix, decode, prefill);
    }
    tern_wisdom_free(&w);
    return st;
}
