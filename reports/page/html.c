#include "reports/page/write.h"

#include "reports/assets/assets.h"
#include "reports/sections/section.h"

static void head(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                     "'unsafe-inline'; "
                     "script-src 'unsafe-inline'; img-src data:\">\n<title>tern report");
    for (size_t i = 0; i < p->machines && i < 3; i++) {
        tern_text_put(t, i ? ", " : " \xc2\xb7 ");
        tern_text_html(t, p->machine[i]);
    }
    tern_text_printf(t, "</title>\n<style>\n%s%s</style>\n</head>\n", (const char *)tern_asset_page_css,
                     (const char *)tern_asset_figure_css);
}

static void masthead(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header>\n<p "
                     "class=\"kicker\">tern report</p>\n"
                     "<h1>Ternary matrix kernels on ");
    for (size_t i = 0; i < p->machines; i++) {
        if (i) tern_text_put(t, i + 1 < p->machines ? ", " : " and ");
        tern_text_html(t, tern_report_machine_name(d, p->machine[i]));
    }
    tern_text_printf(t, "</h1>\n<p class=\"meta\">%zu record%s from ", d->all_count,
                     d->all_count == 1 ? "" : "s");
    for (size_t i = 0; i < p->options->sources; i++) {
        tern_text_put(t, i ? ", <code>" : "<code>");
        tern_text_html(t, p->options->source[i].path);
        tern_text_put(t, "</code>");
    }
    if (!p->options->sources) tern_text_put(t, "memory");
    tern_text_printf(t, " \xc2\xb7 %zu problem%s \xc2\xb7 ", d->problems, d->problems == 1 ? "" : "s");
    tern_text_put(t, p->options->all_runs ? "all runs" : "newest run of each problem");
    tern_text_put(t, "</p>\n<nav aria-label=\"Sections\"><ul>");
    for (size_t i = 0; i < p->sections; i++)
        tern_text_printf(t, "<li><a href=\"#%s\">%s</a></li>", p->section[i]->id, p->section[i]->nav);
    tern_text_put(t, "</ul></nav>\n</header>\n<main id=\"main\">\n");
}

void tern_report_html(const struct tern_report_page *p, struct tern_text *t) {
    head(p, t);
    masthead(p, t);
    for (size_t i = 0; i < p->sections; i++) {
        const struct tern_section *x = p->section[i];
        tern_text_printf(t, "<section id=\"%s\"><h2>%s</h2>\n", x->id, x->heading);
        tern_section_html(x, p, t);
        tern_text_put(t, "</section>\n");
    }
    tern_text_printf(t,
                     "</main>\n<footer><p>Written by tern %s from records only: estimator, n and interval "
                     "stand beside every number.</p>"
                     "</footer>\n<script>\n%s</script>\n</body>\n</html>\n",
                     TERN_VERSION, (const char *)tern_asset_page_js);
}
