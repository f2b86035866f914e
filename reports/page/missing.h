/* What was not measured, and why. */
#ifndef TERN_REPORTS_PAGE_MISSING_H
#define TERN_REPORTS_PAGE_MISSING_H

#include "reports/data/facts.h"
#include "reports/data/select.h"
#include "reports/figures/figures.h"
#include "reports/options.h"

/* `what` is what is missing, `text` the reason. `why_not_drawn` is "" when all figures were drawn. */
void tern_report_missing(const struct tern_report_data *d, const struct tern_report_options *o,
                         const struct tern_figures *f, const char *why_not_drawn, struct tern_facts *out);

#endif
