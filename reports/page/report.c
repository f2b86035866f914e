#include "reports/page/report.h"

#include "base/file.h"
#include "reports/page/commands.h"
#include "reports/page/missing.h"
#include "reports/page/write.h"
#include "reports/sections/sections.h"

#include <stdio.h>
#include <stdlib.h>

static enum tern_status write_pages(const struct tern_report_page *p, struct tern_error *e) {
    struct tern_text html = {0}, markdown = {0};
    tern_report_html(p, &html);
    tern_report_markdown(p, &markdown);
    enum tern_status s = tern_text_save(&markdown, p->options->out, "report.md", e);
    if (!s) s = tern_report_csv(p, e);
    if (!s) s = tern_text_save(&html, p->options->out, "index.html", e);
    tern_text_free(&html);
    tern_text_free(&markdown);
    return s;
}

/* Makes the scripts and data of every figure that the records allow. */
static void plan_figures(const struct tern_report_page *p, struct tern_figures *out) {
    for (size_t i = 0; i < p->machines; i++) {
        const size_t index = p->machines > 1 ? i + 1 : 0;
        for (size_t j = 0; j < p->sections; j++)
            if (p->section[j]->figures) p->section[j]->figures(p->data, p->machine[i], index, out);
    }
}

/* Texts of figures and of the two lists that ran out of memory would be shown incomplete. */
static int incomplete(const struct tern_report_page *p) {
    int failed = p->missing.failed || p->commands.failed || p->figures->failed;
    for (size_t i = 0; i < p->figures->count; i++) {
        const struct tern_figure *f = &p->figures->item[i];
        failed |= f->title.failed || f->caption.failed || f->script.failed || f->data.failed;
    }
    return failed;
}

enum tern_status tern_report_write(const struct tern_record *records, size_t count,
                                   const struct tern_report_options *o,
                                   struct tern_report_summary *out_summary, struct tern_error *e) {
    struct tern_report_data d;
    struct tern_figures figures = {0};
    struct tern_report_summary sum = {0};
    char *folder = NULL;
    if (!count)
        return tern_fail(e, TERN_INCONCLUSIVE, "report: %s: holds no record%s",
                         o->sources ? o->source[0].path : "records",
                         o->sources > 1 ? ", nor do the other files" : "");
    enum tern_status s = tern_report_select(records, count, o->all_runs, &d, e);
    if (s) return s;
    d.history = o->history, d.notes = o->notes;
    struct tern_report_page p = {.data = &d,
                                 .options = o,
                                 .figures = &figures,
                                 .section = tern_sections,
                                 .sections = tern_section_count,
                                 .why_not_drawn = sum.why_not_drawn};
    folder = tern_format_text("%s/figures", o->out);
    p.machine = tern_report_machine_keys(&d, &p.machines);
    plan_figures(&p, &figures);
    if (!folder || !p.machine || incomplete(&p)) {
        s = tern_fail(e, TERN_NO_MEMORY, "report: %zu records: out of memory", count);
        goto done;
    }
    s = tern_figures_draw(&figures, folder, o->search, o->svg_only, sum.why_not_drawn,
                          sizeof sum.why_not_drawn, &sum.drawn, e);
    if (s) goto done;
    tern_report_missing(&d, o, &figures, sum.why_not_drawn, &p.missing);
    tern_report_commands(&d, o, &p.commands);
    if (incomplete(&p)) s = tern_fail(e, TERN_NO_MEMORY, "report: %zu records: out of memory", count);
    if (!s) s = write_pages(&p, e);
    sum.problems = d.problems, sum.ceilings = d.ceilings, sum.e2e = d.e2es, sum.figures = figures.count;
    for (size_t i = 0; i < d.problems; i++) sum.samples += d.problem[i].count;
    if (!s && out_summary) *out_summary = sum;
done:
    tern_facts_free(&p.missing);
    tern_facts_free(&p.commands);
    tern_figures_free(&figures);
    free(p.machine);
    free(folder);
    tern_report_data_free(&d);
    return s;
}
