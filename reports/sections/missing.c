/* What was not measured, and why. */
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

static void html(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->missing.count)
        tern_text_put(t, "<p>Nothing that this report knows of.</p>\n");
    else
        tern_text_put(t, "<div class=\"scroll\"><table class=\"data\"><caption>An absent number is never a "
                         "zero: it stands here with its "
                         "reason.</caption><thead><tr><th scope=\"col\">What</th><th "
                         "scope=\"col\">Why</th><th scope=\"col\" class=\"n\">"
                         "Records</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < p->missing.count; i++) {
        const struct tern_fact *x = &p->missing.item[i];
        tern_text_put(t, "<tr><td>");
        tern_text_html(t, x->what);
        tern_text_put(t, "</td><td class=\"why\">");
        tern_text_html(t, x->text);
        if (x->count)
            tern_text_printf(t, "</td><td class=\"n\" data-v=\"%zu\">%zu</td></tr>\n", x->count, x->count);
        else
            tern_text_put(t, "</td><td class=\"n\" data-v=\"\">all</td></tr>\n");
    }
    if (p->missing.count) tern_text_put(t, "</tbody></table></div>\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, "| What | Why | Records |\n|---|---|--:|\n");
    for (size_t i = 0; i < p->missing.count; i++) {
        tern_text_put(t, "| ");
        tern_text_markdown(t, p->missing.item[i].what);
        tern_text_put(t, " | ");
        tern_text_markdown(t, p->missing.item[i].text);
        if (p->missing.item[i].count)
            tern_text_printf(t, " | %zu |\n", p->missing.item[i].count);
        else
            tern_text_put(t, " | all |\n");
    }
    tern_text_put(t, "\n");
}

static void csv(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, "what,why,records\n");
    for (size_t i = 0; i < p->missing.count; i++) {
        tern_text_csv(t, p->missing.item[i].what);
        tern_csv_text(t, p->missing.item[i].text);
        tern_csv_count(t, p->missing.item[i].count);
        tern_text_put(t, "\n");
    }
    t->failed |= p->missing.failed;
}

const struct tern_section tern_section_missing = {
    .id = "missing",
    .nav = "Not measured",
    .heading = "What was not measured, and why",
    .html = html,
    .markdown = markdown,
    .csv = {{"missing.csv", csv}},
};
