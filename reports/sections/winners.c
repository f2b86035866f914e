/* Winners: the fastest ternary variant of each problem, and its speedup over the baselines. */
#include "reports/data/number.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

#include <math.h>
#include <string.h>

/* Geometric mean of speedups over problems of one kind (N = 1: decode, N > 1: prefill). */
struct mean {
    size_t problems;          /* that have both the best variant and the baseline */
    double mean, least, most; /* of the speedups; NaN when problems == 0 */
};
enum baseline { BASELINE_F16, BASELINE_I2S };

static struct mean mean_of(const struct tern_report_data *d, const char *machine, int batch,
                           enum baseline b) {
    struct mean m = {0, NAN, INFINITY, 0};
    double sum = 0;
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *p = &d->problem[i];
        if (strcmp(tern_or_empty(p->key->machine), machine) || (p->key->n > 1) != batch) continue;
        const double r = tern_speedup_of(p->best, b == BASELINE_F16 ? p->f16 : p->i2s).ratio;
        if (!isfinite(r) || r <= 0) continue;
        m.problems++;
        sum += log(r);
        m.least = fmin(m.least, r), m.most = fmax(m.most, r);
    }
    if (!m.problems) return (struct mean){0, NAN, NAN, NAN};
    m.mean = exp(sum / (double)m.problems);
    return m;
}

static void mean_cell(struct tern_text *t, struct mean m) {
    tern_text_put(t, "<td class=\"n\">");
    if (m.problems) {
        tern_text_put(t, "<b>");
        tern_put_times(t, m.mean);
        tern_text_put(t, "</b> <span class=\"ci\">");
        tern_put_number(t, m.least, 3);
        tern_text_put(t, "\xe2\x80\x93");
        tern_put_number(t, m.most, 3);
        tern_text_printf(t, ", %zu problem%s</span>", m.problems, m.problems == 1 ? "" : "s");
    } else {
        tern_text_put(t, TERN_ABSENT);
    }
    tern_text_put(t, "</td>");
}

static void html_summary(const struct tern_report_page *p, struct tern_text *t) {
    tern_html_open_table(
        t, p, "",
        "Speedup of the best ternary variant: geometric mean over problems; small: smallest and "
        "largest problem, number of problems. Intervals of each problem are in the table of winners.",
        (const char *const[]){"Problems", ">over f16", ">over I2_S", NULL});
    for (size_t i = 0; i < p->machines; i++) {
        for (int batch = 0; batch < 2; batch++) {
            const struct mean f16 = mean_of(p->data, p->machine[i], batch, BASELINE_F16);
            const struct mean i2s = mean_of(p->data, p->machine[i], batch, BASELINE_I2S);
            if (!f16.problems && !i2s.problems) continue;
            tern_text_put(t, "<tr>");
            if (p->machines > 1) tern_cell_text(t, p->machine[i]);
            tern_text_put(t, batch ? "<th scope=\"row\">several tokens at once, N &gt; 1</th>"
                                   : "<th scope=\"row\">one token at a time, N = 1</th>");
            mean_cell(t, f16);
            mean_cell(t, i2s);
            tern_text_put(t, "</tr>\n");
        }
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

static void html_winners(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_html_open_table(
        t, p, "winners",
        "The fastest ternary variant of each problem. Time per call: median of n samples; small: 95 % "
        "interval of the median by order statistics. Speedups: ratios of medians with their 95 % interval, "
        "against the fastest variant of that format. Ties: variants whose interval overlaps the best one's.",
        (const char *const[]){"M\xc3\x97K", ">N", ">Threads", "Regime", "Best variant", ">Median", ">n",
                              ">over f16", ">over I2_S", ">of ceiling", ">Ties", NULL});
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        if (!q->best) continue;
        tern_text_put(t, "<tr>");
        if (p->machines > 1) tern_cell_text(t, q->key->machine);
        tern_text_printf(t, "<td class=\"s\" data-v=\"%zu\"><a href=\"#problem-%zu\">", q->key->m * q->key->k,
                         i + 1);
        tern_put_shape(t, q->key);
        tern_text_put(t, "</a></td>");
        tern_cell_count(t, q->key->n);
        tern_cell_count(t, q->key->threads);
        tern_cell_text(t, q->key->regime);
        tern_cell_variant(t, q->best);
        tern_cell_time(t, q->best, tern_time_unit_for(q->best->est.median));
        tern_cell_count(t, q->best->est.n);
        tern_cell_speedup(t, tern_speedup_of(q->best, q->f16));
        tern_cell_speedup(t, tern_speedup_of(q->best, q->i2s));
        tern_cell_ceiling(t, q->best);
        tern_cell_count(t, q->tied);
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->data->problems) {
        tern_html_absent(t, "sample", "tern tune");
        return;
    }
    html_summary(p, t);
    tern_html_figures(p, "winners", t);
    html_winners(p, t);
}

static void markdown_means(const struct tern_report_page *p, struct tern_text *t) {
    static const char *const batch_name[] = {"one token at a time (N = 1)", "several tokens at once (N > 1)"};
    static const char *const over[] = {"f16", "I2_S"};
    for (size_t i = 0; i < p->machines; i++) {
        for (int batch = 0; batch < 2; batch++) {
            for (int b = 0; b < 2; b++) {
                const struct mean m = mean_of(p->data, p->machine[i], batch, (enum baseline)b);
                if (!m.problems) continue;
                tern_text_printf(t, "- %s, over %s: **", batch_name[batch], over[b]);
                tern_put_times(t, m.mean);
                tern_text_printf(t, "** (geometric mean over %zu problem%s, ", m.problems,
                                 m.problems == 1 ? "" : "s");
                tern_md_interval(t, m.least, m.most, 3);
                tern_text_put(t, ")");
                if (p->machines > 1) tern_text_put(t, ", machine "), tern_text_markdown(t, p->machine[i]);
                tern_text_put(t, "\n");
            }
        }
    }
    tern_text_put(t, "\n");
}

static void markdown_winners(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "Time per call: median of n samples and the 95 % interval of the median. Speedups: "
                     "ratio of medians with its 95 % "
                     "interval, against the fastest variant of that format.\n\n| Problem | Best variant | "
                     "Median | 95 % interval | n | "
                     "over f16 | over I2_S | not separable |\n|---|---|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        struct tern_text name = {0};
        if (!q->best) continue;
        tern_put_problem(&name, q->key, p->options->all_runs);
        tern_text_put(t, "| ");
        tern_text_markdown(t, name.data);
        tern_text_put(t, " | ");
        tern_md_variant(t, q->best);
        tern_md_time(t, q->best, tern_time_unit_for(q->best->est.median));
        tern_md_speedup(t, tern_speedup_of(q->best, q->f16));
        tern_md_speedup(t, tern_speedup_of(q->best, q->i2s));
        tern_text_printf(t, "%zu |\n", q->tied);
        t->failed |= name.failed;
        tern_text_free(&name);
    }
    tern_text_put(t, "\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->data->problems) {
        tern_md_absent(t, "sample", "tern tune");
        return;
    }
    markdown_means(p, t);
    tern_md_figures(p, "winners", t);
    markdown_winners(p, t);
}

static void csv(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(
        t, TERN_CSV_PROBLEM
        ",variant,params,format,median_ns,ci95_low_ns,ci95_high_ns,n,not_separable,f16_variant,over_f16,"
        "over_f16_low,over_f16_high,over_f16_n,over_f16_method,i2s_variant,over_i2s,over_i2s_low,"
        "over_i2s_high,over_i2s_n,over_i2s_method\n");
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        if (!q->best) continue;
        tern_csv_problem(t, q->key);
        tern_csv_variant(t, q->best);
        tern_csv_number(t, q->best->est.median), tern_csv_number(t, q->best->est.ci_lo),
            tern_csv_number(t, q->best->est.ci_hi);
        tern_csv_count(t, q->best->est.n);
        tern_text_printf(t, ",%zu", q->tied);
        tern_csv_text(t, q->f16 ? q->f16->variant : NULL);
        tern_csv_speedup(t, tern_speedup_of(q->best, q->f16));
        tern_csv_text(t, q->i2s ? q->i2s->variant : NULL);
        tern_csv_speedup(t, tern_speedup_of(q->best, q->i2s));
        tern_text_put(t, "\n");
    }
}

const struct tern_section tern_section_winners = {
    .id = "winners",
    .nav = "Winners",
    .heading = "Winners",
    .figures = tern_figure_speedup,
    .html = html,
    .markdown = markdown,
    .csv = {{"winners.csv", csv}},
};
