/* A heat map of labelled cells: coloured boxes with their number in them, column titles above, row titles to
 * the left. Writes script and data of a figure. */
#ifndef TERN_REPORTS_FIGURES_HEATMAP_H
#define TERN_REPORTS_FIGURES_HEATMAP_H

#include "reports/figures/figures.h"

struct tern_heatmap {
    struct tern_figure *figure;
    size_t rows, columns;
    double left; /* of the boxes, as a share of the width: room for row titles */
    struct tern_text cells, row_titles, column_titles;
};

void tern_heatmap_begin(struct tern_heatmap *h, struct tern_figure *f, double left);
/* Titles are from tern_text_label or our own. Rows count downwards from 0. */
void tern_heatmap_column(struct tern_heatmap *h, const char *title);
void tern_heatmap_row(struct tern_heatmap *h, const char *title);
/* `step`: of heat.h. `text` inside, `hint` shown on hover. */
void tern_heatmap_cell(struct tern_heatmap *h, size_t row, size_t column, int step, const char *text,
                       const char *hint);
/* `note`: a line below, our own words. */
void tern_heatmap_end(struct tern_heatmap *h, const char *note);

#endif
