/* The command lines that measure the same things again. */
#ifndef TERN_REPORTS_PAGE_COMMANDS_H
#define TERN_REPORTS_PAGE_COMMANDS_H

#include "reports/data/facts.h"
#include "reports/data/select.h"
#include "reports/options.h"

/* `what` is what the line measures, `text` the line. */
void tern_report_commands(const struct tern_report_data *d, const struct tern_report_options *o,
                          struct tern_facts *out);

#endif
