/* The leaderboard of each problem, with interval bars drawn as small SVGs. */
#include "reports/data/flags.h"
#include "reports/data/number.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

#include <math.h>
#include <string.h>

/* The interval bar: a logarithmic scale from a little under the best median to eight times it. */
enum { BAR = 150 };
static const double bar_from = 0.92, bar_to = 8.6;

static double bar_x(double times) {
    const double x = BAR * log(times / bar_from) / log(bar_to / bar_from);
    return x < 0 ? 0 : x > BAR ? BAR : x;
}

static void bar_axis(struct tern_text *t) {
    tern_text_printf(t,
                     "<svg class=\"bar\" width=\"%d\" height=\"14\" viewBox=\"0 0 %d 14\" role=\"img\" "
                     "aria-label=\"median over the "
                     "best median, logarithmic\">",
                     BAR, BAR);
    for (int times = 1; times <= 8; times *= 2)
        tern_text_printf(t, "<text x=\"%.1f\" y=\"11\">%d\xc3\x97</text>", bar_x(times), times);
    tern_text_put(t, "</svg>");
}

static void bar_cell(struct tern_text *t, const struct tern_estimate *x, double best) {
    const double at = x->median / best;
    tern_text_printf(t,
                     "<td class=\"b\" data-v=\"%.10g\"><svg class=\"bar\" width=\"%d\" height=\"14\" "
                     "viewBox=\"0 0 %d 14\" "
                     "aria-hidden=\"true\"><path class=\"guide\" d=\"M%.1f 0V14\"/>",
                     at, BAR, BAR, bar_x(1));
    if (at > bar_to) {
        tern_text_printf(t, "<path class=\"beyond\" d=\"M%d 3l5 4l-5 4\"/></svg></td>", BAR - 7);
        return;
    }
    if (isfinite(x->ci_lo) && isfinite(x->ci_hi) && x->ci_lo > 0)
        tern_text_printf(t, "<path class=\"interval\" d=\"M%.1f 7H%.1f\"/>", bar_x(x->ci_lo / best),
                         bar_x(x->ci_hi / best));
    tern_text_printf(t, "<circle cx=\"%.1f\" cy=\"7\" r=\"2.6\"/></svg></td>", bar_x(at));
}

static void leaderboard_row(struct tern_text *t, const struct tern_report_data *d, size_t place,
                            const struct tern_report_entry *x, double best, struct tern_time_unit u) {
    static const char *const looks[] = {"best", "tied", "", "", "dense"};
    const struct tern_record *r = x->record;
    tern_text_printf(t, "<tr class=\"%s\"><td class=\"n\" data-v=\"%zu\">%zu</td>", looks[x->standing], place,
                     place);
    tern_cell_variant(t, r);
    tern_cell_text(t, tern_standing_name(x->standing));
    tern_cell_time_pair(t, r, u);
    bar_cell(t, &r->est, best);
    const double mad = r->est.mad / r->est.median * 100;
    tern_cell_open(t, mad);
    tern_put_number(t, mad, 2);
    tern_text_put(t, isfinite(mad) ? " %</td>" : "</td>");
    tern_cell_count(t, r->est.n);
    struct tern_speedup s = {.ratio = NAN, .lo = NAN, .hi = NAN};
    if (r->ratio.n && r->ratio.median > 0)
        s = (struct tern_speedup){1 / r->ratio.median, 1 / r->ratio.ci_hi, 1 / r->ratio.ci_lo, r->ratio.n,
                                  TERN_SPEEDUP_PAIRED};
    tern_cell_speedup(t, s);
    const double rate = tern_rate(r->macs, r->est.median);
    tern_cell_open(t, rate);
    tern_put_number(t, rate, 3);
    tern_text_put(t, "</td>");
    tern_cell_ceiling(t, r);
    tern_cell_notes(t, d, r);
    tern_text_put(t, "</tr>\n");
}

/* The base that the ratios of this problem compare with, when it is one for all. */
static const char *common_base(const struct tern_report_problem *q) {
    const char *base = NULL;
    for (size_t i = 0; i < q->count; i++) {
        const struct tern_record *r = q->entry[i].record;
        if (!r->ratio.n || !*tern_or_empty(r->base)) continue;
        if (base && strcmp(base, r->base)) return "each record's own base";
        base = r->base;
    }
    return base;
}

static void leaderboard(const struct tern_report_page *p, size_t index, struct tern_text *t) {
    const struct tern_report_problem *q = &p->data->problem[index];
    const struct tern_record *best = q->best ? q->best : q->entry[0].record;
    const struct tern_time_unit u = tern_time_unit_for(best->est.median);
    struct tern_text title = {0};
    tern_put_problem(&title, q->key, p->options->all_runs);
    tern_text_printf(t, "<details id=\"problem-%zu\"%s><summary><span class=\"name\">", index + 1,
                     index ? "" : " open");
    tern_text_html(t, title.data);
    if (p->machines > 1) {
        tern_text_put(t, ", ");
        tern_text_html(t, q->key->machine);
    }
    tern_text_put(t, "</span> <span class=\"gist\">");
    tern_put_time(t, best->est.median, u);
    tern_text_printf(t, " %s \xc2\xb7 <code>", u.name);
    tern_text_html(t, best->variant);
    tern_text_printf(t, "</code> \xc2\xb7 %zu variant%s", q->count, q->count == 1 ? "" : "s");
    if (q->tied) tern_text_printf(t, ", %zu not separable from the best", q->tied);
    tern_text_printf(t,
                     "</span></summary>\n<div class=\"scroll\"><table class=\"data\"><caption>Time per call "
                     "in %s: median of n "
                     "samples, 95 %% interval of the median by order statistics, MAD as a share of the "
                     "median. GMAC/s at the "
                     "median.",
                     u.name);
    const char *base = common_base(q);
    if (base) {
        tern_text_put(t, " \xe2\x80\x9cOver base\xe2\x80\x9d: paired ratio with its 95 % sign-test interval "
                         "against <code>");
        tern_text_html(t, base);
        tern_text_put(t, "</code>.");
    }
    tern_text_put(t, "</caption><thead><tr>");
    tern_cell_heads(t, (const char *const[]){">#", "Variant", "Standing", NULL});
    tern_text_printf(t, "<th scope=\"col\" class=\"n\">Median, %s</th>", u.name);
    tern_cell_heads(t, (const char *const[]){">95 % interval", NULL});
    tern_text_put(t, "<th scope=\"col\" class=\"b\">");
    bar_axis(t);
    tern_text_put(t, "</th>");
    tern_cell_heads(
        t, (const char *const[]){">MAD", ">n", ">Over base", ">GMAC/s", ">of ceiling", "Notes", NULL});
    tern_text_put(t, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < q->count; i++)
        leaderboard_row(t, p->data, i + 1, &q->entry[i], best->est.median, u);
    tern_text_put(t, "</tbody></table></div></details>\n");
    t->failed |= title.failed;
    tern_text_free(&title);
}

static void html_leaderboards(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, "<div class=\"problems\">\n");
    for (size_t i = 0; i < p->data->problems; i++) leaderboard(p, i, t);
    tern_text_put(t, "</div>\n");
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->data->problems) {
        tern_html_absent(t, "sample", "tern tune");
        return;
    }
    tern_text_put(t, "<p>\xe2\x80\x9cNot separable\xe2\x80\x9d: the 95 % interval overlaps that of the best "
                     "variant, so these samples do not tell which one is faster. Bars are on a logarithmic "
                     "scale of multiples of the best median; an arrow stands for more than "
                     "8.6\xc3\x97.</p>\n");
    html_leaderboards(p, t);
}

static void markdown_leaderboard(const struct tern_report_page *p, const struct tern_report_problem *q,
                                 struct tern_text *t) {
    struct tern_text name = {0};
    const struct tern_record *best = q->best ? q->best : q->entry[0].record;
    tern_put_problem(&name, q->key, p->options->all_runs);
    tern_text_put(t, "### ");
    tern_text_markdown(t, name.data);
    tern_text_put(t, "\n\n| # | Variant | Median | 95 % interval | n | GMAC/s | Standing | Notes "
                     "|\n|--:|---|--:|--:|--:|--:|---|---|\n");
    for (size_t i = 0; i < q->count; i++) {
        const struct tern_record *r = q->entry[i].record;
        tern_text_printf(t, "| %zu | ", i + 1);
        tern_md_variant(t, r);
        tern_md_time(t, r, tern_time_unit_for(best->est.median));
        tern_put_number(t, tern_rate(r->macs, r->est.median), 3);
        tern_text_printf(t, " | %s | ", tern_standing_name(q->entry[i].standing));
        name.used = 0;
        tern_text_put(&name, "");
        tern_put_notes(&name, p->data, r);
        tern_text_markdown(t, name.data);
        tern_text_put(t, " |\n");
    }
    tern_text_put(t, "\n");
    t->failed |= name.failed;
    tern_text_free(&name);
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    for (size_t i = 0; i < p->data->problems; i++) markdown_leaderboard(p, &p->data->problem[i], t);
    if (!p->data->problems) tern_md_absent(t, "sample", "tern tune");
}

static void csv(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct tern_text notes = {0};
    tern_text_put(
        t, TERN_CSV_PROBLEM
        ",place,standing,variant,params,format,median_ns,ci95_low_ns,ci95_high_ns,mad_ns,min_ns,n,bytes,"
        "macs,gmac_per_s,of_ceiling,ceiling,base,ratio,ratio_ci95_low,ratio_ci95_high,ratio_n,notes\n");
    for (size_t i = 0; i < d->problems; i++) {
        for (size_t j = 0; j < d->problem[i].count; j++) {
            const struct tern_report_entry *x = &d->problem[i].entry[j];
            const struct tern_record *r = x->record;
            tern_csv_problem(t, r);
            tern_csv_count(t, j + 1);
            tern_csv_text(t, tern_standing_name(x->standing));
            tern_csv_variant(t, r);
            tern_csv_number(t, r->est.median), tern_csv_number(t, r->est.ci_lo),
                tern_csv_number(t, r->est.ci_hi);
            tern_csv_number(t, r->est.mad), tern_csv_number(t, r->est.min);
            tern_csv_count(t, r->est.n);
            tern_csv_number(t, r->bytes), tern_csv_number(t, r->macs),
                tern_csv_number(t, tern_rate(r->macs, r->est.median));
            tern_csv_number(t, r->of_ceiling);
            tern_csv_text(t, r->ceiling), tern_csv_text(t, r->base);
            const double absent = r->ratio.n ? 0 : NAN;
            tern_csv_number(t, r->ratio.median + absent), tern_csv_number(t, r->ratio.ci_lo + absent),
                tern_csv_number(t, r->ratio.ci_hi + absent);
            tern_csv_count(t, r->ratio.n);
            notes.used = 0;
            tern_text_put(&notes, "");
            tern_put_notes(&notes, d, r);
            tern_csv_text(t, notes.data);
            tern_text_put(t, "\n");
        }
    }
    t->failed |= notes.failed;
    tern_text_free(&notes);
}

const struct tern_section tern_section_leaderboard = {
    .id = "leaderboard",
    .nav = "Leaderboard",
    .heading = "Leaderboard",
    .html = html,
    .markdown = markdown,
    .csv = {{"leaderboard.csv", csv}},
};
