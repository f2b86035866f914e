/* Fields of the CSV files. All but tern_csv_problem begin with a comma. Internal to this room. */
#ifndef TERN_REPORTS_PAGE_CSV_CELLS_H
#define TERN_REPORTS_PAGE_CSV_CELLS_H

#include "reports/page/page.h"

void tern_csv_text(struct tern_text *t, const char *s);
/* Unrounded; empty when not finite. */
void tern_csv_number(struct tern_text *t, double v);
/* Empty when 0. */
void tern_csv_count(struct tern_text *t, size_t v);
/* The fields of TERN_CSV_PROBLEM. */
#define TERN_CSV_PROBLEM "machine,run,m,k,n,threads,regime"
void tern_csv_problem(struct tern_text *t, const struct tern_record *r);
/* Variant, params, format; `r` may be NULL. */
void tern_csv_variant(struct tern_text *t, const struct tern_record *r);
/* Ratio, low, high, n, method. */
void tern_csv_speedup(struct tern_text *t, struct tern_speedup s);

/* The files of csv.c. */
void tern_csv_machines(const struct tern_report_page *p, struct tern_text *t);
void tern_csv_winners(const struct tern_report_page *p, struct tern_text *t);
void tern_csv_leaderboard(const struct tern_report_page *p, struct tern_text *t);
void tern_csv_roofline(const struct tern_report_page *p, struct tern_text *t);
void tern_csv_ceilings(const struct tern_report_page *p, struct tern_text *t);
void tern_csv_e2e(const struct tern_report_page *p, struct tern_text *t);
void tern_csv_missing(const struct tern_report_page *p, struct tern_text *t);

#endif
