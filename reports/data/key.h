/* What a record measured, as text: records with equal texts belong to one series. */
#ifndef TERN_REPORTS_DATA_KEY_H
#define TERN_REPORTS_DATA_KEY_H

#include "measure/records/record.h"

/* "gemv 6912x2560x1 t1 wcold", "prefill 128 t2 synth:2b-4t": the problem of a record, in `out`. */
void tern_record_problem(const struct tern_record *r, char *out, size_t out_bytes);
/* What the estimate is of: its unit, or "none". */
const char *tern_record_metric(const struct tern_record *r);

#endif
