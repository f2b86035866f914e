/* A heat map: coloured boxes with a number in each, column titles above, row titles to the left. It writes
 * the script and the data of a figure. */
#ifndef TERN_REPORTS_FIGURES_HEATMAP_H
#define TERN_REPORTS_FIGURES_HEATMAP_H

#include "reports/figures/figures.h"

struct tern_heatmap {
    struct tern_figure *figure;
    size_t rows, columns;
    double left; /* room for row titles, as a share of the width */
    struct tern_text cells, row_titles, column_titles;
};

void tern_heatmap_begin(struct tern_heatmap *h, struct tern_figure *f, double left);
/* Titles come from tern_text_label, or are our own words. Rows are counted from 0 at the top. */
void tern_heatmap_column(struct tern_heatmap *h, const char *title);
void tern_heatmap_row(struct tern_heatmap *h, const char *title);
/* `step` is one of heat.h. `text` stands in the box, `hint` is shown on hover. */
void tern_heatmap_cell(struct tern_heatmap *h, size_t row, size_t column, int step, const char *text,
                       const char *hint);
/* `note` is a line below the map, in our own words. */
void tern_heatmap_end(struct tern_heatmap *h, const char *note);

#endif
