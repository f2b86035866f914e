/* A report while it is written: what every section and every writer sees. */
#ifndef TERN_REPORTS_TABLES_PAGE_H
#define TERN_REPORTS_TABLES_PAGE_H

#include "reports/data/facts.h"
#include "reports/data/select.h"
#include "reports/figures/figures.h"
#include "reports/options.h"

struct tern_section;

struct tern_report_page {
    const struct tern_report_data *data;
    const struct tern_report_options *options;
    const struct tern_figures *figures;
    const struct tern_section *const *section; /* in the order of the page (sections/section.h) */
    size_t sections;
    const char **machine; /* distinct keys */
    size_t machines;
    struct tern_facts missing, commands;
    const char *why_not_drawn; /* "" when every figure was drawn */
};

#endif
