#include "reports/page/html_cells.h"

#include "reports/data/number.h"

#include <math.h>
#include <string.h>

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

void tern_html_open_table(struct tern_text *t, const struct tern_report_page *p, const char *filter,
                          const char *caption, const char *const *heads) {
    tern_text_put(t, "<div class=\"scroll\">");
    if (*filter)
        tern_text_printf(t, "<table class=\"data\" data-filter=\"%s\">", filter);
    else
        tern_text_put(t, "<table class=\"plain\">");
    tern_text_printf(t, "<caption>%s</caption><thead><tr>", caption);
    if (p->machines > 1) tern_cell_heads(t, (const char *const[]){"Machine", NULL});
    tern_cell_heads(t, heads);
    tern_text_put(t, "</tr></thead><tbody>\n");
}

void tern_html_summary(const struct tern_report_page *p, struct tern_text *t) {
    tern_html_open_table(
        t, p, "",
        "Speedup of the best ternary variant: geometric mean over problems; small: smallest and "
        "largest problem, number of problems. Intervals of each problem are in the table of winners.",
        (const char *const[]){"Problems", ">over f16", ">over I2_S", NULL});
    for (size_t i = 0; i < p->machines; i++) {
        for (int batch = 0; batch < 2; batch++) {
            const struct tern_report_mean f16 =
                tern_report_mean_of(p->data, p->machine[i], batch, TERN_BASELINE_F16);
            const struct tern_report_mean i2s =
                tern_report_mean_of(p->data, p->machine[i], batch, TERN_BASELINE_I2S);
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

void tern_html_winners(const struct tern_report_page *p, struct tern_text *t) {
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

void tern_html_ceilings(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_html_open_table(
        t, p, "ceilings",
        "Ceilings as measured. One measurement: median of n samples and its 95 % interval. Several in "
        "one run: median of the medians, lowest and highest of them, n of the last.",
        (const char *const[]){"Ceiling", "Kind", "Regime", ">Threads", ">Bytes per call", ">Rate", ">Spread",
                              ">Measurements", ">n", "Run", NULL});
    for (size_t i = 0; i < d->ceilings; i++) {
        const struct tern_report_ceiling *c = &d->ceiling[i];
        const struct tern_record *r = c->record;
        tern_text_put(t, "<tr>");
        if (p->machines > 1) tern_cell_text(t, r->machine);
        tern_cell_variant(t, r);
        tern_cell_text(t, r->op);
        tern_cell_text(t, r->regime);
        tern_cell_count(t, r->threads);
        tern_cell_open(t, c->is_read ? r->bytes : NAN);
        if (c->is_read)
            tern_put_bytes(t, r->bytes);
        else
            tern_text_put(t, TERN_ABSENT);
        tern_text_put(t, "</td>");
        tern_cell_open(t, c->rate);
        tern_put_number(t, c->rate, 4);
        tern_text_put(t, c->is_read ? " GB/s</td>" : " GMAC/s</td>");
        tern_cell_open(t, c->lo);
        if (isfinite(c->lo) && isfinite(c->hi)) {
            tern_put_number(t, c->lo, 4);
            tern_text_put(t, "\xe2\x80\x93");
            tern_put_number(t, c->hi, 4);
        } else {
            tern_text_put(t, TERN_ABSENT);
        }
        tern_text_put(t, "</td>");
        tern_cell_count(t, c->records);
        tern_cell_count(t, r->est.n);
        tern_cell_text(t, r->run);
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

void tern_html_e2e(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_html_open_table(
        t, p, "e2e",
        "Tokens per second of whole forward passes: median of n repetitions, 95 % interval of the median, "
        "MAD as a share of the median. Speedup: ratio of median times, with wisdom against without.",
        (const char *const[]){"Model", "Phase", ">Tokens", ">Threads", "Plan", ">tokens/s", ">95 % interval",
                              ">MAD", ">n", ">Speedup", "Notes", NULL});
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i], *untuned = tern_report_untuned(d, r);
        const struct tern_report_tokens k = tern_report_tokens_of(r);
        const char *plan = tern_or_empty(r->variant);
        tern_text_printf(t, "<tr class=\"%s\">", untuned ? "best" : "");
        if (p->machines > 1) tern_cell_text(t, r->machine);
        tern_cell_text(t, *tern_or_empty(r->model) ? r->model : "unnamed");
        tern_cell_text(t, r->op);
        tern_cell_count(t, r->n);
        tern_cell_count(t, r->threads);
        tern_cell_text(t, !strcmp(plan, "tuned")     ? "with wisdom"
                          : !strcmp(plan, "untuned") ? "without wisdom"
                                                     : plan);
        tern_cell_open(t, k.median);
        tern_put_number(t, k.median, 4);
        tern_text_put(t, "</td>");
        tern_cell_open(t, k.lo);
        if (isfinite(k.lo) && isfinite(k.hi)) {
            tern_put_number(t, k.lo, 4);
            tern_text_put(t, "\xe2\x80\x93");
            tern_put_number(t, k.hi, 4);
        } else {
            tern_text_put(t, TERN_ABSENT);
        }
        tern_text_put(t, "</td>");
        tern_cell_open(t, k.mad / k.median);
        tern_put_number(t, k.mad / k.median * 100, 2);
        tern_text_put(t, isfinite(k.mad / k.median) ? " %</td>" : "</td>");
        tern_cell_count(t, r->est.n);
        tern_cell_speedup(t, tern_speedup_of(untuned ? r : NULL, untuned));
        tern_cell_notes(t, d, r);
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
}
