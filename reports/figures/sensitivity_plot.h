/* Slices as small charts, pairs as heat maps. */
#ifndef TERN_REPORTS_FIGURES_SENSITIVITY_PLOT_H
#define TERN_REPORTS_FIGURES_SENSITIVITY_PLOT_H

#include "reports/figures/figures.h"

void tern_figure_sensitivity(const struct tern_report_data *d, const char *machine, size_t index,
                             struct tern_figures *out);

#endif
