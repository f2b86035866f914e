/* Figures. Each is a gnuplot script with a data file, which anyone can run again, and the drawing made from
 * them.
 *
 * Scripts contain numbers and our own words. Strings of records go into the data file, or through
 * tern_text_label into a single-quoted string. The colours are those of light pages;
 * reports/assets/figure.css changes them for dark pages. */
#ifndef TERN_REPORTS_FIGURES_FIGURES_H
#define TERN_REPORTS_FIGURES_FIGURES_H

#include "reports/data/select.h"
#include "reports/data/text.h"

#include <stddef.h>

#define TERN_FIGURE_WIDTH 860
/* Colours of reports/assets/figure.css, as gnuplot writes them. */
#define TERN_INK    "#1f2328"
#define TERN_SOFT   "#57606a"
#define TERN_GRID   "#d9dde1"
#define TERN_BLUE   "#0072b2"
#define TERN_RED    "#d55e00"
#define TERN_GREEN  "#00805f"
#define TERN_PURPLE "#a6427e"
#define TERN_BROWN  "#8c6d00"
#define TERN_GREY   "#6b7680"

struct tern_figure {
    const char *section; /* id of the section that shows it */
    char name[40];       /* "speedup", "roofline-2t": file name without ending, and id on the page */
    const char *machine; /* key of the machine it is about, borrowed */
    size_t threads;      /* of a roofline */
    struct tern_text title, caption; /* plain text; escape record strings when printing */
    struct tern_text script, data;
    struct tern_text svg; /* for the page; empty when it could not be drawn */
    int png, pdf;         /* 1: drawn */
};

struct tern_figures {
    struct tern_figure *item;
    size_t count, room;
    int failed;                          /* out of memory */
    const char *why_no_png, *why_no_pdf; /* NULL: gnuplot has the terminal */
};

void tern_figures_free(struct tern_figures *f);
/* Appends an empty figure. `section` is the id of its section (sections/section.h). NULL when out of
 * memory. */
struct tern_figure *tern_figure_add(struct tern_figures *f, const char *section, const char *machine);
/* "<stem>", or "<stem>-m<index>" with several machines (index > 0). */
void tern_figure_name(struct tern_figure *f, const char *stem, size_t index);

/* The range of sample counts in a figure. */
struct tern_samples {
    size_t least, most;
};
void tern_samples_add(struct tern_samples *s, size_t n);
/* " n = 21 to 52." */
void tern_put_samples(struct tern_text *t, struct tern_samples s);

/* The first lines of every script: terminal, output, encoding, borders, ink. */
void tern_figure_preamble(struct tern_figure *f, int height);

/* Each appends its figures to `out` when there is something to show. `index` is the number of the machine,
 * from 1, or 0 when there is only one machine. */
void tern_figure_speedup(const struct tern_report_data *d, const char *machine, size_t index,
                         struct tern_figures *out);
void tern_figure_e2e(const struct tern_report_data *d, const char *machine, size_t index,
                     struct tern_figures *out);
void tern_figure_rooflines(const struct tern_report_data *d, const char *machine, size_t index,
                           struct tern_figures *out);
/* The speedup matrix (matrix.h): one heat map for each group of problems. */
void tern_figure_matrix(const struct tern_report_data *d, const char *machine, size_t index,
                        struct tern_figures *out);
/* Parameter sensitivity (sensitivity.h): slices as small charts, pairs as heat maps. */
void tern_figure_sensitivity(const struct tern_report_data *d, const char *machine, size_t index,
                             struct tern_figures *out);

/* Writes scripts and data to `folder` and lets gnuplot draw them: as SVG, and, unless `svg_only`, as PNG
 * and PDF where it has those terminals (pngcairo, pdfcairo). *drawn counts the drawings. `why` gets the
 * first reason why one was not drawn. Earlier drawings of the same name are deleted first. */
enum tern_status tern_figures_draw(struct tern_figures *f, const char *folder, const char *search,
                                   int svg_only, char *why, size_t why_bytes, size_t *drawn,
                                   struct tern_error *e);

#endif
