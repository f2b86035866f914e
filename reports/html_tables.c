#include "reports/page.h"

#include "reports/number.h"

#include <math.h>
#include <string.h>

/* `<td class="n" data-v="...">`: the script sorts by data-v; absent numbers go last. */
static void open_number(struct tern_text *t, double v) {
    tern_text_put(t, "<td class=\"n\"");
    if (isfinite(v))
        tern_text_printf(t, " data-v=\"%.10g\">", v);
    else
        tern_text_put(t, " data-v=\"\">");
}

static void count_cell(struct tern_text *t, size_t v) {
    tern_text_printf(t, "<td class=\"n\" data-v=\"%zu\">%zu</td>", v, v);
}

static void text_cell(struct tern_text *t, const char *s) {
    tern_text_put(t, "<td>");
    tern_text_html(t, s);
    tern_text_put(t, "</td>");
}

static void variant_cell(struct tern_text *t, const struct tern_record *r) {
    tern_text_put(t, "<td class=\"v\"><code>");
    tern_text_html(t, *tern_or_empty(r->variant) ? r->variant : "unnamed");
    tern_text_put(t, "</code>");
    if (*tern_or_empty(r->params) && strcmp(r->params, "-")) {
        tern_text_put(t, " <span class=\"params\">");
        tern_text_html(t, r->params);
        tern_text_put(t, "</span>");
    }
    tern_text_put(t, "</td>");
}

static void speedup_cell(struct tern_text *t, struct tern_speedup s) {
    open_number(t, s.ratio);
    tern_put_times(t, s.ratio);
    if (isfinite(s.lo) && isfinite(s.hi)) {
        tern_text_put(t, " <span class=\"ci\">");
        tern_put_number(t, s.lo, 3);
        tern_text_put(t, "\xe2\x80\x93");
        tern_put_number(t, s.hi, 3);
        tern_text_put(t, "</span>");
    }
    tern_text_put(t, "</td>");
}

static void time_cells(struct tern_text *t, const struct tern_record *r, struct tern_time_unit u,
                       int with_unit) {
    const struct tern_estimate *x = &r->est;
    open_number(t, x->median);
    tern_put_time(t, x->median, u);
    if (with_unit) tern_text_printf(t, " %s", u.name);
    tern_text_put(t, "</td>");
    open_number(t, x->ci_lo);
    if (isfinite(x->ci_lo) && isfinite(x->ci_hi)) {
        tern_put_time(t, x->ci_lo, u);
        tern_text_put(t, "\xe2\x80\x93");
        tern_put_time(t, x->ci_hi, u);
    } else {
        tern_text_put(t, TERN_ABSENT);
    }
    tern_text_put(t, "</td>");
}

static void ceiling_cell(struct tern_text *t, const struct tern_record *r) {
    open_number(t, r->of_ceiling);
    if (isfinite(r->of_ceiling)) {
        tern_put_number(t, r->of_ceiling * 100, 3);
        tern_text_put(t, " %");
        if (*tern_or_empty(r->ceiling)) {
            tern_text_put(t, " <span class=\"ci\">");
            tern_text_html(t, r->ceiling);
            tern_text_put(t, "</span>");
        }
    } else {
        tern_text_put(t, TERN_ABSENT);
    }
    tern_text_put(t, "</td>");
}

static void notes_cell(struct tern_text *t, const struct tern_record *r) {
    struct tern_text notes = {0};
    tern_put_notes(&notes, r);
    text_cell(t, notes.data);
    t->failed |= notes.failed;
    tern_text_free(&notes);
}

static void mean_cell(struct tern_text *t, struct tern_report_mean m) {
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

void tern_html_summary(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, "<div class=\"scroll\"><table class=\"plain\"><caption>Speedup of the best ternary "
                     "variant: geometric mean over "
                     "problems; small: smallest and largest problem, number of problems. Intervals of each "
                     "problem are in the "
                     "table of winners.</caption><thead><tr>");
    if (p->machines > 1) tern_text_put(t, "<th scope=\"col\">Machine</th>");
    tern_text_put(t, "<th scope=\"col\">Problems</th><th scope=\"col\" class=\"n\">over f16</th><th "
                     "scope=\"col\" class=\"n\">over "
                     "I2_S</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < p->machines; i++) {
        for (int batch = 0; batch < 2; batch++) {
            const struct tern_report_mean f16 =
                tern_report_mean_of(p->data, p->machine[i], batch, TERN_BASELINE_F16);
            const struct tern_report_mean i2s =
                tern_report_mean_of(p->data, p->machine[i], batch, TERN_BASELINE_I2S);
            if (!f16.problems && !i2s.problems) continue;
            tern_text_put(t, "<tr>");
            if (p->machines > 1) text_cell(t, p->machine[i]);
            tern_text_put(t, batch ? "<th scope=\"row\">several tokens at once, N &gt; 1</th>"
                                   : "<th scope=\"row\">one token at a time, N = 1</th>");
            mean_cell(t, f16);
            mean_cell(t, i2s);
            tern_text_put(t, "</tr>\n");
        }
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

void tern_html_winners(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "<div class=\"scroll\"><table class=\"data\" data-filter=\"winners\"><caption>The "
                     "fastest ternary variant of each "
                     "problem. Time per call: median of n samples, 95 % interval of the median by order "
                     "statistics. Speedups are "
                     "ratios of medians with their 95 % interval, against the fastest variant of that "
                     "format.</caption><thead><tr>");
    if (p->machines > 1) tern_text_put(t, "<th scope=\"col\">Machine</th>");
    tern_text_put(t, "<th scope=\"col\">M\xc3\x97K</th><th scope=\"col\" class=\"n\">N</th><th scope=\"col\" "
                     "class=\"n\">Threads</th>"
                     "<th scope=\"col\">Regime</th><th scope=\"col\">Best variant</th><th scope=\"col\" "
                     "class=\"n\">Median</th>"
                     "<th scope=\"col\" class=\"n\">95 % interval</th><th scope=\"col\" class=\"n\">n</th>"
                     "<th scope=\"col\" class=\"n\">over f16</th><th scope=\"col\" class=\"n\">over I2_S</th>"
                     "<th scope=\"col\" class=\"n\">of ceiling</th><th scope=\"col\" class=\"n\">Not "
                     "separable</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        if (!q->best) continue;
        tern_text_put(t, "<tr>");
        if (p->machines > 1) text_cell(t, q->key->machine);
        tern_text_printf(t, "<td class=\"s\" data-v=\"%zu\"><a href=\"#problem-%zu\">", q->key->m * q->key->k,
                         i + 1);
        tern_put_shape(t, q->key);
        tern_text_put(t, "</a></td>");
        count_cell(t, q->key->n);
        count_cell(t, q->key->threads);
        text_cell(t, q->key->regime);
        variant_cell(t, q->best);
        time_cells(t, q->best, tern_time_unit_for(q->best->est.median), 1);
        count_cell(t, q->best->est.n);
        speedup_cell(t, tern_speedup_of(q->best, q->f16));
        speedup_cell(t, tern_speedup_of(q->best, q->i2s));
        ceiling_cell(t, q->best);
        count_cell(t, q->tied);
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

/* The interval bar: a logarithmic scale from a little under the best median to eight times it. */
enum { BAR = 180 };
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

static void leaderboard_row(struct tern_text *t, size_t place, const struct tern_report_entry *x, double best,
                            struct tern_time_unit u) {
    static const char *const looks[] = {"best", "tied", "", "", "dense"};
    const struct tern_record *r = x->record;
    tern_text_printf(t, "<tr class=\"%s\"><td class=\"n\" data-v=\"%zu\">%zu</td>", looks[x->standing], place,
                     place);
    variant_cell(t, r);
    text_cell(t, r->format);
    time_cells(t, r, u, 0);
    bar_cell(t, &r->est, best);
    const double mad = r->est.mad / r->est.median * 100;
    open_number(t, mad);
    tern_put_number(t, mad, 2);
    tern_text_put(t, isfinite(mad) ? " %</td>" : "</td>");
    count_cell(t, r->est.n);
    const double rate = tern_rate(r->macs, r->est.median);
    open_number(t, rate);
    tern_put_number(t, rate, 3);
    tern_text_put(t, "</td>");
    ceiling_cell(t, r);
    struct tern_speedup s = {.ratio = NAN, .lo = NAN, .hi = NAN};
    if (r->ratio.n && r->ratio.median > 0)
        s = (struct tern_speedup){1 / r->ratio.median, 1 / r->ratio.ci_hi, 1 / r->ratio.ci_lo, r->ratio.n,
                                  TERN_SPEEDUP_PAIRED};
    speedup_cell(t, s);
    text_cell(t, tern_standing_name(x->standing));
    notes_cell(t, r);
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
    tern_text_printf(t,
                     "</caption><thead><tr><th scope=\"col\" class=\"n\">#</th><th "
                     "scope=\"col\">Variant</th><th scope=\"col\">"
                     "Format</th><th scope=\"col\" class=\"n\">Median, %s</th><th scope=\"col\" "
                     "class=\"n\">95 %% interval</th>"
                     "<th scope=\"col\" class=\"b\">",
                     u.name);
    bar_axis(t);
    tern_text_put(
        t,
        "</th><th scope=\"col\" class=\"n\">MAD</th><th scope=\"col\" class=\"n\">n</th><th scope=\"col\" "
        "class=\"n\">"
        "GMAC/s</th><th scope=\"col\" class=\"n\">of ceiling</th><th scope=\"col\" class=\"n\">Over base</th>"
        "<th scope=\"col\">Standing</th><th scope=\"col\">Notes</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < q->count; i++) leaderboard_row(t, i + 1, &q->entry[i], best->est.median, u);
    tern_text_put(t, "</tbody></table></div></details>\n");
    t->failed |= title.failed;
    tern_text_free(&title);
}

void tern_html_leaderboards(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, "<div class=\"problems\">\n");
    for (size_t i = 0; i < p->data->problems; i++) leaderboard(p, i, t);
    tern_text_put(t, "</div>\n");
}

void tern_html_ceilings(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "<div class=\"scroll\"><table class=\"data\" data-filter=\"ceilings\"><caption>Ceilings "
                     "as measured. One measurement: "
                     "median of n samples and its 95 % interval. Several in one run: median of the medians, "
                     "lowest and highest of "
                     "them.</caption><thead><tr>");
    if (p->machines > 1) tern_text_put(t, "<th scope=\"col\">Machine</th>");
    tern_text_put(
        t,
        "<th scope=\"col\">Ceiling</th><th scope=\"col\">Kind</th><th scope=\"col\">Regime</th><th "
        "scope=\"col\" class=\"n\">"
        "Threads</th><th scope=\"col\" class=\"n\">Bytes per call</th><th scope=\"col\" class=\"n\">Rate</th>"
        "<th scope=\"col\" class=\"n\">Spread</th><th scope=\"col\" class=\"n\">Measurements</th>"
        "<th scope=\"col\" class=\"n\">n of the last</th><th scope=\"col\">Run</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < d->ceilings; i++) {
        const struct tern_report_ceiling *c = &d->ceiling[i];
        const struct tern_record *r = c->record;
        tern_text_put(t, "<tr>");
        if (p->machines > 1) text_cell(t, r->machine);
        variant_cell(t, r);
        text_cell(t, r->op);
        text_cell(t, r->regime);
        count_cell(t, r->threads);
        open_number(t, c->is_read ? r->bytes : NAN);
        if (c->is_read)
            tern_put_bytes(t, r->bytes);
        else
            tern_text_put(t, TERN_ABSENT);
        tern_text_put(t, "</td>");
        open_number(t, c->rate);
        tern_put_number(t, c->rate, 4);
        tern_text_put(t, c->is_read ? " GB/s</td>" : " GMAC/s</td>");
        open_number(t, c->lo);
        if (isfinite(c->lo) && isfinite(c->hi)) {
            tern_put_number(t, c->lo, 4);
            tern_text_put(t, "\xe2\x80\x93");
            tern_put_number(t, c->hi, 4);
        } else {
            tern_text_put(t, TERN_ABSENT);
        }
        tern_text_put(t, "</td>");
        count_cell(t, c->records);
        count_cell(t, r->est.n);
        text_cell(t, r->run);
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

void tern_html_e2e(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "<div class=\"scroll\"><table class=\"data\" data-filter=\"e2e\"><caption>Tokens per "
                     "second of whole forward passes: "
                     "median of n repetitions, 95 % interval of the median, MAD as a share of the median. "
                     "Speedup: ratio of median "
                     "times, with wisdom against without.</caption><thead><tr>");
    if (p->machines > 1) tern_text_put(t, "<th scope=\"col\">Machine</th>");
    tern_text_put(t,
                  "<th scope=\"col\">Model</th><th scope=\"col\">Phase</th><th scope=\"col\" "
                  "class=\"n\">Tokens</th><th scope=\"col\" "
                  "class=\"n\">Threads</th><th scope=\"col\">Plan</th><th scope=\"col\" "
                  "class=\"n\">tokens/s</th><th scope=\"col\" "
                  "class=\"n\">95 % interval</th><th scope=\"col\" class=\"n\">MAD</th><th scope=\"col\" "
                  "class=\"n\">n</th><th "
                  "scope=\"col\" class=\"n\">Speedup</th><th scope=\"col\">Notes</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i], *untuned = tern_report_untuned(d, r);
        const struct tern_report_tokens k = tern_report_tokens_of(r);
        const char *plan = tern_or_empty(r->variant);
        tern_text_printf(t, "<tr class=\"%s\">", untuned ? "best" : "");
        if (p->machines > 1) text_cell(t, r->machine);
        text_cell(t, *tern_or_empty(r->model) ? r->model : "unnamed");
        text_cell(t, r->op);
        count_cell(t, r->n);
        count_cell(t, r->threads);
        text_cell(t, !strcmp(plan, "tuned")     ? "with wisdom"
                     : !strcmp(plan, "untuned") ? "without wisdom"
                                                : plan);
        open_number(t, k.median);
        tern_put_number(t, k.median, 4);
        tern_text_put(t, "</td>");
        open_number(t, k.lo);
        if (isfinite(k.lo) && isfinite(k.hi)) {
            tern_put_number(t, k.lo, 4);
            tern_text_put(t, "\xe2\x80\x93");
            tern_put_number(t, k.hi, 4);
        } else {
            tern_text_put(t, TERN_ABSENT);
        }
        tern_text_put(t, "</td>");
        open_number(t, k.mad / k.median);
        tern_put_number(t, k.mad / k.median * 100, 2);
        tern_text_put(t, isfinite(k.mad / k.median) ? " %</td>" : "</td>");
        count_cell(t, r->est.n);
        speedup_cell(t, tern_speedup_of(untuned ? r : NULL, untuned));
        notes_cell(t, r);
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
}
