/* The machine: what it is, what to know before believing its numbers, and what was verified on it. */
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

#include <string.h>

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

/* The flags or the record say that the variant failed its verification. */
static int verify_failed(const struct tern_record *r) {
    const char *flags = tern_or_empty(r->flags);
    return strstr(flags, "fail") || strstr(flags, "FAIL") || strstr(flags, "crash") || strstr(flags, "wrong");
}

static void verified(const struct tern_report_data *d, const char *machine, struct tern_text *t) {
    size_t count = 0, failed = 0;
    for (size_t i = 0; i < d->verifies; i++) {
        if (strcmp(tern_or_empty(d->verify[i]->machine), machine)) continue;
        count++;
        failed += (size_t)verify_failed(d->verify[i]);
    }
    if (!count) return;
    tern_text_printf(t,
                     "<p>Verification against the scalar reference: %zu variant%s checked, %zu failed.</p>\n",
                     count, count == 1 ? "" : "s", failed);
    if (!failed) return;
    tern_text_put(t, "<div class=\"warning\"><h3>Variants that failed verification</h3><ul>\n");
    for (size_t i = 0; i < d->verifies; i++) {
        const struct tern_record *r = d->verify[i];
        if (strcmp(tern_or_empty(r->machine), machine) || !verify_failed(r)) continue;
        tern_text_put(t, "<li><code>");
        tern_text_html(t, r->variant);
        tern_text_put(t, "</code> ");
        tern_text_html(t, r->flags);
        tern_text_put(t, "</li>\n");
    }
    tern_text_put(t, "</ul></div>\n");
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
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

static void markdown_machine(const struct tern_report_page *p, const char *key, struct tern_text *t) {
    struct tern_facts f = {0};
    tern_report_warnings(p->data, key, &f);
    for (size_t i = 0; i < f.count; i++) {
        tern_text_put(t, i ? "- **" : "Read these numbers with care:\n\n- **");
        tern_text_markdown(t, f.item[i].what);
        tern_text_put(t, "**: ");
        tern_text_markdown(t, f.item[i].text);
        tern_text_printf(t, " (%zu record%s)\n", f.item[i].count, f.item[i].count == 1 ? "" : "s");
    }
    t->failed |= f.failed;
    tern_facts_free(&f);
    tern_report_machine_facts(p->data, key, &f);
    tern_text_put(t, "\n| Machine | |\n|---|---|\n");
    for (size_t i = 0; i < f.count; i++) {
        tern_text_put(t, "| ");
        tern_text_markdown(t, f.item[i].what);
        tern_text_put(t, " | ");
        tern_text_markdown(t, f.item[i].text);
        tern_text_put(t, " |\n");
    }
    tern_text_put(t, "\n");
    t->failed |= f.failed;
    tern_facts_free(&f);
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    for (size_t i = 0; i < p->machines; i++) markdown_machine(p, p->machine[i], t);
}

static void csv_facts(const struct tern_facts *f, const char *machine, struct tern_text *t) {
    for (size_t i = 0; i < f->count; i++) {
        tern_text_csv(t, machine);
        tern_csv_text(t, f->item[i].what);
        tern_csv_text(t, f->item[i].text);
        tern_csv_count(t, f->item[i].count);
        tern_text_put(t, "\n");
    }
    t->failed |= f->failed;
}

static void csv(const struct tern_report_page *p, struct tern_text *t) {
    if (p->machines) tern_text_put(t, "machine,what,value,records\n");
    for (size_t i = 0; i < p->machines; i++) {
        struct tern_facts facts = {0}, warnings = {0};
        tern_report_machine_facts(p->data, p->machine[i], &facts);
        tern_report_warnings(p->data, p->machine[i], &warnings);
        csv_facts(&facts, p->machine[i], t);
        csv_facts(&warnings, p->machine[i], t);
        tern_facts_free(&facts);
        tern_facts_free(&warnings);
    }
}

const struct tern_section tern_section_machine = {
    .id = "machine",
    .nav = "Machine",
    .heading = "Machine",
    .html = html,
    .markdown = markdown,
    .csv = {{"machine.csv", csv}},
};
