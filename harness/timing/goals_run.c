/* What the goals of one run share: the options, random ids, and the models that they open. */
#include "harness/timing/goals_internal.h"

#include "base/random.h"
#include "models/synth/synth.h"

#include <stdlib.h>
#include <string.h>

enum tern_status tern_goal_open(const struct tern_goal_options *o, struct tern_goal_run **out,
                                struct tern_error *e) {
    struct tern_goal_run *r = calloc(1, sizeof *r);
    *out = r;
    if (!r) return tern_fail(e, TERN_NO_MEMORY, "goals: out of memory");
    r->o = *o;
    for (size_t i = 0; i < TERN_GOAL_IDS; i++) {
        struct tern_random random = {o->seed + i};
        r->ids[i] = (int32_t)tern_random_below(&random, 32000); /* every model here has more */
    }
    return TERN_OK;
}

enum tern_status tern_goal_model(struct tern_goal_run *r, const struct tern_goal *g, struct tern_model **out,
                                 struct tern_error *e) {
    size_t i = 0;
    while (r->model[i].name && strcmp(r->model[i].name, g->model)) i++;
    if (!r->model[i].name) {
        const enum tern_status s = tern_synth_open(g->model, &r->model[i].m, e);
        if (s != TERN_OK) return s;
        r->model[i].name = g->model;
    }
    *out = r->model[i].m;
    return TERN_OK;
}

void tern_goal_close(struct tern_goal_run *r) {
    if (!r) return;
    for (size_t i = 0; i < sizeof r->model / sizeof *r->model; i++)
        if (r->model[i].m) tern_model_close(r->model[i].m);
    free(r->row);
    free(r);
}
