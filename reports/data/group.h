/* Groups of problems: equal machine, N, threads and regime, but different shapes. In tern_report_data the
 * problems of a group are neighbours. */
#ifndef TERN_REPORTS_DATA_GROUP_H
#define TERN_REPORTS_DATA_GROUP_H

#include "reports/data/select.h"
#include "reports/data/text.h"

/* 1 when both records belong to one group. */
int tern_same_group(const struct tern_record *a, const struct tern_record *b);
/* One past the last problem of the group that begins at `first`. */
size_t tern_group_end(const struct tern_report_data *d, size_t first);
/* "N=1 . 2 threads . wcold", and "640x2560 . N=1 . ...", with the real multiplication sign and middle dot.
 * Text of records goes through tern_text_label. */
void tern_put_group(struct tern_text *t, const struct tern_record *r);
void tern_put_problem_label(struct tern_text *t, const struct tern_record *r);
/* "-n1-2t-wcold": the end of a file name. Characters of the regime that are not letters or digits are left
 * out. */
void tern_put_group_name(struct tern_text *t, const struct tern_record *r);

#endif
