#include "reports/figures/figures.h"

#include <stdio.h>
#include <stdlib.h>

struct tern_figure *tern_figure_add(struct tern_figures *f, const char *section, const char *machine) {
    if (f->count == f->room) {
        const size_t room = f->room ? f->room * 2 : 8;
        struct tern_figure *grown = realloc(f->item, room * sizeof *grown);
        if (!grown) {
            f->failed = 1;
            return NULL;
        }
        f->item = grown, f->room = room;
    }
    f->item[f->count] = (struct tern_figure){.section = section, .machine = machine};
    return &f->item[f->count++];
}

void tern_figure_name(struct tern_figure *f, const char *stem, size_t index) {
    if (index)
        snprintf(f->name, sizeof f->name, "%s-m%zu", stem, index);
    else
        snprintf(f->name, sizeof f->name, "%s", stem);
}

void tern_figures_free(struct tern_figures *f) {
    for (size_t i = 0; i < f->count; i++) {
        struct tern_figure *g = &f->item[i];
        tern_text_free(&g->title);
        tern_text_free(&g->caption);
        tern_text_free(&g->script);
        tern_text_free(&g->data);
        tern_text_free(&g->svg);
    }
    free(f->item);
    *f = (struct tern_figures){0};
}

void tern_samples_add(struct tern_samples *s, size_t n) {
    if (!n) return;
    if (!s->least || n < s->least) s->least = n;
    if (n > s->most) s->most = n;
}

void tern_put_samples(struct tern_text *t, struct tern_samples s) {
    if (s.least == s.most)
        tern_text_printf(t, " n = %zu.", s.least);
    else
        tern_text_printf(t, " n = %zu to %zu.", s.least, s.most);
}

void tern_figure_preamble(struct tern_figure *f, int height) {
    const int width = TERN_FIGURE_WIDTH;
    tern_text_printf(
        &f->script,
        "# gnuplot --default-settings %s.gp   draws %s.svg from %s.dat in this folder;\n"
        "# with -e \"form = 'png'\" or -e \"form = 'pdf'\" before the script, that.\n"
        "if (!exists('form')) form = 'svg'\n"
        "if (form eq 'svg') set terminal svg size %d,%d dynamic noenhanced font 'sans-serif,13'\n"
        "if (form eq 'png') set terminal pngcairo size %d,%d noenhanced font 'sans-serif,13' "
        "fontscale 1.5 linewidth 2 pointscale 2\n"
        "if (form eq 'pdf') set terminal pdfcairo size %.3fin,%.3fin noenhanced font "
        "'sans-serif,13' fontscale 0.55\n"
        "set output '%s.'.form\n"
        "set encoding utf8\n"
        "set datafile separator '\\t'\n"
        "set datafile missing 'nan'\n"
        "set border lc rgb '" TERN_SOFT "'\n"
        "set tics nomirror out scale 0.6\n"
        "set key textcolor rgb '" TERN_INK "'\n",
        f->name, f->name, f->name, width, height, 2 * width, 2 * height, width / 96.0, height / 96.0,
        f->name);
}
