/* How numbers look: few digits, one unit for a table, and never a zero for what could not be measured. */
#ifndef TERN_REPORTS_DATA_NUMBER_H
#define TERN_REPORTS_DATA_NUMBER_H

#include "reports/data/select.h"
#include "reports/data/text.h"

/* What stands for a number that was not measured. */
#define TERN_ABSENT "\xe2\x80\x93"

/* A unit of time in which `ns` has one to three digits before the point, and the decimals that make four. */
struct tern_time_unit {
    const char *name; /* "ns", "us" with the micro sign, "ms", "s" */
    double ns;
    int decimals;
};
struct tern_time_unit tern_time_unit_for(double ns);

/* `ns` in that unit without its name; TERN_ABSENT when not finite. */
void tern_put_time(struct tern_text *t, double ns, struct tern_time_unit u);
/* About `digits` significant digits, never an exponent for 1e-4 < |v| < 1e9; TERN_ABSENT when not finite. */
void tern_put_number(struct tern_text *t, double v, int digits);
/* "3.41x" with a real multiplication sign. */
void tern_put_times(struct tern_text *t, double ratio);
/* 1536 -> "1.5 KiB". */
void tern_put_bytes(struct tern_text *t, double bytes);
/* An unrounded number for CSV and data files; `absent` when not finite. */
void tern_put_exact(struct tern_text *t, double v, const char *absent);

/* "6912x2560" with a real multiplication sign. */
void tern_put_shape(struct tern_text *t, const struct tern_record *r);
/* "6912x2560, N=1, 2 threads, wcold", and the run when `with_run`. The text comes from a file: escape it. */
void tern_put_problem(struct tern_text *t, const struct tern_record *r, int with_run);

#endif
