/* How much each run-time parameter matters near the answer of a search, from the candidates it measured. In a
 * slice one parameter changes and the others stay; in a pair two parameters change. */
#ifndef TERN_REPORTS_FIGURES_SENSITIVITY_H
#define TERN_REPORTS_FIGURES_SENSITIVITY_H

#include "reports/data/select.h"

enum { TERN_SENSITIVE_PARAMS = 6, TERN_SENSITIVE_VALUES = 24 };

struct tern_sensitive_value {
    long value;
    const struct tern_search_trial *trial; /* the other parameters are those of the answer */
};

struct tern_sensitive_param {
    char name[32];
    long chosen;
    struct tern_sensitive_value value[TERN_SENSITIVE_VALUES]; /* the measured ones, rising */
    size_t values;
};

struct tern_sensitivity {
    const struct tern_record *record; /* of the search */
    const struct tern_search_variant *variant;
    const struct tern_search_trial *answer;
    struct tern_sensitive_param param[TERN_SENSITIVE_PARAMS];
    size_t params;
};

/* 0 when the search has no answer, or an answer without parameters. */
int tern_sensitivity_of(const struct tern_record *search, struct tern_sensitivity *out);
/* The time by which the search ranks a trial: the median from six rounds on, before that the fastest round.
 */
double tern_trial_cost(const struct tern_search_trial *t);

/* The values of parameter `which` that were measured with any value of parameter `other` while the rest is
 * as in the answer, rising. Returns how many. */
size_t tern_sensitivity_axis(const struct tern_sensitivity *s, size_t which, size_t other,
                             long value[TERN_SENSITIVE_VALUES]);
/* The trial where parameter a has value x, b has y and the others are as in the answer; NULL: not measured.
 */
const struct tern_search_trial *tern_sensitivity_at(const struct tern_sensitivity *s, size_t a, long x,
                                                    size_t b, long y);
/* 1 when some trial differs from the answer in both parameters: then a map of the pair shows more than two
 * slices. */
int tern_sensitivity_pair(const struct tern_sensitivity *s, size_t a, size_t b);

#endif
