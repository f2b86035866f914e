/* The fastest variant of every format, for one problem: from its finished comparison where there is one, else
 * from the search of the same run. */
#ifndef TERN_REPORTS_SECTIONS_BEST_FORMATS_H
#define TERN_REPORTS_SECTIONS_BEST_FORMATS_H

#include "reports/figures/figures.h"

enum { TERN_FORMATS_MAX = 48 };

struct tern_best_format {
    const char *name, *variant, *params;
    double bits, ns, bytes; /* bits per weight of the packed matrix, padding included */
    size_t n;
    const struct tern_record *sample; /* NULL: the search's own number */
};

struct tern_best_formats {
    const struct tern_report_problem *problem;
    struct tern_best_format item[TERN_FORMATS_MAX]; /* by rising bits */
    size_t count;
    double read, int8; /* ceilings, GB/s and GMAC/s; NaN: not known */
};

void tern_best_formats_of(const struct tern_report_data *d, const struct tern_report_problem *q,
                          struct tern_best_formats *f);

/* Weights times tokens per nanosecond: G weights per second for one token. */
double tern_best_format_speed(const struct tern_best_formats *f, const struct tern_best_format *x);

/* The figure of the section "Format trade-off". */
void tern_figure_formats(const struct tern_report_data *d, const char *machine, size_t index,
                         struct tern_figures *out);

#endif
