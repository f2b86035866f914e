/* What a search tried: every candidate that was timed for one problem, in the order of its first measurement,
 * and whom the search would have named after each round. One record of kind "search" per problem carries it,
 * as lists of short lists, so that a thousand candidates take some tens of kilobytes. docs/records.md
 * describes the keys.
 *
 * These are a search's own estimates: few rounds, taken to choose by, and not paired with the samples of the
 * comparison that followed. */
#ifndef TERN_MEASURE_RECORDS_SEARCH_H
#define TERN_MEASURE_RECORDS_SEARCH_H

#include <stddef.h>

struct tern_search_variant {
    const char *name, *format;
    double bytes; /* packed weights; NaN: not known */
};

struct tern_search_trial {
    size_t variant;          /* place in `variant` */
    const char *params;      /* "prefetch=4096 panels=2"; "-": none */
    size_t n;                /* rounds it was measured in */
    double median, mad, min; /* in `unit` */
    size_t first, last;  /* evaluations (one candidate in one round) up to its first and last one, from 1 */
    const char *dropped; /* why it was out before the end; NULL: it stayed */
};

/* After so many evaluations and seconds the search would have named this trial. */
struct tern_search_answer {
    size_t evaluations;
    double seconds; /* NaN: not known, as it was taken from a journal */
    size_t trial;   /* place in `trial` */
};

struct tern_record_search {
    const char *strategy, *effort;
    const char *unit;  /* of the trials: "ns/call" */
    size_t candidates; /* of the space; those that were never measured are no trials */
    size_t evaluations, rounds;
    double seconds;
    const struct tern_search_variant *variant;
    size_t variants;
    const struct tern_search_trial *trial;
    size_t trials;
    const struct tern_search_answer *answer;
    size_t answers;
};

#endif
