#include "reports/sections/sections.h"

#include "reports/page/html_cells.h"
#include "reports/page/markdown_cells.h"

/* In the order of the page. */
#define SECTIONS(X)                                                                                          \
    X(machine)                                                                                               \
    X(winners)                                                                                               \
    X(matrix)                                                                                                \
    X(leaderboard)                                                                                           \
    X(finalists)                                                                                             \
    X(roofline)                                                                                              \
    X(threads)                                                                                               \
    X(formats)                                                                                               \
    X(sensitivity)                                                                                           \
    X(search)                                                                                                \
    X(e2e)                                                                                                   \
    X(ladder)                                                                                                \
    X(energy)                                                                                                \
    X(rivals)                                                                                                \
    X(history)                                                                                               \
    X(missing)                                                                                               \
    X(reproduce)

#define DECLARE(name) extern const struct tern_section tern_section_##name;
#define POINT(name)   &tern_section_##name,

SECTIONS(DECLARE)

const struct tern_section *const tern_sections[] = {SECTIONS(POINT)};
const size_t tern_section_count = sizeof tern_sections / sizeof *tern_sections;

int tern_report_has_problems(const struct tern_report_data *d) {
    return d->problems > 0;
}

int tern_report_has_searches(const struct tern_report_data *d) {
    return d->searches > 0;
}

void tern_section_html(const struct tern_section *x, const struct tern_report_page *p, struct tern_text *t) {
    if (x->has && !x->has(p->data)) {
        tern_html_absent(t, x->absent, x->command);
        return;
    }
    if (x->has) tern_html_figures(p, x->id, t);
    if (x->html) {
        x->html(p, t);
        return;
    }
    tern_html_figures(p, x->id, t);
    tern_sheet_html(p, x->fill, t);
}

void tern_section_markdown(const struct tern_section *x, const struct tern_report_page *p,
                           struct tern_text *t) {
    if (x->has && !x->has(p->data)) {
        tern_md_absent(t, x->absent, x->command);
        return;
    }
    if (x->has) tern_md_figures(p, x->id, t);
    if (x->markdown) {
        x->markdown(p, t);
        return;
    }
    tern_md_figures(p, x->id, t);
    tern_sheet_markdown(p, x->fill, t);
}

void tern_section_csv(const struct tern_section *x, size_t index, const struct tern_report_page *p,
                      struct tern_text *t) {
    if (x->csv[index].write)
        x->csv[index].write(p, t);
    else
        tern_sheet_csv(p, x->fill, index, t);
}
