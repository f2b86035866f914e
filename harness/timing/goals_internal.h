/* What the files of the goals share. */
#ifndef TERN_HARNESS_TIMING_GOALS_INTERNAL_H
#define TERN_HARNESS_TIMING_GOALS_INTERNAL_H

#include "harness/engine.h"
#include "harness/timing/goals.h"
#include "models/model.h"

#define TERN_GOAL_DECODED 32
#define TERN_GOAL_IDS     4608
#define TERN_GOAL_RUNS    9 /* of the linear layers, for an interval */

struct tern_goal_run {
    struct tern_goal_options o;
    struct {
        const char *name;
        struct tern_model *m;
    } model[2];
    struct tern_e2e_row *row; /* of 2b-4t: pp 128, pp 512, tg; NULL: not measured yet */
    int tuned;                /* the tuning of a short and a long budget has been run */
    double tune_seconds;
    int32_t ids[TERN_GOAL_IDS];
};

/* The model of a goal, opened when it is first asked for. */
enum tern_status tern_goal_model(struct tern_goal_run *r, const struct tern_goal *g, struct tern_model **out,
                                 struct tern_error *e);

/* Two engines by turns, or one in two places: `tokens` fed behind `behind` positions. one_by_one: decoded. */
struct tern_goal_runner {
    const struct tern_goal_run *r;
    struct tern_engine *en;
    size_t tokens, behind;
    int one_by_one;
};
/* goals_pair.c: how many times faster than the second the first one is, per token, round by round, after a round that is
 * thrown away. Adds the rates to the detail. */
enum tern_status tern_goal_compare(const struct tern_goal_run *r, const struct tern_goal_runner pair[2],
                                   size_t rounds, struct tern_goal_seen *out, struct tern_error *e);
enum tern_status tern_goal_pair(struct tern_goal_run *r, const struct tern_goal *g,
                                struct tern_goal_seen *out, struct tern_error *e);

/* goals_share.c: shares of ceilings, and of promises. */
enum tern_status tern_goal_share(struct tern_goal_run *r, const struct tern_goal *g,
                                 struct tern_goal_seen *out, struct tern_error *e);
/* goals_long.c */
enum tern_status tern_goal_long(struct tern_goal_run *r, const struct tern_goal *g,
                                struct tern_goal_seen *out, struct tern_error *e);
/* goals_tune.c */
enum tern_status tern_goal_tune(struct tern_goal_run *r, const struct tern_goal *g,
                                struct tern_goal_seen *out, struct tern_error *e);
enum tern_status tern_goal_start(struct tern_goal_run *r, const struct tern_goal *g,
                                 struct tern_goal_seen *out, struct tern_error *e);

void tern_goal_judge(const struct tern_goal *g, enum tern_target_class c, struct tern_goal_seen *out);

#endif
