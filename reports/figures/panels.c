#include "reports/figures/panels.h"

enum { TITLE = 30, AXIS = 48 }; /* above and below a box */

void tern_panels_begin(struct tern_panels *p, struct tern_figure *f, size_t count, size_t columns, int height,
                       double indent, double outdent, const char *key) {
    *p = (struct tern_panels){.figure = f,
                              .count = count,
                              .columns = columns,
                              .height = height,
                              .head = *key ? 30 : 6,
                              .indent = indent,
                              .outdent = outdent};
    const size_t rows = (count + columns - 1) / columns;
    const int all = p->head + (int)rows * height;
    tern_figure_preamble(f, all);
    if (*key) tern_panels_key(p, 10, TERN_SOFT, key);
    tern_text_put(&f->script, "set multiplot\n");
}

void tern_panels_key(struct tern_panels *p, double x, const char *colour, const char *text) {
    const size_t rows = (p->count + p->columns - 1) / p->columns;
    const int all = p->head + (int)rows * p->height;
    tern_text_printf(&p->figure->script,
                     "set label at screen %.4f,%.4f '%s' left font ',12' textcolor rgb '%s'\n",
                     x / TERN_FIGURE_WIDTH, 1 - 13.0 / all, text, colour);
}

void tern_panels_next(struct tern_panels *p, const char *title) {
    const size_t rows = (p->count + p->columns - 1) / p->columns;
    const double all = p->head + (double)rows * p->height,
                 wide = (double)TERN_FIGURE_WIDTH / (double)p->columns;
    const size_t row = p->next / p->columns, column = p->next % p->columns;
    const double left = (double)column * wide + p->indent, right = (double)(column + 1) * wide - p->outdent,
                 top = p->head + (double)row * p->height + TITLE,
                 bottom = p->head + (double)(row + 1) * p->height - AXIS;
    if (p->next) tern_text_put(&p->figure->script, "unset label\n");
    tern_text_printf(
        &p->figure->script,
        "\nset lmargin at screen %.4f\nset rmargin at screen %.4f\nset tmargin at screen %.4f\n"
        "set bmargin at screen %.4f\nset label '%s' at screen %.4f,%.4f left font ',12' textcolor "
        "rgb '" TERN_INK "'\n",
        left / TERN_FIGURE_WIDTH, right / TERN_FIGURE_WIDTH, 1 - top / all, 1 - bottom / all, title,
        ((double)column * wide + 10) / TERN_FIGURE_WIDTH, 1 - (top - 14) / all);
    p->next++;
}

void tern_panels_end(struct tern_panels *p) {
    tern_text_put(&p->figure->script, "unset multiplot\n");
}

void tern_panels_axes(struct tern_panels *p, const char *xlabel) {
    tern_text_printf(&p->figure->script,
                     "set border 3\nset ytics font ',11' textcolor rgb '" TERN_INK
                     "'\nset xtics font ',11' offset 0,0.4 textcolor rgb '" TERN_INK
                     "'\nset grid ytics lt 1 lc rgb '" TERN_GRID
                     "'\nset xlabel '%s' font ',11' offset 0,1.0 textcolor rgb '" TERN_SOFT "'\n",
                     xlabel);
}
