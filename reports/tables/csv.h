/* Fields of the CSV files. Every field but that of tern_csv_problem begins with a comma. */
#ifndef TERN_REPORTS_TABLES_CSV_H
#define TERN_REPORTS_TABLES_CSV_H

#include "reports/tables/page.h"

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

#endif
