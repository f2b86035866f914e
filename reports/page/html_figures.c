/* What every section of the page uses: its figures, and the line that stands for what was not measured. */
#include "reports/page/html_cells.h"

#include <string.h>

void tern_html_figures(const struct tern_report_page *p, const char *section, struct tern_text *t) {
    for (size_t i = 0; i < p->figures->count; i++) {
        const struct tern_figure *f = &p->figures->item[i];
        if (strcmp(f->section, section)) continue;
        tern_text_printf(t, "<figure id=\"figure-%s\">\n", f->name);
        if (f->svg.used) {
            tern_text_printf(
                t, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"caption-%s\">",
                f->name);
            tern_text_bytes(t, f->svg.data, f->svg.used);
            tern_text_put(t, "</div>\n");
        } else {
            tern_text_put(t, "<p class=\"warning\">Not drawn: ");
            tern_text_html(t, p->why_not_drawn);
            tern_text_put(t, ".</p>\n");
        }
        tern_text_printf(t, "<figcaption id=\"caption-%s\"><b>", f->name);
        tern_text_html(t, f->title.data);
        if (p->machines > 1) {
            tern_text_put(t, ", ");
            tern_text_html(t, f->machine);
        }
        tern_text_put(t, ".</b> ");
        tern_text_html(t, f->caption.data);
        tern_text_printf(t,
                         " <span class=\"files\">Files: <a href=\"figures/%s.gp\">%s.gp</a>, <a "
                         "href=\"figures/%s.dat\">%s.dat</a>",
                         f->name, f->name, f->name, f->name);
        if (f->svg.used) tern_text_printf(t, ", <a href=\"figures/%s.svg\">%s.svg</a>", f->name, f->name);
        if (f->png) tern_text_printf(t, ", <a href=\"figures/%s.png\">%s.png</a>", f->name, f->name);
        if (f->pdf) tern_text_printf(t, ", <a href=\"figures/%s.pdf\">%s.pdf</a>", f->name, f->name);
        tern_text_put(t, "</span></figcaption>\n</figure>\n");
    }
}

void tern_html_absent(struct tern_text *t, const char *what, const char *command) {
    tern_text_printf(
        t, "<p class=\"absent\">Not measured: the records hold no %s. <code>%s</code> writes them.</p>\n",
        what, command);
}
