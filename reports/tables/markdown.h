/* Markdown: cells of tables, and figures. */
#ifndef TERN_REPORTS_TABLES_MARKDOWN_H
#define TERN_REPORTS_TABLES_MARKDOWN_H

#include "reports/data/number.h"
#include "reports/tables/page.h"

/* "low-high"; TERN_ABSENT when there is none. */
void tern_md_interval(struct tern_text *t, double lo, double hi, int digits);
/* These end with " | ": the next cell follows. */
void tern_md_speedup(struct tern_text *t, struct tern_speedup s);
/* Median, interval and n: three cells. */
void tern_md_time(struct tern_text *t, const struct tern_record *r, struct tern_time_unit u);
void tern_md_variant(struct tern_text *t, const struct tern_record *r);

/* The figures of one section, given by its id, with their captions. */
void tern_md_figures(const struct tern_report_page *p, const char *section, struct tern_text *t);
/* "Not measured: the records hold no <what>. <command> writes them." */
void tern_md_absent(struct tern_text *t, const char *what, const char *command);

#endif
