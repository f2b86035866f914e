/* Series over time, with their levels, detected changes and remarks. */
#include "reports/data/facts.h"
#include "reports/data/number.h"
#include "reports/sections/history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIGURES = 8, HEIGHT = 320 };

/* The unit to show a series in: nanoseconds become something of one to three digits. */
static struct tern_time_unit unit_of(const struct tern_series *s) {
    if (!strncmp(tern_or_empty(s->key->unit), "ns/", 3)) return tern_time_unit_for(s->point[0].value);
    return (struct tern_time_unit){"", 1, 0};
}

static void put_unit(struct tern_text *t, const struct tern_series *s) {
    const struct tern_time_unit u = unit_of(s);
    tern_text_put(t, u.name);
    tern_text_label(t, *u.name ? s->key->unit + 2 : s->key->unit);
}

/* "+3.1 % 1fb8463 remark" */
static void put_change(struct tern_text *t, const struct tern_series *s, const struct tern_change *c) {
    tern_text_printf(t, "%+.1f %% ", 100 * (c->ratio - 1));
    tern_text_label(t, tern_commit_text(s->point[c->at].record));
    if (c->note) tern_text_put(t, " "), tern_text_label(t, c->note->text);
}

/* The runs that took part, or those that were left out. */
static void put_points(const struct tern_series *s, int left_out, struct tern_text *t) {
    const struct tern_time_unit u = unit_of(s);
    tern_text_put(t, left_out ? "\n# disturbed: " : "# ");
    tern_text_put(t, "run\tvalue\tlow\thigh\tlong label\n");
    for (size_t i = 0; i < s->points; i++) {
        if (tern_series_left_out(s, i) != left_out) continue;
        const struct tern_record *r = s->point[i].record;
        const int one = s->point[i].records == 1 && isfinite(r->est.ci_lo) && isfinite(r->est.ci_hi);
        const double v = s->point[i].value;
        const double number[] = {v, one ? r->est.ci_lo : v, one ? r->est.ci_hi : v};
        tern_text_printf(t, "%zu", i + 1);
        for (int k = 0; k < 3; k++) tern_text_put(t, "\t"), tern_put_exact(t, number[k] / u.ns, "nan");
        tern_text_put(t, "\t");
        tern_text_label(t, tern_commit_text(r));
        tern_text_put(t, " ");
        tern_text_label(t, r->ts);
        tern_text_put(t, ": ");
        tern_put_number(t, v / u.ns, 5);
        tern_text_put(t, " ");
        put_unit(t, s);
        tern_text_put(t, left_out ? ", disturbed\n" : "\n");
    }
}

/* A second block: the level of each stretch between changes, from its first run to its last. */
static void put_levels(const struct tern_series *s, struct tern_text *t) {
    const struct tern_time_unit u = unit_of(s);
    tern_text_put(t, "\n\n# run\tlevel\n");
    for (size_t i = 0; i < s->points; i++) {
        int starts = !i, ends = i + 1 == s->points;
        for (size_t j = 0; j < s->changes; j++)
            starts |= s->change[j].at == i, ends |= s->change[j].since == i;
        const double level = starts || ends ? tern_series_level(s, i) : NAN;
        if (isfinite(level))
            tern_text_printf(t, "%.1f\t%.10g\n", (double)i + (starts ? 0.6 : 1.4), level / u.ns);
        if (starts && ends && isfinite(level))
            tern_text_printf(t, "%.1f\t%.10g\n", (double)i + 1.4, level / u.ns);
        if (ends) tern_text_put(t, "\n");
    }
}

static void put_mark(struct tern_text *t, size_t number, double x, const char *colour, const char *dash,
                     double height) {
    tern_text_printf(t, "set arrow %zu from %g, graph 0 to %g, graph 1 nohead dt %s lw 1.4 lc rgb '%s'\n",
                     number, x, x, dash, colour);
    tern_text_printf(t, "set label %zu at %g, graph %g offset 0.5,0 font ',11' textcolor rgb '%s' '", number,
                     x, height, colour);
}

/* Changes as lines between two runs, other remarks as dotted ones through theirs. Returns how many. */
static size_t put_marks(const struct tern_series *s, const struct tern_annotations *notes,
                        struct tern_text *t) {
    size_t number = 0;
    for (size_t i = 0; i < s->changes; i++, number++) {
        const struct tern_change *c = &s->change[i];
        put_mark(t, number + 1, (double)(c->since + c->at) / 2 + 1,
                 c->note && c->note->accepted ? TERN_GREY
                 : c->ratio > 1               ? TERN_RED
                                              : TERN_GREEN,
                 "2", 0.95 - 0.08 * (double)(number % 3));
        put_change(t, s, c);
        tern_text_put(t, "'\n");
    }
    for (size_t i = 0; i < s->points; i++) {
        const struct tern_annotation *note = tern_series_note(s->point[i].record, notes);
        int told = !note || (i && tern_series_note(s->point[i - 1].record, notes) == note);
        for (size_t j = 0; j < s->changes && !told; j++) told = s->change[j].note == note;
        if (told) continue;
        put_mark(t, ++number, (double)i + 1, TERN_GREY, "3", 0.06);
        tern_text_label(t, note->text);
        tern_text_put(t, "'\n");
    }
    return number;
}

static void one_figure(const struct tern_series *s, const struct tern_report_data *d, const char *machine,
                       size_t index, size_t number, struct tern_figures *out) {
    struct tern_figure *f = tern_figure_add(out, "history", machine);
    char stem[24], name[600];
    if (!f) return;
    snprintf(stem, sizeof stem, "history-%zu", number);
    tern_figure_name(f, stem, index);
    tern_figure_preamble(f, HEIGHT);
    struct tern_text *t = &f->script;
    tern_text_put(t, "set lmargin at screen 0.095\nset rmargin at screen 0.985\nset border 3\n"
                     "set xlabel 'run, from old to new' textcolor rgb '" TERN_SOFT "'\nset ylabel '");
    put_unit(t, s);
    tern_text_printf(t,
                     "' textcolor rgb '" TERN_SOFT "'\nset tics textcolor rgb '" TERN_INK
                     "'\nset grid ytics lt 1 lc rgb '" TERN_GRID
                     "'\nset xrange [0.3:%.1f]\nset offsets 0,0,graph 0.28,graph 0.12\n"
                     "set key top left outside horizontal Left reverse samplen 1.5\n",
                     (double)s->points + 0.7);
    const double ns = unit_of(s).ns;
    double lo, hi;
    if (tern_series_bounds(s, &lo, &hi))
        tern_text_printf(t, "set yrange [%.6g<*:*<%.6g]\n", lo / ns, hi / ns);
    const size_t marks = put_marks(s, d->notes, t);
    tern_text_printf(
        t,
        "plot '%s.dat' index 1 using 1:2 with lines lw 2 lc rgb '" TERN_PURPLE "' title 'level', \\\n"
        "  '' index 0 using 1:2:3:4 with yerrorbars pt 7 ps 0.6 lw 1.4 lc rgb '" TERN_BLUE
        "' title 'median of a run', \\\n"
        "  '' index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '" TERN_BLUE "' notitle",
        f->name);
    if (s->used < s->points)
        tern_text_put(
            t, ", \\\n  '' index 2 using 1:2:5 with labels hypertext point pt 6 ps 0.6 lc rgb '" TERN_GREY
               "' notitle, \\\n  NaN with points pt 6 ps 0.6 lc rgb '" TERN_GREY
               "' title 'disturbed: left out'");
    tern_text_put(t, "\n");
    put_points(s, 0, &f->data);
    put_levels(s, &f->data);
    if (s->used < s->points) put_points(s, 1, &f->data);
    (tern_series_is_of(s, machine) ? tern_series_short_name : tern_series_name)(s, name, sizeof name);
    tern_text_put(&f->title, name);
    tern_text_printf(
        &f->caption,
        "Median of each of %zu runs, with its 95 %% interval where one record has it; level: "
        "median between changes; %zu mark%s (dashed: change of time, in percent, with its commit; "
        "dotted: remark).",
        s->points, marks, marks == 1 ? "" : "s");
    if (s->used < s->points)
        tern_text_printf(
            &f->caption,
            " %zu run%s left out of level and changes: the machine was disturbed (flag dirty, or "
            "intervals much wider than around them). Far ones lie outside the figure.",
            s->points - s->used, s->points - s->used == 1 ? "" : "s");
}

/* Series of machines of which there is no record on the page stand with its first one. */
static int is_drawn(const struct tern_series *s, const char **key, size_t keys, const char *machine) {
    if (s->points < 2) return 0;
    if (tern_series_is_of(s, machine)) return 1;
    for (size_t i = 0; i < keys; i++)
        if (tern_series_is_of(s, key[i])) return 0;
    return keys && !strcmp(key[0], machine);
}

void tern_figure_history(const struct tern_report_data *d, const char *machine, size_t index,
                         struct tern_figures *out) {
    size_t number = 0, keys = 0;
    const char **key = d->history ? tern_report_machine_keys(d, &keys) : NULL;
    for (int with_changes = 1; key && with_changes >= 0; with_changes--)
        for (size_t i = 0; i < d->history->count && number < FIGURES; i++) {
            const struct tern_series *s = &d->history->item[i];
            if (!s->changes == !with_changes && is_drawn(s, key, keys, machine))
                one_figure(s, d, machine, index, ++number, out);
        }
    out->failed |= d->history && !key;
    free((void *)key);
}
