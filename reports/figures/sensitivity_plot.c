#include "reports/figures/figures.h"

#include "reports/data/group.h"
#include "reports/data/number.h"
#include "reports/figures/heat.h"
#include "reports/figures/heatmap.h"
#include "reports/figures/panels.h"
#include "reports/figures/sensitivity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PANELS = 24, COLUMNS = 3, HEIGHT = 200, MAPS = 8 };
static const double highest = 3;

static int is_mine(const struct tern_report_data *d, size_t i, const char *machine,
                   struct tern_sensitivity *s) {
    return !strcmp(tern_or_empty(d->search[i]->machine), machine) && tern_sensitivity_of(d->search[i], s);
}

static void put_panel(struct tern_panels *p, const struct tern_sensitivity *s,
                      const struct tern_sensitive_param *x, size_t block, struct tern_samples *samples) {
    struct tern_text label = {0};
    struct tern_text *t = &p->figure->script, *data = &p->figure->data;
    const double best = tern_trial_cost(s->answer);
    tern_put_problem_label(&label, s->record);
    tern_panels_next(p, label.failed ? "" : label.data);
    label.used = 0;
    tern_text_label(&label, s->variant->name);
    tern_text_put(t, "set xlabel '");
    tern_text_label(t, x->name);
    tern_text_printf(t, " of %s' font ',10'\nset xrange [-0.5:%.1f]\nset xtics (",
                     label.failed ? "" : label.data, (double)x->values - 0.5);
    for (size_t i = 0; i < x->values; i++)
        tern_text_printf(t, "%s'%ld' %zu", i ? ", " : "", x->value[i].value, i);
    tern_text_printf(
        t,
        ")\n"
        "plot '%s.dat' index %zu using 1:2 with lines lw 1.4 lc rgb '" TERN_BLUE "' notitle, \\\n"
        "  '' index %zu using 1:2:3 with labels hypertext point pt 7 ps 0.6 lc rgb '" TERN_BLUE
        "' notitle, \\\n"
        "  '' index %zu using 1:($4 > 0 ? $2 : NaN) with points pt 6 ps 1.3 lw 1.6 lc rgb '" TERN_RED
        "' notitle\n",
        p->figure->name, block, block, block);
    tern_text_printf(data, "%s# place\ttimes the answer\tlong label\tthe answer\n", block ? "\n\n" : "");
    for (size_t i = 0; i < x->values; i++) {
        const struct tern_search_trial *trial = x->value[i].trial;
        if (!trial) continue;
        tern_samples_add(samples, trial->n);
        tern_text_printf(data, "%zu\t%.5g\t%s=%ld: ", i, tern_trial_cost(trial) / best, "value",
                         x->value[i].value);
        tern_text_printf(data, "%.4g times the answer, n = %zu\t%d\n", tern_trial_cost(trial) / best,
                         trial->n, trial == s->answer);
    }
    data->failed |= label.failed;
    tern_text_free(&label);
}

static void slices(const struct tern_report_data *d, const char *machine, size_t index,
                   struct tern_figures *out) {
    struct tern_sensitivity s;
    struct tern_panels p;
    struct tern_samples samples = {0, 0};
    size_t count = 0, shown = 0;
    for (size_t i = 0; i < d->searches; i++) {
        if (!is_mine(d, i, machine, &s)) continue;
        for (size_t j = 0; j < s.params; j++) count += s.param[j].values > 1;
    }
    if (!count) return;
    struct tern_figure *f = tern_figure_add(out, "sensitivity", machine);
    if (!f) return;
    tern_figure_name(f, "sensitivity", index);
    const size_t panels = count < PANELS ? count : PANELS;
    tern_panels_begin(&p, f, panels, panels < COLUMNS ? panels : COLUMNS, HEIGHT, 46, 12,
                      "Time over that of the search\xe2\x80\x99s answer, one parameter changed:");
    tern_panels_key(&p, 400, TERN_RED, "the answer (ring)");
    tern_panels_axes(&p, "");
    tern_text_printf(&f->script,
                     "set logscale y 2\nset yrange [0.8:%g]\nset ytics (0.8, 1, 1.2, 1.5, 2, 3)\n",
                     highest * 1.03);
    for (size_t i = 0; i < d->searches; i++) {
        if (!is_mine(d, i, machine, &s)) continue;
        for (size_t j = 0; j < s.params && shown < panels; j++)
            if (s.param[j].values > 1) put_panel(&p, &s, &s.param[j], shown++, &samples);
    }
    tern_panels_end(&p);
    tern_text_put(&f->title, "How much each parameter matters");
    tern_text_put(
        &f->caption,
        "Candidates of the answer's variant that differ from it in this parameter alone, as far as "
        "the search measured them. Times are the search's own: the median from six rounds on, before "
        "that the fastest; few rounds, so small differences say nothing. Above 3 is not shown.");
    tern_put_samples(&f->caption, samples);
    if (count > panels) tern_text_printf(&f->caption, " The first %zu of %zu slices.", panels, count);
}

static void map(const struct tern_sensitivity *s, size_t a, size_t b, size_t index, size_t number,
                struct tern_figures *out) {
    struct tern_heatmap h;
    struct tern_samples samples = {0, 0};
    long x[TERN_SENSITIVE_VALUES], y[TERN_SENSITIVE_VALUES];
    char text[96], hint[96];
    const size_t columns = tern_sensitivity_axis(s, a, b, x), rows = tern_sensitivity_axis(s, b, a, y);
    const double best = tern_trial_cost(s->answer);
    struct tern_figure *f = tern_figure_add(out, "sensitivity", tern_or_empty(s->record->machine));
    if (!f) return;
    snprintf(text, sizeof text, "pair-%zu", number);
    tern_figure_name(f, text, index);
    tern_heatmap_begin(&h, f, 0.2);
    for (size_t c = 0; c < columns; c++) {
        snprintf(text, sizeof text, "%.31s=%ld", s->param[a].name, x[c]);
        struct tern_text label = {0};
        tern_text_label(&label, columns > 6 && c ? strchr(text, '=') + 1 : text);
        tern_heatmap_column(&h, label.failed ? "" : label.data);
        tern_text_free(&label);
    }
    for (size_t r = 0; r < rows; r++) {
        snprintf(text, sizeof text, "%.31s=%ld", s->param[b].name, y[r]);
        struct tern_text label = {0};
        tern_text_label(&label, text);
        tern_heatmap_row(&h, label.failed ? "" : label.data);
        tern_text_free(&label);
        for (size_t c = 0; c < columns; c++) {
            const struct tern_search_trial *trial = tern_sensitivity_at(s, a, x[c], b, y[r]);
            if (!trial) continue;
            const double times = tern_trial_cost(trial) / best;
            tern_samples_add(&samples, trial->n);
            snprintf(text, sizeof text, "%s%.2f", trial == s->answer ? "* " : "", times);
            snprintf(hint, sizeof hint, "%.4g times the answer, n = %zu", times, trial->n);
            tern_heatmap_cell(&h, r, c, tern_heat_of_slowdown(times), text, hint);
        }
    }
    tern_heatmap_end(&h, "time over that of the answer (*); an empty cell was not measured");
    tern_text_put(&f->title, "Two parameters of ");
    tern_text_put(&f->title, s->variant->name);
    tern_text_put(&f->title, ", ");
    tern_put_problem(&f->title, s->record, 0);
    tern_text_put(&f->caption,
                  "The search's own times of the candidates that differ from its answer in these two "
                  "parameters only; blue is within a few percent of the answer, orange slower.");
    tern_put_samples(&f->caption, samples);
}

void tern_figure_sensitivity(const struct tern_report_data *d, const char *machine, size_t index,
                             struct tern_figures *out) {
    struct tern_sensitivity s;
    size_t number = 0;
    slices(d, machine, index, out);
    for (size_t i = 0; i < d->searches; i++) {
        if (!is_mine(d, i, machine, &s)) continue;
        for (size_t a = 0; a < s.params; a++)
            for (size_t b = a + 1; b < s.params; b++)
                if (number < MAPS && tern_sensitivity_pair(&s, a, b)) map(&s, a, b, index, ++number, out);
    }
}
