/* The command lines that measure the same things again, and the files of this report. */
#include "reports/sections/section.h"

static void html(const struct tern_report_page *p, struct tern_text *t) {
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
    for (size_t i = 0; i < p->sections; i++) {
        for (const struct tern_section_csv *f = p->section[i]->csv; f->name; f++) {
            tern_text_printf(t, "%s<a href=\"%s\">%s</a>", before, f->name, f->name);
            before = ", ";
        }
    }
    tern_text_put(t, "; the page as Markdown: <a href=\"report.md\">report.md</a>.</p>\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    for (size_t i = 0; i < p->commands.count; i++) {
        tern_text_put(t, "- ");
        tern_text_markdown(t, p->commands.item[i].what);
        tern_text_put(t, ":\n\n      ");
        tern_text_put(t, p->commands.item[i].text);
        tern_text_put(t, "\n\n");
    }
}

const struct tern_section tern_section_reproduce = {
    .id = "reproduce",
    .nav = "Reproduce",
    .heading = "Reproduce",
    .html = html,
    .markdown = markdown,
};
