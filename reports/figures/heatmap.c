#include "reports/figures/heatmap.h"

#include "reports/figures/heat.h"

enum { ROW = 24, HEAD = 34, FOOT = 34, COLUMN_MOST = 110 };

void tern_heatmap_begin(struct tern_heatmap *h, struct tern_figure *f, double left) {
    *h = (struct tern_heatmap){.figure = f, .left = left};
}

void tern_heatmap_column(struct tern_heatmap *h, const char *title) {
    tern_text_printf(&h->column_titles, "%zu\t%s\n", h->columns++, title);
}

void tern_heatmap_row(struct tern_heatmap *h, const char *title) {
    tern_text_printf(&h->row_titles, "%zu\t%s\n", h->rows++, title);
}

void tern_heatmap_cell(struct tern_heatmap *h, size_t row, size_t column, int step, const char *text,
                       const char *hint) {
    tern_text_printf(&h->cells, "%zu\t%zu\t%d\t%s\t%s\n", column, row, step, text, hint);
}

/* gnuplot reads a colour as a number here: 0xRRGGBB. */
static void put_colours(struct tern_text *t) {
    tern_text_put(t, "array colour[9] = [");
    for (int i = 0; i < TERN_HEAT_STEPS; i++)
        tern_text_printf(t, "%s0x%s", i ? ", " : "", tern_heat_colour[i] + 1);
    tern_text_put(t, "]\n");
}

void tern_heatmap_end(struct tern_heatmap *h, const char *note) {
    struct tern_text *t = &h->figure->script;
    const int height = HEAD + FOOT + ROW * (int)h->rows;
    const double wide = TERN_FIGURE_WIDTH * (0.985 - h->left),
                 most = (double)COLUMN_MOST * (double)h->columns;
    const double right = h->left + (wide < most ? wide : most) / TERN_FIGURE_WIDTH;
    const char *name = h->figure->name;
    tern_figure_preamble(h->figure, height);
    put_colours(t);
    tern_text_printf(t,
                     "set lmargin at screen %.4f\nset rmargin at screen %.4f\n"
                     "set tmargin at screen %.4f\nset bmargin at screen %.4f\n"
                     "set border 0\nset xrange [-0.5:%.1f]\nset yrange [%.1f:-0.5]\nunset xtics\n"
                     "set ytics nomirror scale 0 font ',11' textcolor rgb '" TERN_INK "'\n"
                     "set style fill solid 1.0 noborder\n"
                     "set label 1 '%s' at screen %.4f,%.4f left font ',11' textcolor rgb '" TERN_SOFT "'\n",
                     h->left, right, 1 - (double)HEAD / height, (double)FOOT / height,
                     (double)h->columns - 0.5, (double)h->rows - 0.5, note, h->left, 0.4 * FOOT / height);
    tern_text_printf(
        t,
        "plot '%s.dat' index 0 using 1:2:($1-0.48):($1+0.48):($2-0.46):($2+0.46):(colour[int($3)+1]) with "
        "boxxyerror lc rgb variable notitle, \\\n"
        "  '' index 0 using 1:2:4 with labels font ',11' textcolor rgb '" TERN_INK "' notitle, \\\n"
        "  '' index 0 using 1:(form eq 'svg' ? $2 : NaN):5 with labels hypertext point pt 5 ps 1.4 lc rgb "
        "'#ff1f2328' notitle, \\\n"
        "  '' index 1 using (-0.5):1:ytic(2) with points pt 0 lc rgb '#ffd9dde1' notitle, \\\n"
        "  '' index 2 using 1:(-0.5):2 with labels offset 0,0.9 font ',11' textcolor rgb '" TERN_SOFT
        "' notitle\n",
        name);
    struct tern_text *data = &h->figure->data;
    struct tern_text *block[] = {&h->cells, &h->row_titles, &h->column_titles};
    const char *const what[] = {"column\trow\tstep of the colour\ttext\tlong text", "row\ttitle",
                                "column\ttitle"};
    const char *const none[] = {"nan\tnan\t4\t\t\n", "nan\t\n", "nan\t\n"};
    for (size_t i = 0; i < 3; i++) {
        tern_text_printf(data, "%s# %s\n%s", i ? "\n\n" : "", what[i],
                         block[i]->used ? block[i]->data : none[i]);
        data->failed |= block[i]->failed;
        tern_text_free(block[i]);
    }
}
