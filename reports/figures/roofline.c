/* Rooflines: attained multiply-adds per second over arithmetic intensity, under the ceilings of the same
 * machine and thread count. Source of the model: Williams, Waterman, Patterson, "Roofline", CACM 52(4), 2009.
 */
#include "reports/figures/figures.h"

#include "reports/data/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_ROOFS = 16, MAX_SERIES = 24, HEIGHT = 540 };
static const double left = 0.085, right = 0.975, low = 0.115,
                    high = 0.875; /* plot box, share of the picture */

struct range {
    double lo, hi;
};

struct series {
    char format[24];
    struct tern_text points;
};

static void widen(struct range *r, double v) {
    if (isfinite(v) && v > 0) r->lo = fmin(r->lo, v), r->hi = fmax(r->hi, v);
}

static struct series *series_of(struct series *s, size_t *count, const char *format) {
    char name[sizeof s->format];
    snprintf(name, sizeof name, "%s", *tern_or_empty(format) ? format : "other");
    for (size_t i = 0; i < *count; i++)
        if (!strcmp(s[i].format, name)) return &s[i];
    if (*count == MAX_SERIES) return &s[MAX_SERIES - 1];
    s[*count] = (struct series){{0}, {0}};
    memcpy(s[*count].format, name, sizeof name);
    return &s[(*count)++];
}

static void add_point(struct series *s, size_t *count, const struct tern_record *r,
                      struct tern_samples *samples, struct range *x, struct range *y) {
    if (!r || !(r->bytes > 0) || !isfinite(r->bytes)) return;
    const double rate = tern_rate(r->macs, r->est.median);
    double lo = tern_rate(r->macs, r->est.ci_hi), hi = tern_rate(r->macs, r->est.ci_lo);
    if (!isfinite(rate)) return;
    if (!isfinite(lo) || !isfinite(hi)) lo = hi = rate;
    tern_samples_add(samples, r->est.n);
    widen(x, r->macs / r->bytes);
    widen(y, lo);
    widen(y, hi);
    struct tern_text *t = &series_of(s, count, r->format)->points;
    tern_text_printf(t, "%.10g\t%.10g\t%.10g\t%.10g\t", r->macs / r->bytes, rate, lo, hi);
    tern_put_shape(t, r);
    tern_text_printf(t, " N=%zu ", r->n);
    tern_text_label(t, r->regime);
    tern_text_put(t, ", ");
    tern_text_label(t, r->variant);
    tern_text_put(t, ": ");
    tern_put_number(t, rate, 4);
    tern_text_put(t, " GMAC/s\n");
}

/* "read L2: 101 GB/s", "vpdpbusd zmm: 234 GMAC/s". */
static void put_roof_label(struct tern_text *t, const struct tern_report_ceiling *c) {
    const struct tern_record *r = c->record;
    tern_text_label(t, c->is_read && *tern_or_empty(r->op) ? r->op : r->variant);
    if (c->is_read) {
        tern_text_put(t, " ");
        if (*tern_or_empty(r->regime))
            tern_text_label(t, r->regime);
        else
            tern_put_bytes(t, r->bytes);
    }
    tern_text_put(t, ": ");
    tern_put_number(t, c->rate, 3);
    tern_text_put(t, c->is_read ? " GB/s" : " GMAC/s");
}

/* Of several ways to do the same arithmetic only the fastest is a roof. */
static size_t keep_fastest(const struct tern_report_ceiling **c, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int beaten = 0;
        for (size_t j = 0; j < count && !c[i]->is_read; j++)
            beaten |= !c[j]->is_read && c[j]->rate > c[i]->rate &&
                      !strcmp(tern_or_empty(c[j]->record->op), tern_or_empty(c[i]->record->op));
        if (!beaten) c[kept++] = c[i];
    }
    return kept;
}

/* Highest first, so that a label knows whether the roof above it is too close. */
static void sort_roofs(const struct tern_report_ceiling **c, size_t count) {
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && c[j]->rate > c[j - 1]->rate; j--) {
            const struct tern_report_ceiling *swap = c[j];
            c[j] = c[j - 1], c[j - 1] = swap;
        }
}

/* Two blocks of lines and two of labels: slopes (memory) and flats (arithmetic). A label goes under its line
 * when the line above is too close for it. */
static void put_roofs(struct tern_text *lines, struct tern_text *slope_labels, struct tern_text *flat_labels,
                      const struct tern_report_ceiling **roof, size_t roofs, struct range x, double step) {
    double peak = 0, bandwidth = 0, above = INFINITY;
    for (size_t i = 0; i < roofs; i++) {
        if (roof[i]->is_read)
            bandwidth = fmax(bandwidth, roof[i]->rate);
        else
            peak = fmax(peak, roof[i]->rate);
    }
    for (int read = 0; read < 2; read++, above = INFINITY) {
        for (size_t i = 0; i < roofs; i++) {
            const double rate = roof[i]->rate;
            if (roof[i]->is_read != read) continue;
            const int under = above / rate < step;
            above = rate;
            struct tern_text *label = read ? slope_labels : flat_labels;
            if (read) {
                const double end = peak > 0 ? fmin(x.hi, peak / rate) : x.hi, start = x.lo * 1.12;
                tern_text_printf(lines, "%.10g\t%.10g\n%.10g\t%.10g\n\n", x.lo, rate * x.lo, end, rate * end);
                tern_text_printf(label, "%.10g\t%.10g\t", start,
                                 rate * start * (under ? pow(step, -0.55) : pow(step, 0.5)));
            } else {
                const double start = bandwidth > 0 ? fmax(x.lo, rate / bandwidth) : x.lo;
                tern_text_printf(lines, "%.10g\t%.10g\n%.10g\t%.10g\n\n", start, rate, x.hi, rate);
                tern_text_printf(label, "%.10g\t%.10g\t", x.hi / 1.06,
                                 rate * (under ? pow(step, -0.55) : pow(step, 0.45)));
            }
            put_roof_label(label, roof[i]);
            tern_text_put(label, "\n");
        }
    }
}

static void put_series_style(struct tern_text *t, const char *format, size_t *next) {
    static const struct {
        const char *format, *colour;
        int mark;
    } known[] = {{"f16", TERN_GREY, 6}, {"f32", TERN_GREY, 4}, {"i2s", TERN_RED, 8}};
    static const char *const colour[] = {TERN_BLUE, TERN_GREEN, TERN_PURPLE, TERN_BROWN};
    static const int mark[] = {7, 5, 13, 9, 11, 15}; /* filled shapes */
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(known[i].format, format)) continue;
        tern_text_printf(t, "pt %d ps 0.9 lc rgb '%s'", known[i].mark, known[i].colour);
        return;
    }
    tern_text_printf(t, "pt %d ps 1 lc rgb '%s'", mark[*next % 6], colour[*next % 4]);
    ++*next;
}

static void put_script(struct tern_figure *f, struct series *s, size_t count, size_t roofs, struct range x,
                       struct range y) {
    struct tern_text *t = &f->script;
    const double dx = TERN_FIGURE_WIDTH * (right - left) / log10(x.hi / x.lo),
                 dy = HEIGHT * (high - low) / log10(y.hi / y.lo);
    tern_figure_preamble(f, HEIGHT);
    tern_text_printf(
        t,
        "set lmargin at screen %.3f\nset rmargin at screen %.3f\nset bmargin at screen %.3f\n"
        "set tmargin at screen %.3f\nset border 3\nset logscale xy 10\n"
        "set xrange [%.6g:%.6g]\nset yrange [%.6g:%.6g]\n"
        "set format '%%g'\nset tics textcolor rgb '" TERN_INK "'\nset mxtics 10\nset mytics 10\n"
        "set grid xtics ytics lt 1 lc rgb '" TERN_GRID "'\n"
        "set xlabel 'arithmetic intensity, multiply-adds per compulsory byte (modelled)' textcolor rgb "
        "'" TERN_SOFT
        "'\nset ylabel 'GMAC/s (median, bar: 95 %% interval)' offset 1,0 textcolor rgb '" TERN_SOFT "'\n"
        "set key outside top left horizontal Left reverse samplen 1.5\nplot \\\n",
        left, right, low, high, x.lo, x.hi, y.lo, y.hi);
    if (roofs)
        tern_text_printf(
            t,
            "  '%s.dat' index 'roofs' using 1:2 with lines lw 1.6 lc rgb '" TERN_INK "' notitle, \\\n"
            "  '' index 'slopes' using 1:2:3 with labels left rotate by %.1f font ',11' textcolor rgb "
            "'" TERN_SOFT "' notitle, \\\n"
            "  '' index 'flats' using 1:2:3 with labels right font ',11' textcolor rgb '" TERN_SOFT
            "' notitle, \\\n",
            f->name, atan2(dy, dx) * 180 / 3.14159265358979);
    for (size_t i = 0, style = 0; i < count; i++) {
        struct tern_text look = {0};
        put_series_style(&look, s[i].format, &style);
        t->failed |= look.failed;
        if (look.failed) return;
        tern_text_printf(t, "  '%s.dat' index 'points%zu' using 1:2:3:4 with yerrorbars %s lw 1.4 title '",
                         f->name, i, look.data);
        tern_text_label(t, s[i].format);
        tern_text_printf(
            t, "', \\\n  '' index 'points%zu' using 1:2:5 with labels hypertext point %s notitle%s\n", i,
            look.data, i + 1 < count ? ", \\" : "");
        tern_text_free(&look);
    }
}

static void one_roofline(const struct tern_report_data *d, const struct tern_record *key, size_t index,
                         struct tern_figures *out) {
    struct series s[MAX_SERIES];
    size_t count = 0;
    struct tern_samples samples = {0, 0};
    struct range x = {INFINITY, 0}, y = {INFINITY, 0};
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *p = &d->problem[i];
        if (strcmp(tern_or_empty(p->key->machine), tern_or_empty(key->machine)) ||
            p->key->threads != key->threads)
            continue;
        add_point(s, &count, p->f16, &samples, &x, &y);
        add_point(s, &count, p->f32, &samples, &x, &y);
        if (p->i2s != p->best) add_point(s, &count, p->i2s, &samples, &x, &y);
        add_point(s, &count, p->best, &samples, &x, &y);
    }
    if (!count) return;
    struct tern_figure *f = tern_figure_add(out, "roofline", tern_or_empty(key->machine));
    const struct tern_report_ceiling *roof[MAX_ROOFS];
    int same_run;
    const size_t roofs = keep_fastest(roof, tern_report_ceilings_of(d, key, roof, MAX_ROOFS, &same_run));
    for (size_t i = 0; i < roofs; i++)
        if (!roof[i]->is_read) widen(&y, roof[i]->rate);
    /* room beside the dots for the names of the slopes (left) and of the flat roofs (right) */
    x = (struct range){x.lo / (roofs ? 8 : 2), x.hi * (roofs ? 20 : 2)};
    for (size_t i = 0; i < roofs; i++)
        if (roof[i]->is_read) widen(&y, roof[i]->rate * x.lo * 2);
    y = (struct range){y.lo / 2, y.hi * 1.8};
    sort_roofs(roof, roofs);
    struct tern_text lines = {0}, slopes = {0}, flats = {0};
    /* the factor on the y axis that makes room for one line of text */
    const double step = pow(y.hi / y.lo, 22.0 / (HEIGHT * (high - low)));
    put_roofs(&lines, &slopes, &flats, roof, roofs, x, step);
    if (f) {
        f->threads = key->threads;
        if (index)
            snprintf(f->name, sizeof f->name, "roofline-m%zu-%zut", index, key->threads);
        else
            snprintf(f->name, sizeof f->name, "roofline-%zut", key->threads);
        put_script(f, s, count, roofs, x, y);
        struct tern_text *t = &f->data;
        const char *const none = "nan\tnan\tnan\n";
        tern_text_printf(t, "# roofs\n%s\n# slopes\n%s\n\n# flats\n%s",
                         lines.used ? lines.data : "nan\tnan\n\n", slopes.used ? slopes.data : none,
                         flats.used ? flats.data : none);
        for (size_t i = 0; i < count; i++) {
            tern_text_printf(t, "\n\n# points%zu\n", i);
            tern_text_put(t, s[i].points.data);
            t->failed |= s[i].points.failed;
        }
        t->failed |= lines.failed || slopes.failed || flats.failed;
        tern_text_printf(&f->title, "Roofline, %zu thread%s", key->threads, key->threads == 1 ? "" : "s");
        tern_text_put(&f->caption, "Dots are the best ternary variant and the baselines of each problem: "
                                   "median multiply-adds per second, "
                                   "bar: 95 % interval of the median. Arithmetic intensity is modelled: "
                                   "multiply-adds over the bytes that "
                                   "must be read at least once.");
        tern_put_samples(&f->caption, samples);
        tern_text_put(&f->caption, " ");
        if (!roofs)
            tern_text_put(&f->caption,
                          "No ceiling was measured with this number of threads, so none is drawn.");
        else if (same_run)
            tern_text_put(&f->caption,
                          "Lines are ceilings measured in the same run: sloped for reading memory, "
                          "flat for the fastest way of each kind of multiply-add.");
        else
            tern_text_put(
                &f->caption,
                "Lines are ceilings measured on this machine in another run, because this one measured "
                "none: sloped for reading memory, flat for the fastest way of each kind of multiply-add.");
    }
    for (size_t i = 0; i < count; i++) tern_text_free(&s[i].points);
    tern_text_free(&lines);
    tern_text_free(&slopes);
    tern_text_free(&flats);
}

void tern_figure_rooflines(const struct tern_report_data *d, const char *machine, size_t index,
                           struct tern_figures *out) {
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_record *r = d->problem[i].key;
        if (strcmp(tern_or_empty(r->machine), machine)) continue;
        int seen = 0;
        for (size_t j = 0; j < i && !seen; j++)
            seen = d->problem[j].key->threads == r->threads &&
                   !strcmp(tern_or_empty(d->problem[j].key->machine), machine);
        if (!seen) one_roofline(d, r, index, out);
    }
}
