/* Format trade-off: what fewer bits per weight buy, for the best variant of every format. */
#include "reports/data/group.h"
#include "reports/data/number.h"
#include "reports/figures/panels.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMATS = 48, PANELS = 8, COLUMNS = 2, HEIGHT = 360, BOX = HEIGHT - 78, LABEL = 13, ROOFS = 32 };

struct format {
    const char *name, *variant, *params;
    double bits, ns, bytes;
    size_t n;
    const struct tern_record *sample; /* NULL: the search's own number */
};

struct formats {
    const struct tern_report_problem *problem;
    struct format item[FORMATS];
    size_t count;
    double read, int8; /* ceilings, GB/s and GMAC/s; NaN: not known */
};

static void offer(struct formats *f, struct format x) {
    const struct tern_record *key = f->problem->key;
    size_t i = 0;
    if (!(x.ns > 0) || !(x.bytes > 0) || !*tern_or_empty(x.name)) return;
    x.bits = 8 * x.bytes / ((double)key->m * (double)key->k);
    while (i < f->count && strcmp(f->item[i].name, x.name)) i++;
    if (i == FORMATS) return;
    struct format *old = &f->item[i];
    if (i == f->count)
        f->count++;
    else if ((old->sample && !x.sample) || (!old->sample == !x.sample && old->ns <= x.ns))
        return;
    *old = x;
}

static int by_bits(const void *pa, const void *pb) {
    const struct format *a = pa, *b = pb;
    if (a->bits != b->bits) return a->bits < b->bits ? -1 : 1;
    return (a->ns > b->ns) - (a->ns < b->ns);
}

static void formats_of(const struct tern_report_data *d, const struct tern_report_problem *q,
                       struct formats *f) {
    const struct tern_report_ceiling *roof[ROOFS];
    const struct tern_record *search = tern_report_search_of(d, q->key);
    int same_run;
    *f = (struct formats){.problem = q, .read = NAN, .int8 = NAN};
    for (size_t i = 0; i < q->count; i++) {
        const struct tern_record *r = q->entry[i].record;
        offer(f, (struct format){r->format, r->variant, r->params, 0, r->est.median, r->bytes, r->est.n, r});
    }
    for (size_t i = 0; search && i < search->search->trials; i++) {
        const struct tern_search_trial *x = &search->search->trial[i];
        const struct tern_search_variant *v = &search->search->variant[x->variant];
        offer(f, (struct format){v->format, v->name, x->params, 0, x->median, v->bytes, x->n, NULL});
    }
    qsort(f->item, f->count, sizeof *f->item, by_bits);
    const size_t n = tern_report_roofs(d, q->key, roof, ROOFS, &same_run);
    for (size_t i = 0; i < n; i++) {
        const struct tern_record *c = roof[i]->record;
        if (roof[i]->is_read && tern_same_memory(c->regime, q->key->regime)) f->read = roof[i]->rate;
        if (!strcmp(tern_or_empty(c->op), "int8"))
            f->int8 = fmax(roof[i]->rate, isfinite(f->int8) ? f->int8 : 0);
    }
}

/* Weights times tokens per nanosecond: G weights per second for one token. */
static double speed(const struct formats *f, const struct format *x) {
    const struct tern_record *key = f->problem->key;
    return (double)key->m * (double)key->k * (double)key->n / x->ns;
}

static double read_roof(const struct formats *f, double bits) {
    return f->read * 8 / bits * (double)f->problem->key->n;
}

struct placed {
    const struct format *x;
    double at; /* place of the label from the top of the box, in units of the drawing */
};

static int by_place(const void *pa, const void *pb) {
    const struct placed *a = pa, *b = pb;
    return (a->at > b->at) - (a->at < b->at);
}

/* Labels stand in a column on the right, as near to their points as their height allows. */
static size_t place_labels(const struct formats *f, double lo, double hi, struct placed *out) {
    size_t n = 0;
    for (size_t i = 0; i < f->count && n < BOX / LABEL; i++)
        out[n++] = (struct placed){&f->item[i], BOX * (1 - log(speed(f, &f->item[i]) / lo) / log(hi / lo))};
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

static void put_panel(struct tern_panels *p, const struct formats *f, size_t block) {
    struct placed placed[FORMATS];
    struct tern_text label = {0};
    struct tern_text *t = &p->figure->script, *data = &p->figure->data;
    double lo = INFINITY, hi = 0;
    const double from = 0.9, to = 44;
    for (size_t i = 0; i < f->count; i++)
        lo = fmin(lo, speed(f, &f->item[i])), hi = fmax(hi, speed(f, &f->item[i]));
    if (isfinite(f->read) && read_roof(f, 1.6) < 6 * hi) hi = fmax(hi, read_roof(f, 1.6));
    if (isfinite(f->int8) && f->int8 < 3 * hi) hi = fmax(hi, f->int8);
    lo *= 0.75, hi *= 1.35;
    tern_put_problem_label(&label, f->problem->key);
    tern_panels_next(p, label.failed ? "" : label.data);
    tern_text_printf(data, "%s# points%zu: bits per weight\tG weights/s\tlow\thigh\tlong label\trough\n",
                     block ? "\n\n" : "", block);
    for (size_t i = 0; i < f->count; i++) {
        const struct format *x = &f->item[i];
        const double v = speed(f, x);
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
        tern_text_printf(data, "\t%.5g\t%.6g\t%.5g\t%.6g\n", placed[i].x->bits, speed(f, placed[i].x), to, y);
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
        struct formats f;
        if (strcmp(tern_or_empty(r->machine), machine)) continue;
        formats_of(d, &d->problem[i], &f);
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

static void figures(const struct tern_report_data *d, const char *machine, size_t index,
                    struct tern_figures *out) {
    struct formats f;
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
        formats_of(d, &d->problem[which[i]], &f);
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

static void rate_cells(const struct formats *f, const struct format *x, struct tern_text *t) {
    tern_cell_open(t, speed(f, x));
    tern_put_number(t, speed(f, x), 4);
    tern_text_put(t, "</td>");
    tern_cell_open(t, x->bytes / x->ns);
    tern_put_number(t, x->bytes / x->ns, 4);
    tern_text_put(t, "</td>");
    const double share = x->bytes / x->ns / f->read;
    tern_cell_open(t, share);
    tern_put_number(t, share * 100, 3);
    tern_text_put(t, isfinite(share) ? " %</td>" : "</td>");
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct formats f;
    tern_text_put(t, "<details class=\"rows\"><summary>Table</summary>\n");
    tern_html_open_table(
        t, p, "formats",
        "The fastest variant of each format. Median of n samples of the comparison and its 95 % interval; "
        "\xe2\x80\x9csearch\xe2\x80\x9d: median of the few rounds of the search. G weights/s counts weights "
        "times "
        "tokens.",
        (const char *const[]){"M\xc3\x97K", ">N", ">Threads", "Regime", "Format", ">Bits", "Best variant",
                              ">Median", ">n", "From", ">G weights/s", ">GB/s", ">of read", NULL});
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_record *key = d->problem[i].key;
        formats_of(d, &d->problem[i], &f);
        for (size_t j = 0; j < f.count; j++) {
            const struct format *x = &f.item[j];
            const struct tern_time_unit u = tern_time_unit_for(x->ns);
            struct tern_record r = {.variant = x->variant, .params = x->params};
            r.est = (struct tern_estimate){.median = x->ns, .ci_lo = NAN, .ci_hi = NAN, .n = x->n};
            tern_text_put(t, "<tr>");
            tern_cell_problem(t, p, key);
            tern_cell_text(t, x->name);
            tern_cell_open(t, x->bits);
            tern_put_number(t, x->bits, 4);
            tern_text_put(t, "</td>");
            tern_cell_variant(t, &r);
            tern_cell_time(t, x->sample ? x->sample : &r, u);
            tern_cell_count(t, x->n);
            tern_cell_text(t, x->sample ? "comparison" : "search");
            rate_cells(&f, x, t);
            tern_text_put(t, "</tr>\n");
        }
    }
    tern_text_put(t, "</tbody></table></div></details>\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct formats f;
    tern_text_put(t, "| Problem | Format | Bits | Best variant | Median | n | From | G weights/s | GB/s |\n"
                     "|---|---|--:|---|--:|--:|---|--:|--:|\n");
    for (size_t i = 0; i < d->problems; i++) {
        struct tern_text name = {0};
        tern_put_problem(&name, d->problem[i].key, 0);
        formats_of(d, &d->problem[i], &f);
        for (size_t j = 0; j < f.count; j++) {
            const struct format *x = &f.item[j];
            const struct tern_time_unit u = tern_time_unit_for(x->ns);
            const struct tern_record r = {.variant = x->variant, .params = x->params};
            tern_text_put(t, "| ");
            tern_text_markdown(t, name.data);
            tern_text_put(t, " | ");
            tern_text_markdown(t, x->name);
            tern_text_put(t, " | ");
            tern_put_number(t, x->bits, 4);
            tern_text_put(t, " | ");
            tern_md_variant(t, &r);
            tern_put_time(t, x->ns, u);
            tern_text_printf(t, " %s | %zu | %s | ", u.name, x->n, x->sample ? "comparison" : "search");
            tern_put_number(t, speed(&f, x), 4);
            tern_text_put(t, " | ");
            tern_put_number(t, x->bytes / x->ns, 4);
            tern_text_put(t, " |\n");
        }
        t->failed |= name.failed;
        tern_text_free(&name);
    }
    tern_text_put(t, "\n");
}

static void csv(const struct tern_report_page *p, struct tern_text *t) {
    struct formats f;
    tern_text_put(t, TERN_CSV_PROBLEM ",format,bits_per_weight,variant,params,from,median_ns,ci95_low_ns,"
                                      "ci95_high_ns,n,gweights_per_s,gb_per_s,read_ceiling_gb_per_s,"
                                      "int8_ceiling_gmac_per_s\n");
    for (size_t i = 0; i < p->data->problems; i++) {
        formats_of(p->data, &p->data->problem[i], &f);
        for (size_t j = 0; j < f.count; j++) {
            const struct format *x = &f.item[j];
            tern_csv_problem(t, p->data->problem[i].key);
            tern_csv_text(t, x->name);
            tern_csv_number(t, x->bits);
            tern_csv_text(t, x->variant), tern_csv_text(t, x->params);
            tern_csv_text(t, x->sample ? "comparison" : "search");
            tern_csv_number(t, x->ns);
            tern_csv_number(t, x->sample ? x->sample->est.ci_lo : NAN);
            tern_csv_number(t, x->sample ? x->sample->est.ci_hi : NAN);
            tern_csv_count(t, x->n);
            tern_csv_number(t, speed(&f, x)), tern_csv_number(t, x->bytes / x->ns);
            tern_csv_number(t, f.read), tern_csv_number(t, f.int8);
            tern_text_put(t, "\n");
        }
    }
}

const struct tern_section tern_section_formats = {
    .id = "formats",
    .nav = "Formats",
    .heading = "Format trade-off",
    .figures = figures,
    .has = tern_report_has_problems,
    .absent = "sample",
    .command = "tern tune",
    .html = html,
    .markdown = markdown,
    .csv = {{"formats.csv", csv}},
};
