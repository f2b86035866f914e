/* The finalists of a problem, and every round of theirs. */
#ifndef TERN_REPORTS_SECTIONS_FINALIST_ROUNDS_H
#define TERN_REPORTS_SECTIONS_FINALIST_ROUNDS_H

#include "reports/figures/figures.h"

enum { TERN_FINALISTS_MAX = 6, TERN_ROUNDS_MAX = 128 };

/* The rounds of one finalist as multiples of the best one's time: of the same round when both were paired,
 * else of its median. */
struct tern_finalist {
    const struct tern_record *record;
    double ratio[TERN_ROUNDS_MAX], sorted[TERN_ROUNDS_MAX];
    size_t n;
    int paired;
};

/* Fastest first, without dense baselines, only those whose rounds were kept. Returns how many; 0 when there
 * are fewer than two. */
size_t tern_finalists_of(const struct tern_report_problem *q, struct tern_finalist out[TERN_FINALISTS_MAX]);

/* The figures of the section "Finalists". */
void tern_figure_finalists(const struct tern_report_data *d, const char *machine, size_t index,
                           struct tern_figures *out);

#endif
