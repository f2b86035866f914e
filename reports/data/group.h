/* Groups of problems: equal N, threads and regime, different shapes. Problems of one group follow one another
 * in tern_report_data. */
#ifndef TERN_REPORTS_DATA_GROUP_H
#define TERN_REPORTS_DATA_GROUP_H

#include "reports/data/select.h"
#include "reports/data/text.h"

/* Also the same machine. */
int tern_same_group(const struct tern_record *a, const struct tern_record *b);
/* One past the last problem of the group that begins at `first`. */
size_t tern_group_end(const struct tern_report_data *d, size_t first);
/* "N=1 . 2 threads . wcold", "640x2560 . N=1 . ..." with real signs, through tern_text_label. */
void tern_put_group(struct tern_text *t, const struct tern_record *r);
void tern_put_problem_label(struct tern_text *t, const struct tern_record *r);
/* "-n1-2t-wcold": the end of a file name; odd characters of the regime are left out. */
void tern_put_group_name(struct tern_text *t, const struct tern_record *r);

#endif
