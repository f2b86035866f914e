#include "reports/figures/dotplot.h"

#include "reports/data/number.h"

#include <math.h>

void tern_dotplot_begin(struct tern_dotplot *p, struct tern_figure *f, const char *suffix) {
    *p = (struct tern_dotplot){.figure = f, .suffix = suffix, .min = INFINITY, .max = 0};
}

void tern_dotplot_heading(struct tern_dotplot *p, const char *text) {
    tern_text_printf(&p->headings, "%zu\t%s\n", p->rows++, text);
}

static void put_dot(struct tern_dotplot *p, struct tern_text *t, double y, const char *label,
                    struct tern_dot dot) {
    const double lo = isfinite(dot.lo) ? dot.lo : dot.x, hi = isfinite(dot.hi) ? dot.hi : dot.x;
    if (!isfinite(dot.x) || dot.x <= 0 || lo <= 0) return;
    p->min = fmin(p->min, lo), p->max = fmax(p->max, hi);
    tern_text_printf(t, "%.2f\t%.10g\t%.10g\t%.10g\t", y, dot.x, lo, hi);
    tern_put_number(t, dot.x, 3);
    tern_text_printf(t, "%s\t%s: ", p->suffix, label);
    tern_put_number(t, dot.x, 4);
    tern_text_printf(t, "%s, 95 %% interval ", p->suffix);
    if (isfinite(dot.lo) && isfinite(dot.hi)) {
        tern_put_number(t, lo, 4);
        tern_text_put(t, " to ");
        tern_put_number(t, hi, 4);
    } else {
        tern_text_put(t, "not known");
    }
    tern_text_put(t, "\n");
}

void tern_dotplot_row(struct tern_dotplot *p, const char *label, const struct tern_dot dot[2]) {
    const double y = (double)p->rows++;
    tern_text_printf(&p->labels, "%.0f\t%s\n", y, label);
    for (size_t i = 0; i < 2; i++) put_dot(p, &p->dots[i], y + (i ? 0.16 : -0.16), label, dot[i]);
}

/* Right ends of the columns of numbers beside the figure, where no interval reaches, in characters. */
enum { first_column = 5, column_width = 6 };

/* 1-2-5 steps; over a short range also the steps between. */
static void put_ticks(struct tern_text *t, double lo, double hi, const char *suffix) {
    static const double wide[] = {1, 2, 5}, fine[] = {1, 1.5, 2, 3, 4, 6, 8};
    const int is_wide = hi / lo > 40;
    const double *step = is_wide ? wide : fine;
    const size_t steps = is_wide ? 3 : 7;
    const char *comma = "";
    tern_text_put(t, "set xtics (");
    for (double decade = 1e-3; decade < 1e9; decade *= 10) {
        for (size_t i = 0; i < steps; i++) {
            const double v = decade * step[i];
            if (v < lo || v > hi) continue;
            tern_text_printf(t, "%s'%g%s' %g", comma, v, suffix, v);
            comma = ", ";
        }
    }
    tern_text_put(t, ") textcolor rgb '" TERN_INK "'\n");
}

static void put_script(struct tern_dotplot *p) {
    struct tern_text *t = &p->figure->script;
    static const char *const colour[] = {TERN_BLUE, TERN_RED};
    static const int mark[] = {7, 9}; /* filled circle, filled triangle */
    const double lo = (p->one ? fmin(p->min, 1) : p->min) * 0.85, hi = fmax(p->max, p->one ? 1 : 0) / 0.85;
    const char *data = p->figure->name;
    const int both = p->dots[0].used && p->dots[1].used;
    int column = 0;
    tern_figure_preamble(p->figure, (int)(96 + 24 * p->rows));
    tern_text_printf(t,
                     "set lmargin at screen 0.23\nset rmargin at screen %.3f\n"
                     "set border 1\nset logscale x 10\nset xrange [%.6g:%.6g]\nset yrange [%.1f:-0.8]\n",
                     both ? 0.88 : 0.935, lo, hi, (double)p->rows - 0.4);
    put_ticks(t, lo, hi, p->suffix);
    tern_text_printf(t,
                     "set ytics nomirror scale 0 textcolor rgb '" TERN_INK
                     "'\nset grid xtics lt 1 lc rgb '" TERN_GRID
                     "'\nset xlabel '%s' textcolor rgb '" TERN_SOFT "'\n"
                     "set key top left outside horizontal Left reverse samplen 1.5\n",
                     p->axis);
    if (p->one)
        tern_text_printf(t, "set arrow 1 from 1,-0.8 to 1,%.1f nohead lc rgb '" TERN_SOFT "' dt 2\n",
                         (double)p->rows - 0.4);
    tern_text_put(t, "plot \\\n");
    for (int i = 0; i < 2; i++) {
        if (!p->dots[i].used) continue;
        tern_text_printf(t,
                         "  '%s.dat' index %d using 2:1:3:4 with xerrorbars pt %d ps 0.9 lw 1.6 lc rgb '%s' "
                         "title '%s', \\\n",
                         data, i, mark[i], colour[i], p->series[i]);
        tern_text_printf(t,
                         "  '' index %d using (%.6g):(floor($1 + 0.5)):5 with labels right offset %d,0 font "
                         "',11' textcolor rgb '%s' notitle, \\\n",
                         i, hi, first_column + column_width * column++, colour[i]);
        tern_text_printf(
            t, "  '' index %d using 2:1:6 with labels hypertext point pt %d ps 0.9 lc rgb '%s' notitle, \\\n",
            i, mark[i], colour[i]);
    }
    tern_text_printf(
        t,
        "  '%s.dat' index 3 using (%.6g):1:2 with labels left offset -19.5,0 font ',12' textcolor "
        "rgb '" TERN_SOFT "' notitle, \\\n"
        "  '' index 2 using (%.6g):1:ytic(2) with points pt 0 lc rgb '" TERN_GRID "' notitle\n",
        data, lo, lo);
}

/* Four blocks, always, so that the script's index numbers hold; a lone comment would not count as a block. */
static void put_data(struct tern_dotplot *p) {
    struct tern_text *t = &p->figure->data;
    const char *const empty[] = {"nan\tnan\tnan\tnan\t\t\n", "nan\tnan\tnan\tnan\t\t\n", "nan\t\n",
                                 "nan\t\n"};
    const struct tern_text *block[] = {&p->dots[0], &p->dots[1], &p->labels, &p->headings};
    const char *const what[] = {p->series[0], p->series[1], "row\tlabel", "row\theading"};
    for (size_t i = 0; i < 4; i++) {
        tern_text_printf(t, i < 2 ? "# %s: row\tvalue\tlow\thigh\tlabel\tlong label\n" : "# %s\n", what[i]);
        tern_text_put(t, block[i]->used ? block[i]->data : empty[i]);
        tern_text_put(t, i < 3 ? "\n\n" : "");
        t->failed |= block[i]->failed;
    }
}

void tern_dotplot_end(struct tern_dotplot *p) {
    put_script(p);
    put_data(p);
    for (size_t i = 0; i < 2; i++) tern_text_free(&p->dots[i]);
    tern_text_free(&p->labels);
    tern_text_free(&p->headings);
}
