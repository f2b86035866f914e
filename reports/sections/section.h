/* A section of a report. Each is one `const struct tern_section tern_section_<name>` in a file of its own
 * (reports/sections/<name>.c) and one line of the list in sections.c.
 *
 * A section that has nothing to show names the command that would have measured it: by `has`, or by itself
 * (tern_html_absent, tern_md_absent). */
#ifndef TERN_REPORTS_SECTIONS_SECTION_H
#define TERN_REPORTS_SECTIONS_SECTION_H

#include "reports/tables/page.h"
#include "reports/tables/tables.h"

struct tern_section_csv {
    const char *name; /* of the file; NULL: none */
    /* Header line and rows; NULL: the table of `fill` that has this place in the list. */
    void (*write)(const struct tern_report_page *p, struct tern_text *t);
};

struct tern_section {
    const char *id;  /* anchor on the page, and tern_figure.section of its figures */
    const char *nav; /* its name in the navigation */
    const char *heading;
    /* Makes the figures for one machine (figures/figures.h); NULL: it has none. */
    void (*figures)(const struct tern_report_data *d, const char *machine, size_t index,
                    struct tern_figures *out);
    /* Fills the tables of a section that consists of figures and such tables; html and markdown are then
     * NULL. */
    tern_tables_fill fill;
    /* Whether there is anything to show. If not, a line with `absent` and `command` is written. If so, the
     * figures come first, then what html and markdown write. NULL: html and markdown write everything. */
    int (*has)(const struct tern_report_data *d);
    const char *absent, *command; /* "rounds of two or more finalists", "tern tune" */
    void (*html)(const struct tern_report_page *p, struct tern_text *t);     /* what follows the heading */
    void (*markdown)(const struct tern_report_page *p, struct tern_text *t); /* likewise */
    struct tern_section_csv csv[6];                                          /* the last has no name */
};

/* Two that serve as `has`. */
int tern_report_has_problems(const struct tern_report_data *d);
int tern_report_has_searches(const struct tern_report_data *d);

/* What follows the heading: written by the section itself, or made from its figures and tables. */
void tern_section_html(const struct tern_section *x, const struct tern_report_page *p, struct tern_text *t);
void tern_section_markdown(const struct tern_section *x, const struct tern_report_page *p,
                           struct tern_text *t);
/* File `index` of its list of CSV files. */
void tern_section_csv(const struct tern_section *x, size_t index, const struct tern_report_page *p,
                      struct tern_text *t);

#endif
