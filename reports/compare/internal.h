/* What the files of reports/compare/ share. */
#ifndef TERN_REPORTS_COMPARE_INTERNAL_H
#define TERN_REPORTS_COMPARE_INTERNAL_H

#include "reports/compare/compare.h"

/* The records of one row, by side. */
struct tern_compare_side {
    const struct tern_record **item;
    size_t count;
};

/* Fills in everything of a row except the adjusted p and the verdict. Adds the row's bootstrap draws to
 * sum[0..resamples). */
enum tern_status tern_compare_measure(const struct tern_compare_side *a, const struct tern_compare_side *b,
                                      const struct tern_compare_options *o, struct tern_compare_row *row,
                                      double *sum, struct tern_error *e);
/* `value` of a record as a time: a rate is turned into one. */
double tern_compare_time(const struct tern_record *r, double value);

#endif
