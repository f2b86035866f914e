/* The rounds of the finalists as dots, with median and quartiles. */
#include "reports/compare/statistics.h"
#include "reports/data/group.h"
#include "reports/data/number.h"
#include "reports/sections/search/finalist_rounds.h"

#include <math.h>
#include <string.h>

enum { ROW = 26, HEAD = 40, FOOT = 68, PROBLEMS = 8 };
static const double lowest = 0.5, highest = 4; /* the widest axis */

struct plot {
    struct tern_text dots, boxes, labels, headings;
    size_t rows;
    struct tern_samples samples;
    double lo, hi; /* of the axis */
};

static double clip(const struct plot *p, double x) {
    return fmin(fmax(x, p->lo), p->hi);
}

/* Wide enough for nineteen of twenty rounds of everybody. */
static void widen(struct plot *p, const struct tern_finalist *s) {
    p->lo = fmax(lowest, fmin(p->lo, tern_quantile_sorted(s->sorted, s->n, 0.025)));
    p->hi = fmin(highest, fmax(p->hi, tern_quantile_sorted(s->sorted, s->n, 0.975)));
}

static void put_ticks(struct tern_text *t, double lo, double hi) {
    static const double step[] = {0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1,
                                  1.2, 1.3, 1.5, 1.7, 2,   2.5,  3, 4};
    double last = 0;
    tern_text_put(t, "set xtics (");
    for (size_t i = 0; i < sizeof step / sizeof *step; i++) {
        const int skip = step[i] != 1 && (log(step[i] / last) < 0.07 * log(hi / lo) ||
                                          (step[i] < 1 && log(1 / step[i]) < 0.07 * log(hi / lo)));
        if (step[i] < lo || step[i] > hi || skip) continue;
        tern_text_printf(t, "%s%g", last > 0 ? ", " : "", step[i]);
        last = step[i];
    }
    tern_text_put(t, ") font ',11' textcolor rgb '" TERN_INK "'\n");
}

/* Dots of one row are shifted up and down by the number of the round, so that equal ones can be told apart.
 */
static void put_rows(struct plot *p, const struct tern_report_problem *q) {
    struct tern_finalist s[TERN_FINALISTS_MAX];
    const size_t n = tern_finalists_of(q, s);
    tern_text_put(&p->headings, "set label '");
    tern_put_shape(&p->headings, q->key);
    tern_text_printf(&p->headings,
                     "' at screen 0.012, first %zu left font ',12' textcolor rgb '" TERN_SOFT "'\n",
                     p->rows++);
    for (size_t i = 0; i < n; i++, p->rows++) {
        const struct tern_record *r = s[i].record;
        tern_samples_add(&p->samples, s[i].n);
        tern_text_printf(&p->labels, "%zu\t", p->rows);
        tern_text_label(&p->labels, r->variant);
        if (*tern_or_empty(r->params) && strcmp(r->params, "-")) {
            tern_text_put(&p->labels, " ");
            tern_text_label(&p->labels, r->params);
        }
        tern_text_put(&p->labels, "\n");
        for (size_t j = 0; j < s[i].n; j++)
            tern_text_printf(&p->dots, "%.5g\t%.2f\t%d\n", clip(p, s[i].ratio[j]),
                             (double)p->rows + 0.3 * (double)(j * 7 % 13) / 12 - 0.15,
                             s[i].ratio[j] != clip(p, s[i].ratio[j]));
        tern_text_printf(&p->boxes, "%.5g\t%zu\t%.5g\t%.5g\tn = %zu, quartiles %.4g to %.4g\n",
                         clip(p, tern_quantile_sorted(s[i].sorted, s[i].n, 0.5)), p->rows,
                         clip(p, tern_quantile_sorted(s[i].sorted, s[i].n, 0.25)),
                         clip(p, tern_quantile_sorted(s[i].sorted, s[i].n, 0.75)), s[i].n,
                         tern_quantile_sorted(s[i].sorted, s[i].n, 0.25),
                         tern_quantile_sorted(s[i].sorted, s[i].n, 0.75));
    }
}

static void put_script(struct tern_figure *f, const struct plot *p) {
    const size_t rows = p->rows;
    const struct tern_text *headings = &p->headings;
    const int height = HEAD + FOOT + ROW * (int)rows;
    tern_figure_preamble(f, height);
    tern_text_printf(
        &f->script,
        "set lmargin at screen 0.46\nset rmargin at screen 0.98\nset tmargin at screen %.4f\nset bmargin at "
        "screen %.4f\n"
        "set border 1\nset logscale x 10\nset xrange [%g:%g]\nset yrange [%.1f:-0.6]\n"
        "set ytics nomirror scale 0 font ',10' textcolor rgb '" TERN_INK "'\n"
        "set grid xtics lt 1 lc rgb '" TERN_GRID "'\n"
        "set xlabel 'time over that of the best, round by round' font ',12' textcolor rgb '" TERN_SOFT "'\n"
        "set label 'dots: rounds' at screen 0.46,%.4f left font ',12' textcolor rgb '" TERN_BLUE "'\n"
        "set label 'tick and box: median and quartiles' at screen 0.57,%.4f left font ',12' textcolor rgb "
        "'" TERN_RED "'\nset style fill transparent solid 0.25 noborder\n",
        1 - (double)HEAD / height, (double)FOOT / height, p->lo * 0.97, p->hi * 1.03, (double)rows - 0.4,
        1 - 16.0 / height, 1 - 16.0 / height);
    put_ticks(&f->script, p->lo, p->hi);
    if (headings->used) tern_text_bytes(&f->script, headings->data, headings->used);
    f->script.failed |= headings->failed;
    tern_text_printf(
        &f->script,
        "plot '%s.dat' index 1 using 1:2:3:4:($2-0.3):($2+0.3) with boxxyerror lc rgb '" TERN_RED
        "' notitle, \\\n"
        "  '' index 0 using ($3 > 0 ? NaN : $1):2 with points pt 7 ps 0.3 lc rgb '" TERN_BLUE
        "' notitle, \\\n"
        "  '' index 0 using ($3 > 0 ? $1 : NaN):2 with points pt 2 ps 0.4 lc rgb '" TERN_BLUE
        "' notitle, \\\n"
        "  '' index 1 using 1:2:(0):(0):($2-0.3):($2+0.3) with xyerrorbars pt 0 lw 2 lc rgb '" TERN_RED
        "' notitle, \\\n"
        "  '' index 1 using 1:2:5 with labels hypertext point pt 7 ps 0.3 lc rgb '" TERN_RED "' notitle, \\\n"
        "  '' index 2 using (%g):1:ytic(2) with points pt 0 lc rgb '#ffd9dde1' notitle\n",
        f->name, p->lo * 0.97);
}

static void one_figure(const struct tern_report_data *d, size_t first, size_t end, size_t index,
                       struct tern_figures *out) {
    struct plot p = {.lo = 0.95, .hi = 1.15};
    struct tern_finalist s[TERN_FINALISTS_MAX];
    struct tern_text label = {0};
    size_t shown = 0, all = 0;
    for (size_t i = first; i < end; i++) {
        const size_t n = tern_finalists_of(&d->problem[i], s);
        for (size_t j = 0; j < n && all < PROBLEMS; j++) widen(&p, &s[j]);
        all += n > 0;
    }
    for (size_t i = first; i < end; i++) {
        if (!tern_finalists_of(&d->problem[i], s)) continue;
        if (shown < PROBLEMS) put_rows(&p, &d->problem[i]), shown++;
    }
    struct tern_figure *f =
        shown ? tern_figure_add(out, "finalists", tern_or_empty(d->problem[first].key->machine)) : NULL;
    if (f) {
        const struct tern_text *block[] = {&p.dots, &p.boxes, &p.labels};
        const char *const what[] = {"ratio\trow\tclipped",
                                    "median\trow\tlower quartile\tupper quartile\tlong label", "row\tlabel"};
        tern_text_put(&label, "finalists");
        tern_put_group_name(&label, d->problem[first].key);
        tern_figure_name(f, label.failed ? "finalists" : label.data, index);
        put_script(f, &p);
        for (size_t i = 0; i < 3; i++) {
            tern_text_printf(&f->data, "%s# %s\n", i ? "\n\n" : "", what[i]);
            tern_text_put(&f->data, block[i]->used ? block[i]->data : "nan\tnan\n");
            f->data.failed |= block[i]->failed;
        }
        label.used = 0;
        tern_put_group(&label, d->problem[first].key);
        tern_text_put(&f->title, "Rounds of the finalists: ");
        tern_text_put(&f->title, label.failed ? "" : label.data);
        tern_text_put(
            &f->caption,
            "Each dot is one round: time over that of the best variant in the same round where both "
            "took part in all, else over its median (so for the best itself). Tick and box: median and "
            "quartiles. A cross at the edge stands for a round beyond it.");
        tern_put_samples(&f->caption, p.samples);
        if (all > shown) tern_text_printf(&f->caption, " The first %zu of %zu problems.", shown, all);
    }
    out->failed |= label.failed;
    tern_text_free(&label);
    tern_text_free(&p.dots);
    tern_text_free(&p.boxes);
    tern_text_free(&p.labels);
    tern_text_free(&p.headings);
}

void tern_figure_finalists(const struct tern_report_data *d, const char *machine, size_t index,
                           struct tern_figures *out) {
    for (size_t i = 0, end; i < d->problems; i = end) {
        end = tern_group_end(d, i);
        if (!strcmp(tern_or_empty(d->problem[i].key->machine), machine)) one_figure(d, i, end, index, out);
    }
}
