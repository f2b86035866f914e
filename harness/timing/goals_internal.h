/* What the files of the goals share. */
#ifndef TERN_HARNESS_TIMING_GOALS_INTERNAL_H
#define TERN_HARNESS_TIMING_GOALS_INTERNAL_H

#include "harness/timing/goals.h"
#include "models/model.h"

struct tern_goal_run {
    struct tern_goal_options o;
    struct tern_model *m;
    struct tern_e2e_row *row; /* pp 128, pp 512, tg; NULL: not measured yet */
    int32_t ids[512];
};

enum tern_status tern_goal_start(struct tern_goal_run *r, const struct tern_goal *g,
                                 struct tern_goal_seen *out, struct tern_error *e);
void tern_goal_judge(const struct tern_goal *g, struct tern_goal_seen *out);

#endif
