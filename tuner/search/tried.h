/* What a search tries, written down as it goes, for the records. */
#ifndef TERN_TUNER_SEARCH_TRIED_H
#define TERN_TUNER_SEARCH_TRIED_H

#include "measure/records/search.h"
#include "tuner/search/strategies.h"

struct tern_tried {
    size_t candidates, evaluations;
    size_t *first, *last;              /* evaluations up to each candidate's first and last; 0: never */
    struct tern_search_answer *answer; /* `trial` is a candidate here; one whenever the answer changed */
    size_t answers, room;
};

/* 0 when out of memory. */
int tern_tried_begin(struct tern_tried *t, size_t candidates);
void tern_tried_free(struct tern_tried *t);
void tern_tried_round(struct tern_tried *t, const size_t *which, size_t n);
/* The search would name this candidate now; SIZE_MAX: none. `seconds` since it began; NaN: not known. */
void tern_tried_answer(struct tern_tried *t, size_t candidate, double seconds);

#endif
