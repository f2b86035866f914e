/* Goals of long contexts: a long prompt beside a short one, and decode behind many positions beside decode behind few. */
#include "harness/timing/goals_internal.h"

#include <stdio.h>

#define SHORT_PROMPT 128
#define FEW          32
#define ROUNDS       7 /* a long prompt takes seconds */

/* Two engines, since what one decodes behind few positions would overwrite what follows them. */
static enum tern_status behind(struct tern_goal_run *r, const struct tern_goal *g,
                               struct tern_engine *const en[2], struct tern_goal_seen *out,
                               struct tern_error *e) {
    const size_t positions[2] = {g->tokens, FEW};
    struct tern_goal_runner pair[2];
    for (size_t i = 0; i < 2; i++) {
        const enum tern_status s = tern_engine_feed(en[i], r->ids, positions[i], 0, NULL, e);
        if (s != TERN_OK) return s;
        pair[i] = (struct tern_goal_runner){r, en[i], TERN_GOAL_DECODED, positions[i], 1};
    }
    return tern_goal_compare(r, pair, r->o.rounds, out, e);
}

enum tern_status tern_goal_long(struct tern_goal_run *r, const struct tern_goal *g,
                                struct tern_goal_seen *out, struct tern_error *e) {
    const struct tern_engine_options o = {.threads = r->o.threads,
                                          .context = g->tokens + TERN_GOAL_DECODED,
                                          .head = TERN_HEAD_Q6_K,
                                          .wisdom = r->o.wisdom,
                                          .races = r->o.races,
                                          .quiet = 1};
    const int decode = g->kind == TERN_GOAL_LONG_DECODE;
    struct tern_engine *en[2] = {NULL, NULL};
    struct tern_model *m;
    enum tern_status s = tern_goal_model(r, g, &m, e);
    for (size_t i = 0; s == TERN_OK && i < (decode ? 2 : 1); i++) {
        s = tern_engine_new(m, &o, &en[i], e);
        if (s == TERN_OK) tern_engine_want(en[i], &(struct tern_wanted){.top = 1});
    }
    snprintf(out->detail, sizeof out->detail, "synth:%s, f16 cache: ", g->model);
    if (s == TERN_OK && decode) {
        s = behind(r, g, en, out, e);
    } else if (s == TERN_OK) {
        const struct tern_goal_runner pair[2] = {{r, en[0], g->tokens, 0, 0}, {r, en[0], SHORT_PROMPT, 0, 0}};
        s = tern_goal_compare(r, pair, ROUNDS, out, e);
    }
    for (size_t i = 0; i < 2; i++) tern_engine_free(en[i]);
    return s;
}
