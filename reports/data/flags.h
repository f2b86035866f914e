/* The flags of a record, as the report shows them. */
#ifndef TERN_REPORTS_DATA_FLAGS_H
#define TERN_REPORTS_DATA_FLAGS_H

#include "reports/data/select.h"
#include "reports/data/text.h"

/* "unstable", "incomplete" and the record's flags, separated by spaces. Flags that the record of the machine
 * carries are left out: they hold for every number of that machine and stand with its facts. */
void tern_put_notes(struct tern_text *t, const struct tern_report_data *d, const struct tern_record *r);

#endif
