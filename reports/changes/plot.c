/* One figure per series: points with their intervals, the level between changes, the changes. */
#define _GNU_SOURCE
#include "reports/changes/changes.h"

#include "base/file.h"
#include "reports/compare/statistics.h"
#include "reports/data/number.h"
#include "reports/figures/gnuplot.h"
#include "reports/program.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double gnuplot_seconds_max = 30, room = 1.4;

double tern_series_level(const struct tern_series *s, size_t point) {
    double *x = malloc((2 * s->points + 1) * sizeof *x);
    size_t from = 0, to = s->points;
    if (!x) return NAN;
    for (size_t i = 0; i < s->changes; i++) {
        if (s->change[i].at <= point) from = s->change[i].at;
        if (s->change[i].at > point && s->change[i].at < to) to = s->change[i].at;
    }
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        if (!tern_series_left_out(s, i)) x[n++] = s->point[i].value;
    const double m = n ? tern_median_of(x, n, x + s->points) : NAN;
    free(x);
    return m;
}

int tern_series_bounds(const struct tern_series *s, double *lo, double *hi) {
    *lo = INFINITY, *hi = 0;
    for (size_t i = 0; i < s->points; i++) {
        if (tern_series_left_out(s, i)) continue;
        *lo = fmin(*lo, s->point[i].value / room), *hi = fmax(*hi, s->point[i].value * room);
    }
    return s->used && s->used < s->points;
}

static void put_data(const struct tern_series *s, struct tern_text *t) {
    tern_text_put(t, "# run value lo hi level time commit left_out\n");
    for (size_t i = 0; i < s->points; i++) {
        const struct tern_record *r = s->point[i].record;
        const double number[] = {s->point[i].value, s->point[i].records == 1 ? r->est.ci_lo : NAN,
                                 s->point[i].records == 1 ? r->est.ci_hi : NAN, tern_series_level(s, i)};
        tern_text_printf(t, "%zu", i + 1);
        for (int k = 0; k < 4; k++) tern_text_put(t, " "), tern_put_exact(t, number[k], "NaN");
        tern_text_put(t, " '");
        tern_text_label(t, r->ts);
        tern_text_put(t, "' '");
        tern_text_label(t, r->commit);
        tern_text_printf(t, "' %d\n", tern_series_left_out(s, i));
    }
}

static void put_script(const struct tern_series *s, const char *name, struct tern_text *t) {
    char title[600];
    double lo, hi;
    tern_series_name(s, title, sizeof title);
    tern_text_printf(t,
                     "set terminal svg size 900,380 dynamic font 'sans-serif,12'\nset output '%s.svg'\n"
                     "set encoding utf8\nset title '",
                     name);
    tern_text_label(t, title);
    tern_text_put(t, "' noenhanced\nset xlabel 'run'\nset ylabel '");
    tern_text_label(t, s->key->unit);
    tern_text_put(t, ", median and 95 % interval' noenhanced\nset key off\nset grid ytics\n");
    if (tern_series_bounds(s, &lo, &hi)) tern_text_printf(t, "set yrange [%.6g<*:*<%.6g]\n", lo, hi);
    for (size_t i = 0; i < s->changes; i++) {
        const struct tern_change *c = &s->change[i];
        const char *colour = c->note && c->note->accepted ? "#777777" : c->ratio > 1 ? "#b2182b" : "#1b7837";
        const double at = (double)(c->since + c->at) / 2 + 1;
        tern_text_printf(t,
                         "set arrow from %g, graph 0 to %g, graph 1 nohead dashtype 2 linecolor rgb '%s'\n",
                         at, at, colour);
        tern_text_printf(t, "set label '%+.1f %% ", 100 * (c->ratio - 1));
        tern_text_label(t, s->point[c->at].record->commit);
        if (c->note) tern_text_put(t, " "), tern_text_label(t, c->note->text);
        tern_text_printf(t, "' noenhanced at %g, graph 0.96 offset 0.5,0 textcolor rgb '%s'\n", at, colour);
    }
    tern_text_printf(t,
                     "plot '%s.dat' using 1:($8 == 0 ? $2 : NaN):3:4 with yerrorbars pointtype 7 pointsize "
                     "0.5 linecolor rgb "
                     "'#2166ac', \\\n"
                     "     '' using 1:($8 == 0 ? $2 : NaN) with points pointtype 7 pointsize 0.5 linecolor "
                     "rgb '#2166ac', \\\n"
                     "     '' using 1:5 with steps linewidth 2 linecolor rgb '#d6604d'%s\n",
                     name,
                     s->used < s->points
                         ? ", \\\n     '' using 1:($8 == 1 ? $2 : NaN) with points pointtype 6 pointsize 0.5 "
                           "linecolor rgb '#999999'"
                         : "");
}

static enum tern_status save(const struct tern_text *t, const char *folder, const char *name,
                             const char *ending, struct tern_error *e) {
    char file[64];
    snprintf(file, sizeof file, "%s.%s", name, ending);
    return tern_text_save(t, folder, file, e);
}

static enum tern_status write_one(const struct tern_series *s, const char *folder, const char *name,
                                  struct tern_error *e) {
    struct tern_text data = {0}, script = {0};
    put_data(s, &data);
    put_script(s, name, &script);
    enum tern_status st = save(&data, folder, name, "dat", e);
    if (!st) st = save(&script, folder, name, "gp", e);
    tern_text_free(&data);
    tern_text_free(&script);
    return st;
}

enum tern_status tern_changes_plot(const struct tern_series_set *s, const char *folder, const char *search,
                                   size_t *drawn, char *why, size_t why_bytes, struct tern_error *e) {
    char *program = tern_find_program("gnuplot", search);
    struct tern_error failed;
    *drawn = 0;
    if (why_bytes) *why = 0;
    if (!program) snprintf(why, why_bytes, "gnuplot is not installed: apt-get install " TERN_GNUPLOT_PACKAGE);
    enum tern_status st = tern_mkdirs(folder, e);
    for (size_t i = 0, number = 0; i < s->count && !st; i++) {
        char name[32], script[40];
        if (s->item[i].points < 2) continue;
        snprintf(name, sizeof name, "series-%03zu", ++number);
        snprintf(script, sizeof script, "%s.gp", name);
        st = write_one(&s->item[i], folder, name, e);
        if (st || !program) continue;
        if (tern_gnuplot_run(program, folder, script, gnuplot_seconds_max, &failed))
            snprintf(why, why_bytes, "%s", failed.text);
        else
            ++*drawn;
    }
    free(program);
    return st;
}
