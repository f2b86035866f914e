/* Made-up records of a believable run, for the tests of reports only: no number here was ever measured. */
#ifndef TERN_TESTS_REPORTS_SAMPLE_H
#define TERN_TESTS_REPORTS_SAMPLE_H

#include "measure/records/record.h"

#include <stddef.h>

enum { SAMPLE_ROOM = 1024 };

/* Fills out[0..SAMPLE_ROOM) with one run over the shapes of a 2B model: machine, verification,
 * ceilings, problems and end-to-end results. Returns how many. Strings are static. */
size_t sample_run(struct tern_record *out, const char *run, const char *ts, uint64_t seed);

/* One sample record of `variant` in `format` on 640x2560, N=1, one thread, hot: median ns, an interval of
 * +-`spread` (NaN: none), n = 21. */
struct tern_record sample_one(const char *variant, const char *format, double median, double spread);

#endif
