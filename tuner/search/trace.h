/* What a search tries, written down as it goes, for the records. */
#ifndef TERN_TUNER_SEARCH_TRACE_H
#define TERN_TUNER_SEARCH_TRACE_H

#include "measure/records/search.h"
#include "tuner/search/strategies.h"

struct tern_search_trace {
    size_t candidates, evaluations;
    size_t *first, *last;              /* evaluations up to each candidate's first and last; 0: never */
    struct tern_search_answer *answer; /* `trial` is a candidate here; one whenever the answer changed */
    size_t answers, room;
};

/* 0 when out of memory. */
int tern_search_trace_begin(struct tern_search_trace *t, size_t candidates);
void tern_search_trace_free(struct tern_search_trace *t);
void tern_search_trace_round(struct tern_search_trace *t, const size_t *which, size_t n);
/* The search would name this candidate now; SIZE_MAX: none. `seconds` since it began; NaN: not known. */
void tern_search_trace_answer(struct tern_search_trace *t, size_t candidate, double seconds);

#endif
