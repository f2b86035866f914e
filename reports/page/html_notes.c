#include "reports/page/html_cells.h"
#include "reports/sections/sections.h"

void tern_html_missing(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->gaps.count)
        tern_text_put(t, "<p>Nothing that this report knows of.</p>\n");
    else
        tern_text_put(t, "<div class=\"scroll\"><table class=\"data\"><caption>An absent number is never a "
                         "zero: it stands here with its "
                         "reason.</caption><thead><tr><th scope=\"col\">What</th><th "
                         "scope=\"col\">Why</th><th scope=\"col\" class=\"n\">"
                         "Records</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < p->gaps.count; i++) {
        const struct tern_fact *x = &p->gaps.item[i];
        tern_text_put(t, "<tr><td>");
        tern_text_html(t, x->what);
        tern_text_put(t, "</td><td class=\"why\">");
        tern_text_html(t, x->text);
        if (x->count)
            tern_text_printf(t, "</td><td class=\"n\" data-v=\"%zu\">%zu</td></tr>\n", x->count, x->count);
        else
            tern_text_put(t, "</td><td class=\"n\" data-v=\"\">all</td></tr>\n");
    }
    if (p->gaps.count) tern_text_put(t, "</tbody></table></div>\n");
}

void tern_html_reproduce(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, "<p>These command lines measure the same things again; numbers will differ within their "
                     "intervals, or the "
                     "machine has changed.</p>\n<dl class=\"commands\">\n");
    for (size_t i = 0; i < p->commands.count; i++) {
        tern_text_put(t, "<div><dt>");
        tern_text_html(t, p->commands.item[i].what);
        tern_text_put(t, "</dt><dd><code>");
        tern_text_html(t, p->commands.item[i].text);
        tern_text_put(t, "</code></dd></div>\n");
    }
    tern_text_put(t, "</dl>\n<p class=\"files\">The numbers of this page as files: ");
    const char *before = "";
    for (size_t i = 0; i < tern_section_count; i++) {
        for (const struct tern_section_csv *f = tern_sections[i]->csv; f->name; f++) {
            tern_text_printf(t, "%s<a href=\"%s\">%s</a>", before, f->name, f->name);
            before = ", ";
        }
    }
    tern_text_put(t, "; the page as Markdown: <a href=\"report.md\">report.md</a>.</p>\n");
}
