/* A figure of small charts in a grid: equal boxes, each with its own title and axes. */
#ifndef TERN_REPORTS_FIGURES_PANELS_H
#define TERN_REPORTS_FIGURES_PANELS_H

#include "reports/figures/figures.h"

struct tern_panels {
    struct tern_figure *figure;
    size_t count, columns, next;
    int height;     /* of one panel with its title and axis, in units of the drawing */
    int head;       /* room above all panels, for the key */
    double indent;  /* room left of each box, for the numbers of its axis, in the same units */
    double outdent; /* room right of each box, for labels */
};

/* Writes the preamble. `key` is a line of our own words above all panels; "" for none. */
void tern_panels_begin(struct tern_panels *p, struct tern_figure *f, size_t count, size_t columns, int height,
                       double indent, double outdent, const char *key);
/* Begins the next panel: what follows belongs to it until the next call. `title` comes from
 * tern_text_label, or is our own words. */
void tern_panels_next(struct tern_panels *p, const char *title);
/* The axes that all these figures have. `xlabel` is our own words. */
void tern_panels_axes(struct tern_panels *p, const char *xlabel);
void tern_panels_end(struct tern_panels *p);
/* A coloured word of the key. `x` is its place from the left, in units of the drawing. */
void tern_panels_key(struct tern_panels *p, double x, const char *colour, const char *text);

#endif
