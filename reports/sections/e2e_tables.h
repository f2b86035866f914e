/* The tables of the section "End to end". */
#ifndef TERN_REPORTS_SECTIONS_E2E_TABLES_H
#define TERN_REPORTS_SECTIONS_E2E_TABLES_H

#include "reports/tables/tables.h"

/* One row per model, plan and thread count. */
void tern_fill_models(const struct tern_report_page *p, struct tern_report_tables *s);
/* One row per model: sizes of its weights. */
void tern_fill_sizes(const struct tern_report_page *p, struct tern_report_tables *s);

#endif
