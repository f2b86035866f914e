/* The two lists at the end of a report: what was not measured, and how to measure it. */
#ifndef TERN_REPORTS_PAGE_GAPS_H
#define TERN_REPORTS_PAGE_GAPS_H

#include "reports/data/facts.h"
#include "reports/data/select.h"
#include "reports/figures/figures.h"
#include "reports/options.h"

/* What was not measured, and why. `why_not_drawn` is "" when all figures were drawn. */
void tern_report_gaps(const struct tern_report_data *d, const struct tern_report_options *o,
                      const struct tern_figures *f, const char *why_not_drawn, struct tern_facts *out);

/* Command lines that measure the same things again; `what` is what for, `text` the line. */
void tern_report_commands(const struct tern_report_data *d, const struct tern_report_options *o,
                          struct tern_facts *out);

#endif
