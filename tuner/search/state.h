/* A search under way: the samples so far and what every strategy does with them. Inside the tuner only. */
#ifndef TERN_TUNER_SEARCH_STATE_H
#define TERN_TUNER_SEARCH_STATE_H

#include "base/random.h"
#include "tuner/search/strategies.h"

#define TERN_MEDIAN_ROUNDS 6 /* of a candidate, before its median means more than its fastest round */

struct tern_search_state {
    const struct tern_search *s;
    struct tern_found *f;
    double *cost; /* [round * count + candidate], NaN where a candidate sat a round out */
    double *fresh, *row, *base;
    size_t *which, *list, room, alive, limit;
    unsigned char *spared; /* of each candidate: the guide skipped it */
    size_t *first;         /* of each group its first candidate; first[groups] == count */
    size_t groups;
    struct tern_candidate_point *lone; /* places made up when the search has none */
    const struct tern_candidate_point *place;
    struct tern_random random;
    int over;      /* no more time, no more samples, or interrupted */
    int by_median; /* tern_search_cost is the median, no longer the fastest round */
};

/* `share`: the limit on samples as rounds over all candidates, when the search sets none; 0: no limit. */
enum tern_status tern_search_begin(struct tern_search_state *h, const struct tern_search *s, double share,
                                   struct tern_found *f, struct tern_error *e);
/* Orders what was found, gives the unmeasured their reason, frees the rest. */
void tern_search_end(struct tern_search_state *h, const char *unmeasured, enum tern_status s);

void tern_search_drop(struct tern_search_state *h, size_t i, const char *why);
/* `rounds` rounds over list[0..n); those dropped meanwhile sit out. Returns 0 and sets `over` at the end. */
int tern_search_measure(struct tern_search_state *h, const size_t *list, size_t n, size_t rounds);
/* Least cost so far, or the median once h->by_median is set; infinite when not measured or dropped as not
 * measurable. */
double tern_search_cost(const struct tern_search_state *h, size_t i);
/* The best of those not dropped; SIZE_MAX: none is measured. */
size_t tern_search_best(const struct tern_search_state *h);
/* The candidates of one group that differ from `from` in one parameter, by one step or (far) any number of
 * them, without what the guide skips; into list, returns how many. Dropped ones are left out. */
size_t tern_search_neighbours(const struct tern_search_state *h, size_t from, int far, size_t *list);
/* The candidate of a group with these places; SIZE_MAX when there is none. */
size_t tern_search_at(const struct tern_search_state *h, uint32_t group, const unsigned char *at);
/* Successive halving among those measured and not dropped: twice the rounds, half the candidates. */
void tern_search_halve(struct tern_search_state *h, size_t most);

enum tern_status tern_race_run(const struct tern_search *s, struct tern_found *out, struct tern_error *e);
enum tern_status tern_exhaustive_run(const struct tern_search *s, struct tern_found *out,
                                     struct tern_error *e);
enum tern_status tern_random_run(const struct tern_search *s, struct tern_found *out, struct tern_error *e);
enum tern_status tern_climb_run(const struct tern_search *s, struct tern_found *out, struct tern_error *e);
enum tern_status tern_evolve_run(const struct tern_search *s, struct tern_found *out, struct tern_error *e);

#endif
