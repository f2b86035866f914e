#include "reports/sections/section.h"

#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

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
    tern_tables_html(p, x->fill, t);
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
    tern_tables_markdown(p, x->fill, t);
}

void tern_section_csv(const struct tern_section *x, size_t index, const struct tern_report_page *p,
                      struct tern_text *t) {
    if (x->csv[index].write)
        x->csv[index].write(p, t);
    else
        tern_tables_csv(p, x->fill, index, t);
}
