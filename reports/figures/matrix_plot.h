/* The speedup matrix as a picture: one heat map per group of problems. */
#ifndef TERN_REPORTS_FIGURES_MATRIX_PLOT_H
#define TERN_REPORTS_FIGURES_MATRIX_PLOT_H

#include "reports/figures/figures.h"

void tern_figure_matrix(const struct tern_report_data *d, const char *machine, size_t index,
                        struct tern_figures *out);

#endif
