#include "reports/page/html_cells.h"

#include <string.h>

const char *tern_report_machine_name(const struct tern_report_data *d, const char *key) {
    for (size_t i = 0; i < d->machines; i++)
        if (!strcmp(tern_or_empty(d->machine[i]->machine), key) && *tern_or_empty(d->machine[i]->variant))
            return d->machine[i]->variant;
    return *key ? key : "unnamed machine";
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

void tern_html_machine(const struct tern_report_page *p, struct tern_text *t) {
    for (size_t i = 0; i < p->machines; i++) {
        struct tern_facts f = {0};
        tern_report_machine_facts(p->data, p->machine[i], &f);
        if (p->machines > 1) {
            tern_text_put(t, "<h3>");
            tern_text_html(t, tern_report_machine_name(p->data, p->machine[i]));
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
}
