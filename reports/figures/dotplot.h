/* A horizontal chart of dots and intervals: a row for each case, up to two series, a logarithmic axis. */
#ifndef TERN_REPORTS_FIGURES_DOTPLOT_H
#define TERN_REPORTS_FIGURES_DOTPLOT_H

#include "reports/figures/figures.h"

struct tern_dot {
    double x, lo, hi; /* x NaN: no dot; lo, hi NaN: no interval */
};

struct tern_dotplot {
    struct tern_figure *figure;
    const char *series[2]; /* our own words */
    const char *axis;
    const char *suffix; /* after each number: a multiplication sign, or "" */
    int one;            /* draws the line at 1 */
    size_t rows;
    double min, max;
    struct tern_text dots[2], labels, headings;
};

/* `suffix` is written after each number: a multiplication sign, or "". */
void tern_dotplot_begin(struct tern_dotplot *p, struct tern_figure *f, const char *suffix);
/* A line of text above the rows that follow. `text` comes from tern_text_label, or is our own words. */
void tern_dotplot_heading(struct tern_dotplot *p, const char *text);
void tern_dotplot_row(struct tern_dotplot *p, const char *label, const struct tern_dot dot[2]);
/* Writes script and data into the figure. When memory ran out, its texts are marked as failed. */
void tern_dotplot_end(struct tern_dotplot *p);

#endif
