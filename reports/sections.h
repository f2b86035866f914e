/* The sections of a report. Each is one `const struct tern_section tern_section_<name>` in a file of its own
 * (reports/section_<name>.c), and one line of the list in sections.c, in the order of the page.
 *
 * A section that has nothing to show says which command would have measured it (tern_html_absent,
 * tern_md_absent). */
#ifndef TERN_REPORTS_SECTIONS_H
#define TERN_REPORTS_SECTIONS_H

#include "reports/page.h"

struct tern_section_csv {
    const char *name;                                                     /* of the file; NULL: none */
    void (*write)(const struct tern_report_page *p, struct tern_text *t); /* header line and rows */
};

struct tern_section {
    const char *id;  /* anchor on the page, and tern_figure.section of its figures */
    const char *nav; /* its name in the navigation */
    const char *heading;
    /* Plans the figures for one machine (see figures.h); NULL: it has none. */
    void (*figures)(const struct tern_report_data *d, const char *machine, size_t index,
                    struct tern_figures *out);
    void (*html)(const struct tern_report_page *p, struct tern_text *t);     /* what follows the heading */
    void (*markdown)(const struct tern_report_page *p, struct tern_text *t); /* likewise */
    struct tern_section_csv csv[6];                                          /* the last has no name */
};

extern const struct tern_section *const tern_sections[];
extern const size_t tern_section_count;

#endif
