/* The space of a problem: every variant that may compute it, with every combination of its parameters that
 * makes sense for the shape. Threads share the rows; where it may pay, there is a candidate with K split as
 * well. Every combination that is left out is listed with the reason. */
#ifndef TERN_TUNER_SEARCH_SPACE_H
#define TERN_TUNER_SEARCH_SPACE_H

#include "kernels/variant.h"
#include "tuner/search/strategies.h"
#include "tuner/wisdom/wisdom.h"

#include <stddef.h>

struct tern_candidate {
    const struct tern_variant *variant;
    int param[TERN_MAX_PARAMS];
};

/* A combination, or with every = 1 a whole variant, that is not tried. */
struct tern_left_out {
    const struct tern_variant *variant;
    int param[TERN_MAX_PARAMS];
    int every;
    int by_k;         /* every combination with K split among the threads */
    const char *why;  /* static text */
    const char *must; /* the constraint that it breaks; NULL when another reason rules it out */
};

struct tern_candidates {
    struct tern_candidate *item;
    size_t count;
    struct tern_left_out *out;
    size_t out_count;
};

/* Candidates of the problem among i8 variants that `usable` allows; lossy ones only when asked for. `format`
 * may be NULL. Ordered by static rank, best first, then by parameters. No candidate is no error. */
enum tern_status tern_space_of(const struct tern_problem *p, uint32_t usable,
                               const struct tern_format *format, int lossy, struct tern_candidates *out,
                               struct tern_error *e);
void tern_candidates_free(struct tern_candidates *c);

/* What seed points follow from. */
struct tern_seed_facts {
    enum tern_regime regime;
    size_t k, l1d_bytes; /* columns; 0: not known */
    double read_gbps;    /* of one thread; NaN: not known */
};

/* Each candidate's place for the search: its variant is its group, its parameters the coordinates. Of each
 * variant two points at most are seeds: the registry's initial values, and what cache sizes and bandwidth
 * suggest (prefetch as far ahead as memory answers late, blocks that fill half of L1). Where K may be split,
 * the suggested point is one more, with K split: splitting is tried only where rows divide badly. A variant
 * with both ways has a last coordinate for them. */
void tern_space_places(const struct tern_candidates *c, const struct tern_seed_facts *f,
                       struct tern_candidate_point *out);

#endif
