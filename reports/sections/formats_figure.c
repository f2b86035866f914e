/* Format trade-off as a figure: speed over bits per weight, and what the ceilings allow. */
#include "reports/data/group.h"
#include "reports/data/number.h"
#include "reports/figures/panels.h"
#include "reports/sections/best_formats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PANELS = 8, COLUMNS = 2, HEIGHT = 360, BOX = HEIGHT - 78, LABEL = 13 };

static double read_roof(const struct tern_best_formats *f, double bits) {
    return f->read * 8 / bits * (double)f->problem->key->n;
}

struct placed {
    const struct tern_best_format *x;
    double at; /* place of the label from the top of the box, in units of the drawing */
};

static int by_place(const void *pa, const void *pb) {
    const struct placed *a = pa, *b = pb;
    return (a->at > b->at) - (a->at < b->at);
}

/* Labels stand in a column on the right, as near to their points as their height allows. */
static size_t place_labels(const struct tern_best_formats *f, double lo, double hi, struct placed *out) {
    size_t n = 0;
    for (size_t i = 0; i < f->count && n < BOX / LABEL; i++)
        out[n++] = (struct placed){
            &f->item[i], BOX * (1 - log(tern_best_format_speed(f, &f->item[i]) / lo) / log(hi / lo))};
    qsort(out, n, sizeof *out, by_place);
    for (int turn = 0; turn < 200; turn++) {
        for (size_t i = 1; i < n; i++) {
            const double over = LABEL - (out[i].at - out[i - 1].at);
            if (over > 0) out[i - 1].at -= over / 2, out[i].at += over / 2;
        }
        if (n && out[0].at < 6) out[0].at = 6;
        if (n && out[n - 1].at > BOX - 6) out[n - 1].at = BOX - 6;
    }
    return n;
}

static void put_panel(struct tern_panels *p, const struct tern_best_formats *f, size_t block) {
    struct placed placed[TERN_FORMATS_MAX];
    struct tern_text label = {0};
    struct tern_text *t = &p->figure->script, *data = &p->figure->data;
    double lo = INFINITY, hi = 0;
    const double from = 0.9, to = 44;
    for (size_t i = 0; i < f->count; i++)
        lo = fmin(lo, tern_best_format_speed(f, &f->item[i])),
        hi = fmax(hi, tern_best_format_speed(f, &f->item[i]));
    if (isfinite(f->read) && read_roof(f, 1.6) < 6 * hi) hi = fmax(hi, read_roof(f, 1.6));
    if (isfinite(f->int8) && f->int8 < 3 * hi) hi = fmax(hi, f->int8);
    lo *= 0.75, hi *= 1.35;
    tern_put_problem_label(&label, f->problem->key);
    tern_panels_next(p, label.failed ? "" : label.data);
    tern_text_printf(data, "%s# points%zu: bits per weight\tG weights/s\tlow\thigh\tlong label\trough\n",
                     block ? "\n\n" : "", block);
    for (size_t i = 0; i < f->count; i++) {
        const struct tern_best_format *x = &f->item[i];
        const double v = tern_best_format_speed(f, x);
        const int known = x->sample && isfinite(x->sample->est.ci_lo) && isfinite(x->sample->est.ci_hi);
        tern_text_printf(data, "%.5g\t%.6g\t%.6g\t%.6g\t", x->bits, v,
                         known ? v * x->ns / x->sample->est.ci_hi : v,
                         known ? v * x->ns / x->sample->est.ci_lo : v);
        tern_text_label(data, x->variant);
        tern_text_printf(data, ": %.4g G weights/s, n = %zu%s\t%d\n", v, x->n, x->sample ? "" : ", search",
                         !x->sample);
    }
    tern_text_printf(data, "\n\n# labels%zu: format\tx and y of the point\tx and y of the label\n", block);
    const size_t n = place_labels(f, lo, hi, placed);
    for (size_t i = 0; i < n; i++) {
        const double y = hi * pow(lo / hi, placed[i].at / BOX);
        tern_text_label(data, placed[i].x->name);
        tern_text_printf(data, "\t%.5g\t%.6g\t%.5g\t%.6g\n", placed[i].x->bits,
                         tern_best_format_speed(f, placed[i].x), to, y);
    }
    tern_text_printf(t, "set xrange [%.3g:%.3g]\nset yrange [%.5g:%.5g]\n", from, to, lo, hi);
    tern_text_printf(
        t,
        "plot '%s.dat' index %zu using 2:3:($4-$2):($5-$3) with vectors nohead lw 0.6 lc rgb '" TERN_GRID
        "' notitle, \\\n",
        p->figure->name, 2 * block + 1);
    if (isfinite(f->read))
        tern_text_printf(t, "  %.6g/x with lines lw 1.4 lc rgb '" TERN_RED "' notitle, \\\n",
                         read_roof(f, 1));
    if (isfinite(f->int8))
        tern_text_printf(t, "  %.6g with lines lw 1.4 lc rgb '" TERN_PURPLE "' notitle, \\\n", f->int8);
    tern_text_printf(
        t,
        "  '%s.dat' index %zu using 1:($6 > 0 ? $2 : NaN) with points pt 6 ps 0.7 lw 1.4 lc rgb '" TERN_BLUE
        "' notitle, \\\n"
        "  '' index %zu using 1:($6 > 0 ? NaN : $2):3:4 with yerrorbars pt 7 ps 0.7 lw 1.4 lc rgb '" TERN_BLUE
        "' notitle, \\\n"
        "  '' index %zu using 1:(form eq 'svg' ? $2 : NaN):5 with labels hypertext point pt 7 ps 0.8 lc rgb "
        "'#ff0072b2' notitle, \\\n"
        "  '' index %zu using 4:5:1 with labels left offset 0.6,0 font ',11' textcolor rgb '" TERN_INK
        "' notitle\n",
        p->figure->name, 2 * block, 2 * block, 2 * block, 2 * block + 1);
    data->failed |= label.failed;
    tern_text_free(&label);
}

/* Largest matrix first: `out` gets at most PANELS problems of a machine, in the order of the report. */
static size_t choose(const struct tern_report_data *d, const char *machine, size_t *out, size_t *all) {
    size_t n = 0;
    *all = 0;
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_record *r = d->problem[i].key;
        struct tern_best_formats f;
        if (strcmp(tern_or_empty(r->machine), machine)) continue;
        tern_best_formats_of(d, &d->problem[i], &f);
        if (f.count < 2) continue;
        ++*all;
        if (n < PANELS) {
            out[n++] = i;
            continue;
        }
        size_t least = 0;
        for (size_t j = 1; j < n; j++)
            if (d->problem[out[j]].key->m * d->problem[out[j]].key->k <
                d->problem[out[least]].key->m * d->problem[out[least]].key->k)
                least = j;
        if (d->problem[out[least]].key->m * d->problem[out[least]].key->k >= r->m * r->k) continue;
        memmove(out + least, out + least + 1, (n - least - 1) * sizeof *out);
        out[n - 1] = i;
    }
    return n;
}

void tern_figure_formats(const struct tern_report_data *d, const char *machine, size_t index,
                         struct tern_figures *out) {
    struct tern_best_formats f;
    struct tern_panels p;
    struct tern_samples samples = {0, 0};
    size_t which[PANELS], all;
    const size_t n = choose(d, machine, which, &all);
    if (!n) return;
    struct tern_figure *g = tern_figure_add(out, "formats", machine);
    if (!g) return;
    tern_figure_name(g, "formats", index);
    tern_panels_begin(&p, g, n, n < COLUMNS ? n : COLUMNS, HEIGHT, 56, 62, "G weights per second (times N):");
    tern_panels_key(&p, 228, TERN_BLUE, "best variant of a format (hollow: search)");
    tern_panels_key(&p, 500, TERN_RED, "reading memory");
    tern_panels_key(&p, 645, TERN_PURPLE, "int8 multiply-adds");
    tern_panels_axes(&p, "bits per weight, packed");
    tern_text_put(&g->script, "set logscale xy 10\nset xtics (1, 2, 4, 8, 16, 32)\nset ytics (");
    const char *comma = "";
    for (double decade = 1e-3; decade < 1e6; decade *= 10)
        for (int i = 1; i <= 5; i += i == 1 ? 1 : 3) {
            tern_text_printf(&g->script, "%s%g", comma, decade * i);
            comma = ", ";
        }
    tern_text_put(&g->script, ")\n");
    for (size_t i = 0; i < n; i++) {
        tern_best_formats_of(d, &d->problem[which[i]], &f);
        for (size_t j = 0; j < f.count; j++) tern_samples_add(&samples, f.item[j].n);
        put_panel(&p, &f, i);
    }
    tern_panels_end(&p);
    tern_text_put(&g->title, "What fewer bits per weight buy");
    tern_text_put(
        &g->caption,
        "The fastest variant of each format: weights times tokens over the median time, bar: 95 % "
        "interval; hollow: median of a search's few rounds, without an interval. Bits are those of the "
        "packed matrix, padding included. The slope is what the measured read bandwidth allows in this "
        "regime, the flat line the measured int8 peak.");
    tern_put_samples(&g->caption, samples);
    if (all > n)
        tern_text_printf(&g->caption, " The %zu largest of %zu problems; formats.csv has all.", n, all);
}
