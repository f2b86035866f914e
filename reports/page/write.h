/* The three forms of a report. */
#ifndef TERN_REPORTS_PAGE_WRITE_H
#define TERN_REPORTS_PAGE_WRITE_H

#include "reports/tables/page.h"

void tern_report_html(const struct tern_report_page *p, struct tern_text *out);
void tern_report_markdown(const struct tern_report_page *p, struct tern_text *out);
/* Writes all CSV files into the folder of the options. */
enum tern_status tern_report_csv(const struct tern_report_page *p, struct tern_error *e);

#endif
