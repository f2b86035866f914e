/* What the engine asks a finished plan. */
#include "harness/plan/plan.h"

static size_t bucket_of(size_t n) {
    size_t b = 0;
    while (b + 1 < TERN_BUCKETS && (size_t)2 << b <= n) b++;
    return b;
}

/* Buckets are chosen for their smallest n, so their variants take every n of theirs, in calls of at most
 * n_max. */
const struct chosen *tern_plan_for_tokens(const struct shape_plan *sp, size_t n) {
    return &sp->bucket[bucket_of(n)];
}

int tern_plan_splits(const struct projection *p) {
    return p->plan->bucket[0].param[TERN_P_SPLIT] == TERN_SPLIT_K;
}
