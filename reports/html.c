#include "reports/page.h"

#include "reports/assets.h"
#include "reports/number.h"

#include <string.h>

static void open_section(struct tern_text *t, const char *id, const char *title) {
    tern_text_printf(t, "<section id=\"%s\"><h2>%s</h2>\n", id, title);
}

static void close_section(struct tern_text *t) {
    tern_text_put(t, "</section>\n");
}

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

/* The processor's name, or the machine key when no record tells it. */
static const char *machine_name(const struct tern_report_data *d, const char *key) {
    for (size_t i = 0; i < d->machines; i++)
        if (!strcmp(tern_or_empty(d->machine[i]->machine), key) && *tern_or_empty(d->machine[i]->variant))
            return d->machine[i]->variant;
    return *key ? key : "unnamed machine";
}

static void masthead(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header>\n<p "
                     "class=\"kicker\">tern report</p>\n"
                     "<h1>Ternary matrix kernels on ");
    for (size_t i = 0; i < p->machines; i++) {
        if (i) tern_text_put(t, i + 1 < p->machines ? ", " : " and ");
        tern_text_html(t, machine_name(d, p->machine[i]));
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
    tern_text_put(
        t, "</p>\n<nav aria-label=\"Sections\"><ul>"
           "<li><a href=\"#machine\">Machine</a></li><li><a href=\"#winners\">Winners</a></li>"
           "<li><a href=\"#leaderboard\">Leaderboard</a></li><li><a href=\"#roofline\">Roofline</a></li>"
           "<li><a href=\"#e2e\">End to end</a></li><li><a href=\"#missing\">Not measured</a></li>"
           "<li><a href=\"#reproduce\">Reproduce</a></li></ul></nav>\n</header>\n<main id=\"main\">\n");
}

static void figures_of(const struct tern_report_page *p, enum tern_figure_kind kind, struct tern_text *t) {
    for (size_t i = 0; i < p->figures->count; i++) {
        const struct tern_figure *f = &p->figures->item[i];
        if (f->kind != kind) continue;
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
        tern_text_put(t, "</span></figcaption>\n</figure>\n");
    }
}

static void warnings(const struct tern_report_page *p, const char *machine, struct tern_text *t) {
    struct tern_facts f = {0};
    tern_report_warnings(p->data, machine, &f);
    if (f.count) tern_text_put(t, "<div class=\"warning\"><h3>Read these numbers with care</h3><ul>\n");
    for (size_t i = 0; i < f.count; i++) {
        tern_text_put(t, "<li><code>");
        tern_text_html(t, f.item[i].what);
        tern_text_put(t, "</code> ");
        tern_text_html(t, f.item[i].text);
        tern_text_printf(t, " <span class=\"ci\">(%zu record%s)</span></li>\n", f.item[i].count,
                         f.item[i].count == 1 ? "" : "s");
    }
    if (f.count) tern_text_put(t, "</ul></div>\n");
    t->failed |= f.failed;
    tern_facts_free(&f);
}

static void verified(const struct tern_report_data *d, const char *machine, struct tern_text *t) {
    size_t count = 0, failed = 0;
    for (size_t i = 0; i < d->verifies; i++) {
        if (strcmp(tern_or_empty(d->verify[i]->machine), machine)) continue;
        count++;
        failed += (size_t)tern_report_verify_failed(d->verify[i]);
    }
    if (!count) return;
    tern_text_printf(t,
                     "<p>Verification against the scalar reference: %zu variant%s checked, %zu failed.</p>\n",
                     count, count == 1 ? "" : "s", failed);
    if (!failed) return;
    tern_text_put(t, "<div class=\"warning\"><h3>Variants that failed verification</h3><ul>\n");
    for (size_t i = 0; i < d->verifies; i++) {
        const struct tern_record *r = d->verify[i];
        if (strcmp(tern_or_empty(r->machine), machine) || !tern_report_verify_failed(r)) continue;
        tern_text_put(t, "<li><code>");
        tern_text_html(t, r->variant);
        tern_text_put(t, "</code> ");
        tern_text_html(t, r->flags);
        tern_text_put(t, "</li>\n");
    }
    tern_text_put(t, "</ul></div>\n");
}

static void machine_section(const struct tern_report_page *p, struct tern_text *t) {
    open_section(t, "machine", p->machines > 1 ? "Machines" : "Machine");
    for (size_t i = 0; i < p->machines; i++) {
        struct tern_facts f = {0};
        tern_report_machine_facts(p->data, p->machine[i], &f);
        if (p->machines > 1) {
            tern_text_put(t, "<h3>");
            tern_text_html(t, machine_name(p->data, p->machine[i]));
            tern_text_put(t, "</h3>\n");
        }
        warnings(p, p->machine[i], t);
        tern_text_put(t, "<dl class=\"sheet\">\n");
        for (size_t j = 0; j < f.count; j++) {
            tern_text_put(t, "<div><dt>");
            tern_text_html(t, f.item[j].what);
            tern_text_put(t, "</dt><dd>");
            tern_text_html(t, f.item[j].text);
            tern_text_put(t, "</dd></div>\n");
        }
        tern_text_put(t, "</dl>\n");
        verified(p->data, p->machine[i], t);
        t->failed |= f.failed;
        tern_facts_free(&f);
    }
    close_section(t);
}

static void absent(struct tern_text *t, const char *what, const char *command) {
    tern_text_printf(
        t, "<p class=\"absent\">Not measured: the records hold no %s. <code>%s</code> writes them.</p>\n",
        what, command);
}

static void missing_section(const struct tern_report_page *p, struct tern_text *t) {
    open_section(t, "missing", "What was not measured, and why");
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
    close_section(t);
}

static void reproduce_section(const struct tern_report_page *p, struct tern_text *t) {
    static const char *const csv[] = {"leaderboard.csv", "winners.csv", "ceilings.csv", "roofline.csv",
                                      "e2e.csv",         "machine.csv", "missing.csv"};
    open_section(t, "reproduce", "Reproduce");
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
    for (size_t i = 0; i < sizeof csv / sizeof *csv; i++)
        tern_text_printf(t, "%s<a href=\"%s\">%s</a>", i ? ", " : "", csv[i], csv[i]);
    tern_text_put(t, "; the page as Markdown: <a href=\"report.md\">report.md</a>.</p>\n");
    close_section(t);
}

void tern_report_html(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    head(p, t);
    masthead(p, t);
    machine_section(p, t);
    open_section(t, "winners", "Winners");
    if (d->problems) {
        tern_html_summary(p, t);
        figures_of(p, TERN_FIGURE_SPEEDUP, t);
        tern_html_winners(p, t);
    } else {
        absent(t, "sample", "tern tune");
    }
    close_section(t);
    open_section(t, "leaderboard", "Leaderboard");
    if (d->problems) {
        tern_text_put(t, "<p>\xe2\x80\x9cNot separable\xe2\x80\x9d: the 95 % interval overlaps that of the "
                         "best variant, so these samples do "
                         "not tell which one is faster. Bars are on a logarithmic scale of multiples of the "
                         "best median; an arrow "
                         "stands for more than 8.6\xc3\x97.</p>\n");
        tern_html_leaderboards(p, t);
    } else {
        absent(t, "sample", "tern tune");
    }
    close_section(t);
    open_section(t, "roofline", "Roofline and ceilings");
    figures_of(p, TERN_FIGURE_ROOFLINE, t);
    if (d->ceilings)
        tern_html_ceilings(p, t);
    else
        absent(t, "ceiling", "tern ceilings");
    close_section(t);
    open_section(t, "e2e", "End to end");
    if (d->e2es) {
        figures_of(p, TERN_FIGURE_E2E, t);
        tern_html_e2e(p, t);
    } else {
        absent(t, "end-to-end run", "tern e2e");
    }
    close_section(t);
    missing_section(p, t);
    reproduce_section(p, t);
    tern_text_printf(t,
                     "</main>\n<footer><p>Written by tern %s from records only: estimator, n and interval "
                     "stand beside every number.</p>"
                     "</footer>\n<script>\n%s</script>\n</body>\n</html>\n",
                     TERN_VERSION, (const char *)tern_asset_page_js);
}
