/* What the tuner's searches tried, and whom they would have named when. */
#include "reports/data/group.h"
#include "reports/data/number.h"
#include "reports/figures/panels.h"
#include "reports/figures/sensitivity.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PANELS = 12, COLUMNS = 3, HEIGHT = 210 };
static const double highest = 8; /* times the final answer: end of the axis */

static double answer_ns(const struct tern_record_search *s, size_t answer) {
    return tern_trial_cost(&s->trial[s->answer[answer].trial]);
}

static double final_ns(const struct tern_record_search *s) {
    return s->answers ? answer_ns(s, s->answers - 1) : NAN;
}

/* Evaluations after which every answer was within `share` of the last one; 0: no answer. */
static size_t settled(const struct tern_record_search *s, double share) {
    size_t at = 0;
    for (size_t i = s->answers; i-- > 0;) {
        if (answer_ns(s, i) > final_ns(s) * (1 + share)) return at;
        at = s->answer[i].evaluations;
    }
    return at;
}

static void put_panel(struct tern_panels *p, const struct tern_record *r, size_t block) {
    const struct tern_record_search *s = r->search;
    struct tern_text label = {0};
    struct tern_text *t = &p->figure->script, *data = &p->figure->data;
    const double best = final_ns(s);
    tern_put_problem_label(&label, r);
    tern_panels_next(p, label.failed ? "" : label.data);
    tern_text_printf(t, "set xrange [0:%zu]\nset xlabel 'evaluations, of %zu of %zu candidates'\n",
                     s->evaluations + 1, s->trials, s->candidates);
    tern_text_printf(
        t,
        "plot '%s.dat' index %zu using 1:2 with points pt 7 ps 0.28 lc rgb '" TERN_GREY
        "' notitle, \\\n  '' index %zu using 1:2 with steps lw 2 lc rgb '" TERN_BLUE
        "' notitle, \\\n  '' index %zu using 1:2:3 with labels hypertext point pt 7 ps 0.5 lc rgb "
        "'" TERN_BLUE "' notitle\n",
        p->figure->name, 2 * block, 2 * block + 1, 2 * block + 1);
    tern_text_printf(data, "%s# trials%zu: evaluation\ttimes the final answer\n", block ? "\n\n" : "", block);
    for (size_t i = 0; i < s->trials; i++)
        tern_text_printf(data, "%zu\t%.5g\n", s->trial[i].first, tern_trial_cost(&s->trial[i]) / best);
    if (!s->trials) tern_text_put(data, "nan\tnan\n");
    tern_text_printf(data, "\n\n# answers%zu: evaluation\ttimes the final answer\twho\n", block);
    for (size_t i = 0; i < s->answers; i++) {
        const struct tern_search_trial *x = &s->trial[s->answer[i].trial];
        tern_text_printf(data, "%zu\t%.5g\t", s->answer[i].evaluations, answer_ns(s, i) / best);
        tern_text_label(data, s->variant[x->variant].name);
        tern_text_put(data, " ");
        tern_text_label(data, x->params);
        tern_text_put(data, "\n");
    }
    if (s->answers) {
        tern_text_printf(data, "%zu\t1\tend of the search\n", s->evaluations);
    } else {
        tern_text_put(data, "nan\tnan\t\n");
    }
    data->failed |= label.failed;
    tern_text_free(&label);
}

static void one_figure(const struct tern_record **r, size_t n, size_t index, size_t part,
                       struct tern_figures *out) {
    struct tern_panels p;
    char stem[24];
    struct tern_figure *f = tern_figure_add(out, "search", tern_or_empty(r[0]->machine));
    if (!f) return;
    snprintf(stem, sizeof stem, part ? "search-%zu" : "search", part + 1);
    tern_figure_name(f, stem, index);
    tern_panels_begin(&p, f, n, n < COLUMNS ? n : COLUMNS, HEIGHT, 46, 12,
                      "Time over that of the final answer:");
    tern_panels_key(&p, 240, TERN_GREY, "each candidate when first measured");
    tern_panels_key(&p, 475, TERN_BLUE, "the answer so far");
    tern_panels_axes(&p, "evaluations");
    tern_text_printf(&f->script, "set logscale y 2\nset yrange [0.9:%g]\nset ytics (1, 1.5, 2, 3, 4, 6, 8)\n",
                     highest * 1.04);
    for (size_t i = 0; i < n; i++) put_panel(&p, r[i], i);
    tern_panels_end(&p);
    tern_text_put(&f->title, "What the search tried, and its answer so far");
    tern_text_put(
        &f->caption,
        "An evaluation is one round of one candidate. Times are the search's own at its end: the median "
        "of a candidate's rounds from six on, before that the fastest; all over that of the final answer. "
        "What is above 8 is not shown. The final answer went on to the comparison that decides.");
    size_t least = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < r[i]->search->trials; j++) {
            const size_t rounds = r[i]->search->trial[j].n;
            least = !least || rounds < least ? rounds : least, most = rounds > most ? rounds : most;
        }
    }
    tern_text_printf(&f->caption,
                     " n = %zu to %zu rounds of a candidate; no interval, as these choose, not "
                     "compare.",
                     least, most);
}

static void figures(const struct tern_report_data *d, const char *machine, size_t index,
                    struct tern_figures *out) {
    const struct tern_record *mine[PANELS];
    size_t n = 0, part = 0;
    for (size_t i = 0; i < d->searches; i++) {
        if (strcmp(tern_or_empty(d->search[i]->machine), machine)) continue;
        mine[n++] = d->search[i];
        if (n < PANELS) continue;
        one_figure(mine, n, index, part++, out);
        n = 0;
    }
    if (n) one_figure(mine, n, index, part, out);
}

static void seconds(struct tern_text *t, double s) {
    tern_put_number(t, s, 3);
    tern_text_put(t, isfinite(s) ? " s" : "");
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_html_open_table(
        t, p, "searches",
        "Searches. \xe2\x80\x9cWithin 2 %\xe2\x80\x9d: evaluations after which the answer stayed within 2 % "
        "of "
        "the final one, by the search\xe2\x80\x99s own times at its end; n: rounds of that answer.",
        (const char *const[]){"M\xc3\x97K", ">N", ">Threads", "Regime", "Strategy", "Effort", ">Candidates",
                              ">Measured", ">Evaluations", ">Seconds", ">Within 2 %", "Final answer",
                              ">Median", ">n", NULL});
    for (size_t i = 0; i < d->searches; i++) {
        const struct tern_record *r = d->search[i];
        const struct tern_record_search *s = r->search;
        tern_text_put(t, "<tr>");
        tern_cell_problem(t, p, r);
        tern_cell_text(t, s->strategy);
        tern_cell_text(t, s->effort);
        tern_cell_count(t, s->candidates);
        tern_cell_count(t, s->trials);
        tern_cell_count(t, s->evaluations);
        tern_cell_open(t, s->seconds);
        seconds(t, s->seconds);
        tern_text_put(t, "</td>");
        if (s->answers) {
            const struct tern_search_trial *x = &s->trial[s->answer[s->answers - 1].trial];
            const struct tern_time_unit u = tern_time_unit_for(x->median);
            tern_cell_count(t, settled(s, 0.02));
            const struct tern_record name = {.variant = s->variant[x->variant].name, .params = x->params};
            tern_cell_variant(t, &name);
            tern_cell_open(t, x->median);
            tern_put_time(t, x->median, u);
            tern_text_printf(t, " %s</td>", u.name);
            tern_cell_count(t, x->n);
        } else {
            tern_text_put(t, "<td class=\"n\" data-v=\"\">" TERN_ABSENT "</td><td>" TERN_ABSENT
                             "</td><td class=\"n\" data-v=\"\">" TERN_ABSENT
                             "</td><td class=\"n\" data-v=\"\">" TERN_ABSENT "</td>");
        }
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t,
                  "| Problem | Strategy | Candidates | Measured | Evaluations | Seconds | Within 2 % after | "
                  "Final answer |\n|---|---|--:|--:|--:|--:|--:|---|\n");
    for (size_t i = 0; i < d->searches; i++) {
        const struct tern_record_search *s = d->search[i]->search;
        struct tern_text name = {0};
        tern_put_problem(&name, d->search[i], 0);
        tern_text_put(t, "| ");
        tern_text_markdown(t, name.data);
        tern_text_put(t, " | ");
        tern_text_markdown(t, s->strategy);
        tern_text_printf(t, " | %zu | %zu | %zu | ", s->candidates, s->trials, s->evaluations);
        seconds(t, s->seconds);
        if (s->answers) {
            const struct tern_search_trial *x = &s->trial[s->answer[s->answers - 1].trial];
            tern_text_printf(t, " | %zu | ", settled(s, 0.02));
            tern_text_markdown(t, s->variant[x->variant].name);
            tern_text_put(t, " ");
            tern_text_markdown(t, x->params);
            tern_text_put(t, " |\n");
        } else {
            tern_text_put(t, " | " TERN_ABSENT " | " TERN_ABSENT " |\n");
        }
        t->failed |= name.failed;
        tern_text_free(&name);
    }
    tern_text_put(t, "\n");
}

static void trials_csv(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, TERN_CSV_PROBLEM ",strategy,effort,variant,params,format,bytes,unit,median,mad,min,n,"
                                      "first_evaluation,last_evaluation,dropped\n");
    for (size_t i = 0; i < p->data->searches; i++) {
        const struct tern_record_search *s = p->data->search[i]->search;
        for (size_t j = 0; j < s->trials; j++) {
            const struct tern_search_trial *x = &s->trial[j];
            const struct tern_search_variant *v = &s->variant[x->variant];
            tern_csv_problem(t, p->data->search[i]);
            tern_csv_text(t, s->strategy), tern_csv_text(t, s->effort);
            tern_csv_text(t, v->name), tern_csv_text(t, x->params), tern_csv_text(t, v->format);
            tern_csv_number(t, v->bytes);
            tern_csv_text(t, s->unit);
            tern_csv_number(t, x->median), tern_csv_number(t, x->mad), tern_csv_number(t, x->min);
            tern_csv_count(t, x->n), tern_csv_count(t, x->first), tern_csv_count(t, x->last);
            tern_csv_text(t, x->dropped);
            tern_text_put(t, "\n");
        }
    }
}

static void trace_csv(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, TERN_CSV_PROBLEM ",evaluations,seconds,variant,params,final_median,unit\n");
    for (size_t i = 0; i < p->data->searches; i++) {
        const struct tern_record_search *s = p->data->search[i]->search;
        for (size_t j = 0; j < s->answers; j++) {
            const struct tern_search_trial *x = &s->trial[s->answer[j].trial];
            tern_csv_problem(t, p->data->search[i]);
            tern_csv_count(t, s->answer[j].evaluations);
            tern_csv_number(t, s->answer[j].seconds);
            tern_csv_text(t, s->variant[x->variant].name), tern_csv_text(t, x->params);
            tern_csv_number(t, x->median);
            tern_csv_text(t, s->unit);
            tern_text_put(t, "\n");
        }
    }
}

const struct tern_section tern_section_search = {
    .id = "search",
    .nav = "Search",
    .heading = "Search",
    .figures = figures,
    .has = tern_report_has_searches,
    .absent = "search",
    .command = "tern tune",
    .html = html,
    .markdown = markdown,
    .csv = {{"trials.csv", trials_csv}, {"trace.csv", trace_csv}},
};
