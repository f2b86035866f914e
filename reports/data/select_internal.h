/* What the files behind select.h share. */
#ifndef TERN_REPORTS_DATA_SELECT_INTERNAL_H
#define TERN_REPORTS_DATA_SELECT_INTERNAL_H

#include "reports/data/select.h"

/* Sorts the sample records and adds their problems to `d`, which has room for them. */
void tern_report_add_problems(struct tern_report_data *d, const struct tern_record **rec, size_t count,
                              int all_runs);
/* The same for ceiling records. `rate` is scratch for `count` numbers. */
void tern_report_add_ceilings(struct tern_report_data *d, const struct tern_record **rec, size_t count,
                              double *rate);
/* 1 when the estimate is a rate ("GB/s", "GMAC/s"), 0 when it is a time. */
int tern_counts_rate(const struct tern_record *r);
/* Work per nanosecond of an estimate of this ceiling; a rate is taken as it is. */
double tern_ceiling_rate(const struct tern_record *r, double estimate);

#endif
