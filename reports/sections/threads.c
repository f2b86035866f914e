/* Thread scaling: the winner of each number of threads, the ideal line, and the ceilings of that number. */
#include "reports/data/number.h"
#include "reports/figures/panels.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COUNTS = 64, PANELS = 12, COLUMNS = 3, HEIGHT = 230, ROOFS = 32 };

struct point {
    const struct tern_record *best;
    double rate, lo, hi; /* GMAC/s */
    double read, read_lo,
        read_hi; /* GMAC/s that reading the best one's weights would allow; NaN: not known */
    double int8; /* NaN: not known */
};

struct scaling {
    const struct tern_record *key;
    struct point point[COUNTS];
    size_t points;
};

static int same(const struct tern_record *a, const struct tern_record *b) {
    return a->m == b->m && a->k == b->k && a->n == b->n &&
           !strcmp(tern_or_empty(a->regime), tern_or_empty(b->regime)) &&
           !strcmp(tern_or_empty(a->machine), tern_or_empty(b->machine));
}

static struct point point_of(const struct tern_report_data *d, const struct tern_report_problem *q) {
    const struct tern_report_ceiling *roof[ROOFS];
    const struct tern_record *r = q->best;
    struct point x = {r,
                      tern_rate(r->macs, r->est.median),
                      tern_rate(r->macs, r->est.ci_hi),
                      tern_rate(r->macs, r->est.ci_lo),
                      NAN,
                      NAN,
                      NAN,
                      NAN};
    int same_run;
    const size_t n = tern_report_ceilings_of(d, q->key, roof, ROOFS, &same_run);
    const double per_byte = r->bytes > 0 ? r->macs / r->bytes : NAN;
    for (size_t i = 0; i < n; i++) {
        const struct tern_record *c = roof[i]->record;
        if (roof[i]->is_read && tern_same_memory(c->regime, r->regime))
            x.read = roof[i]->rate * per_byte, x.read_lo = roof[i]->lo * per_byte,
            x.read_hi = roof[i]->hi * per_byte;
        if (!strcmp(tern_or_empty(c->op), "int8"))
            x.int8 = fmax(roof[i]->rate, isfinite(x.int8) ? x.int8 : 0);
    }
    return x;
}

/* The numbers of threads of the problem at `first`, when it is the first of its kind; 0: fewer than two. */
static int scaling_of(const struct tern_report_data *d, size_t first, struct scaling *s) {
    const struct tern_record *key = d->problem[first].key;
    s->key = key, s->points = 0;
    for (size_t i = 0; i < first; i++)
        if (same(d->problem[i].key, key)) return 0;
    for (size_t i = first; i < d->problems && s->points < COUNTS; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        if (!same(q->key, key) || !q->best || !isfinite(tern_rate(q->best->macs, q->best->est.median)))
            continue;
        if (s->points && s->point[s->points - 1].best->threads == q->best->threads)
            continue; /* another run */
        s->point[s->points++] = point_of(d, q);
    }
    return s->points > 1;
}

static void put_panel(struct tern_panels *p, const struct scaling *s, size_t block) {
    struct tern_text label = {0};
    struct tern_text *t = &p->figure->script, *data = &p->figure->data;
    const struct point *first = &s->point[0], *last = &s->point[s->points - 1];
    const double ideal = first->rate / (double)first->best->threads;
    double most = ideal * (double)last->best->threads;
    tern_put_shape(&label, s->key);
    tern_text_printf(&label, " \xc2\xb7 N=%zu", s->key->n);
    if (*tern_or_empty(s->key->regime))
        tern_text_put(&label, " \xc2\xb7 "), tern_text_label(&label, s->key->regime);
    tern_panels_next(p, label.failed ? "" : label.data);
    tern_text_printf(data, "%s# threads\tGMAC/s\tlow\thigh\tideal\tread ceiling\tint8 ceiling\tlong label\n",
                     block ? "\n\n" : "");
    for (size_t i = 0; i < s->points; i++) {
        const struct point *x = &s->point[i];
        const double threads = (double)x->best->threads;
        tern_text_printf(data, "%zu\t%.6g\t", x->best->threads, x->rate);
        tern_put_exact(data, isfinite(x->lo) ? x->lo : x->rate, "nan");
        tern_text_put(data, "\t");
        tern_put_exact(data, isfinite(x->hi) ? x->hi : x->rate, "nan");
        tern_text_printf(data, "\t%.6g\t", ideal * threads);
        tern_put_exact(data, x->read, "nan");
        tern_text_put(data, "\t");
        tern_put_exact(data, x->int8, "nan");
        tern_text_put(data, "\t");
        tern_text_label(data, x->best->variant);
        tern_text_printf(data, ": %.4g GMAC/s, n = %zu\n", x->rate, x->best->est.n);
        most = fmax(most, isfinite(x->hi) ? x->hi : x->rate);
        if (isfinite(x->read) && x->read < 3 * ideal * threads) most = fmax(most, x->read);
        if (isfinite(x->int8) && x->int8 < 2 * ideal * threads) most = fmax(most, x->int8);
    }
    tern_text_printf(t, "set xrange [%.3g:%.3g]\nset yrange [0:%.4g]\nset xtics (",
                     (double)first->best->threads - 0.35, (double)last->best->threads + 0.35, most * 1.12);
    for (size_t i = 0; i < s->points; i++)
        tern_text_printf(t, "%s%zu", i ? ", " : "", s->point[i].best->threads);
    tern_text_printf(
        t,
        ")\nplot '%s.dat' index %zu using 1:5 with lines dt 2 lw 1.2 lc rgb '" TERN_SOFT "' notitle, \\\n"
        "  '' index %zu using 1:6 with linespoints pt 2 ps 0.5 lw 1.2 lc rgb '" TERN_RED "' notitle, \\\n"
        "  '' index %zu using 1:7 with linespoints pt 1 ps 0.5 lw 1.2 lc rgb '" TERN_PURPLE "' notitle, \\\n"
        "  '' index %zu using 1:2:3:4 with yerrorbars pt 7 ps 0.7 lw 1.6 lc rgb '" TERN_BLUE "' notitle, \\\n"
        "  '' index %zu using 1:2 with lines lw 1.6 lc rgb '" TERN_BLUE "' notitle, \\\n"
        "  '' index %zu using 1:2:8 with labels hypertext point pt 7 ps 0.7 lc rgb '" TERN_BLUE "' notitle\n",
        p->figure->name, block, block, block, block, block, block);
    data->failed |= label.failed;
    tern_text_free(&label);
}

static void figures(const struct tern_report_data *d, const char *machine, size_t index,
                    struct tern_figures *out) {
    struct scaling s;
    struct tern_panels p;
    struct tern_samples samples = {0, 0};
    size_t count = 0, shown = 0;
    for (size_t i = 0; i < d->problems; i++)
        count += !strcmp(tern_or_empty(d->problem[i].key->machine), machine) && scaling_of(d, i, &s);
    if (!count) return;
    struct tern_figure *f = tern_figure_add(out, "threads", machine);
    if (!f) return;
    tern_figure_name(f, "threads", index);
    const size_t panels = count < PANELS ? count : PANELS;
    tern_panels_begin(&p, f, panels, panels < COLUMNS ? panels : COLUMNS, HEIGHT, 52, 14, "GMAC/s:");
    tern_panels_key(&p, 70, TERN_BLUE, "winner, 95 % interval");
    tern_panels_key(&p, 230, TERN_SOFT, "ideal (dashed)");
    tern_panels_key(&p, 345, TERN_RED, "read ceiling (\xc3\x97)");
    tern_panels_key(&p, 465, TERN_PURPLE, "int8 ceiling (+), where it fits");
    tern_panels_axes(&p, "threads");
    for (size_t i = 0; i < d->problems && shown < panels; i++) {
        if (strcmp(tern_or_empty(d->problem[i].key->machine), machine) || !scaling_of(d, i, &s)) continue;
        for (size_t j = 0; j < s.points; j++) tern_samples_add(&samples, s.point[j].best->est.n);
        put_panel(&p, &s, shown++);
    }
    tern_panels_end(&p);
    tern_text_put(&f->title, "Speed over the number of threads");
    tern_text_put(
        &f->caption,
        "The best ternary variant of each number of threads: multiply-adds per second at the median "
        "time, bar: 95 % interval. Dashed: the first point times the number of threads. The read "
        "ceiling is the read bandwidth measured with that many threads, times the multiply-adds per "
        "byte of that variant; it may lie below the ideal line.");
    tern_put_samples(&f->caption, samples);
    if (count > panels) tern_text_printf(&f->caption, " The first %zu of %zu problems.", panels, count);
}

static double efficiency(const struct scaling *s, size_t i) {
    const struct point *x = &s->point[i], *first = &s->point[0];
    return x->rate / first->rate * (double)first->best->threads / (double)x->best->threads;
}

static void percent(struct tern_text *t, double share) {
    tern_put_number(t, share * 100, 3);
    if (isfinite(share)) tern_text_put(t, " %");
}

static void percent_cell(struct tern_text *t, double share) {
    tern_cell_open(t, share);
    percent(t, share);
    tern_text_put(t, "</td>");
}

static int has(const struct tern_report_data *d) {
    struct scaling s;
    for (size_t i = 0; i < d->problems; i++)
        if (scaling_of(d, i, &s)) return 1;
    return 0;
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct scaling s;
    tern_html_open_table(t, p, "threads",
                         "Speedup: ratio of the median rates against the smallest number of threads. "
                         "Efficiency: that over the "
                         "ratio of threads. Shares of the ceilings measured with the same number of threads.",
                         (const char *const[]){"M\xc3\x97K", ">N", "Regime", ">Threads", "Best variant",
                                               ">Median", ">n", ">GMAC/s", ">Speedup", ">Efficiency",
                                               ">of read", ">of int8", NULL});
    for (size_t i = 0; i < d->problems; i++) {
        if (!scaling_of(d, i, &s)) continue;
        for (size_t j = 0; j < s.points; j++) {
            const struct point *x = &s.point[j];
            tern_text_put(t, "<tr>");
            if (p->machines > 1) tern_cell_text(t, s.key->machine);
            tern_text_printf(t, "<td class=\"s\" data-v=\"%zu\">", s.key->m * s.key->k);
            tern_put_shape(t, s.key);
            tern_text_put(t, "</td>");
            tern_cell_count(t, s.key->n);
            tern_cell_text(t, s.key->regime);
            tern_cell_count(t, x->best->threads);
            tern_cell_variant(t, x->best);
            tern_cell_time(t, x->best, tern_time_unit_for(x->best->est.median));
            tern_cell_count(t, x->best->est.n);
            tern_cell_open(t, x->rate);
            tern_put_number(t, x->rate, 4);
            tern_text_put(t, "</td>");
            tern_cell_open(t, x->rate / s.point[0].rate);
            tern_put_times(t, x->rate / s.point[0].rate);
            tern_text_put(t, "</td>");
            percent_cell(t, efficiency(&s, j));
            percent_cell(t, x->rate / x->read);
            percent_cell(t, x->rate / x->int8);
            tern_text_put(t, "</tr>\n");
        }
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct scaling s;
    tern_text_put(t, "| M\xc3\x97K | N | Regime | Threads | Best variant | GMAC/s | 95 % interval | n | "
                     "Speedup | Efficiency | of read | of int8 |\n"
                     "|---|--:|---|--:|---|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < d->problems; i++) {
        if (!scaling_of(d, i, &s)) continue;
        for (size_t j = 0; j < s.points; j++) {
            const struct point *x = &s.point[j];
            tern_text_put(t, "| ");
            tern_put_shape(t, s.key);
            tern_text_printf(t, " | %zu | ", s.key->n);
            tern_text_markdown(t, s.key->regime);
            tern_text_printf(t, " | %zu | ", x->best->threads);
            tern_md_variant(t, x->best);
            tern_put_number(t, x->rate, 4);
            tern_text_put(t, " | ");
            tern_md_interval(t, x->lo, x->hi, 4);
            tern_text_printf(t, " | %zu | ", x->best->est.n);
            tern_put_times(t, x->rate / s.point[0].rate);
            tern_text_put(t, " | ");
            percent(t, efficiency(&s, j));
            tern_text_put(t, " | ");
            percent(t, x->rate / x->read);
            tern_text_put(t, " | ");
            percent(t, x->rate / x->int8);
            tern_text_put(t, " |\n");
        }
    }
    tern_text_put(t, "\n");
}

static void csv(const struct tern_report_page *p, struct tern_text *t) {
    struct scaling s;
    tern_text_put(t, TERN_CSV_PROBLEM
                  ",variant,params,format,gmac_per_s,ci95_low,ci95_high,n,speedup,efficiency,"
                  "read_ceiling_gmac_per_s,read_low,read_high,int8_ceiling_gmac_per_s\n");
    for (size_t i = 0; i < p->data->problems; i++) {
        if (!scaling_of(p->data, i, &s)) continue;
        for (size_t j = 0; j < s.points; j++) {
            const struct point *x = &s.point[j];
            tern_csv_problem(t, x->best);
            tern_csv_variant(t, x->best);
            tern_csv_number(t, x->rate), tern_csv_number(t, x->lo), tern_csv_number(t, x->hi);
            tern_csv_count(t, x->best->est.n);
            tern_csv_number(t, x->rate / s.point[0].rate), tern_csv_number(t, efficiency(&s, j));
            tern_csv_number(t, x->read), tern_csv_number(t, x->read_lo), tern_csv_number(t, x->read_hi);
            tern_csv_number(t, x->int8);
            tern_text_put(t, "\n");
        }
    }
}

const struct tern_section tern_section_threads = {
    .id = "threads",
    .nav = "Threads",
    .heading = "Thread scaling",
    .figures = figures,
    .has = has,
    .absent = "problem with several numbers of threads",
    .command = "tern tune --threads 1,2",
    .html = html,
    .markdown = markdown,
    .csv = {{"threads.csv", csv}},
};
