#include "reports/figures/figures.h"

#include "reports/data/group.h"
#include "reports/data/number.h"
#include "reports/data/order.h"
#include "reports/figures/heat.h"
#include "reports/figures/heatmap.h"
#include "reports/figures/matrix.h"

#include <math.h>

enum { ROWS = 18, COLUMNS = 8 };

/* The baseline that most columns know; the first of equals. */
static size_t best_base(const struct tern_speedup_matrix *m) {
    size_t best = 0;
    for (size_t b = 1; b < TERN_MATRIX_BASES; b++)
        if (m->base_columns[b] > m->base_columns[best]) best = b;
    return best;
}

static void put_cell(struct tern_heatmap *h, size_t row, size_t column, struct tern_speedup s, int rough,
                     const char *params) {
    struct tern_text text = {0}, hint = {0};
    if (!isfinite(s.ratio)) return;
    tern_text_put(&text, rough ? "\xe2\x89\x88" : "");
    tern_put_number(&text, s.ratio, 3);
    tern_text_label(&hint, params);
    if (s.method == TERN_SPEEDUP_UNKNOWN)
        tern_text_printf(&hint, " %zu", s.n);
    else
        tern_text_printf(&hint, " n = %zu, %s", s.n, rough ? "search" : tern_speedup_method_name(s.method));
    if (isfinite(s.lo) && isfinite(s.hi))
        tern_text_printf(&hint, ", 95 %% interval %.3g to %.3g", s.lo, s.hi);
    tern_heatmap_cell(h, row, column, tern_heat_of_speedup(s.ratio), text.failed ? "" : text.data,
                      hint.failed ? "" : hint.data);
    h->cells.failed |= text.failed || hint.failed;
    tern_text_free(&text);
    tern_text_free(&hint);
}

static void draw(const struct tern_speedup_matrix *m, size_t index, struct tern_figures *out) {
    struct tern_heatmap h;
    struct tern_text label = {0};
    struct tern_samples samples = {0, 0};
    const size_t base = best_base(m), columns = m->columns < COLUMNS ? m->columns : COLUMNS;
    if (!m->base_columns[base]) return;
    struct tern_figure *f = tern_figure_add(out, "matrix", tern_or_empty(m->first->key->machine));
    if (!f) return;
    tern_text_put(&label, "matrix");
    tern_put_group_name(&label, m->first->key);
    tern_figure_name(f, label.failed ? "matrix" : label.data, index);
    tern_heatmap_begin(&h, f, 0.37);
    tern_heatmap_column(&h, "mean");
    for (size_t c = 0; c < columns; c++) {
        label.used = 0;
        tern_put_shape(&label, m->first[c].key);
        tern_heatmap_column(&h, label.failed ? "" : label.data);
    }
    size_t plain = 0;
    for (size_t i = 0; i < m->rows && !label.failed; i++) {
        const struct tern_matrix_row *r = &m->row[i];
        size_t in_mean;
        const double mean = tern_matrix_mean(m, r, base, &in_mean);
        if ((plain >= ROWS && !tern_matrix_is_base(r)) || !isfinite(mean)) continue;
        plain += !tern_matrix_is_base(r);
        label.used = 0;
        tern_text_label(&label, r->variant);
        tern_heatmap_row(&h, label.data);
        put_cell(&h, h.rows - 1, 0, (struct tern_speedup){.ratio = mean, .lo = NAN, .hi = NAN, .n = in_mean},
                 0, "geometric mean, shapes:");
        for (size_t c = 0; c < columns; c++) {
            const struct tern_speedup s = tern_matrix_speedup(m, r, c, base);
            tern_samples_add(&samples, s.n);
            put_cell(&h, h.rows - 1, c + 1, s, !r->cell[c].sample, r->cell[c].params);
        }
    }
    tern_heatmap_end(&h, "orange: slower than the baseline; blue: faster (steps at 1.1, 1.5, 2.5, 5 times)");
    label.used = 0;
    tern_put_group(&label, m->first->key);
    tern_text_printf(&f->title, "Speedup over %s: %s", tern_matrix_base[base].name,
                     label.failed ? "" : label.data);
    tern_text_printf(
        &f->caption,
        "Ratio of the baseline's time to the variant's, each at its best parameter point of that "
        "shape; mean: geometric mean over the shapes that both have. Numbers of the finished "
        "comparison; those with \xe2\x89\x88 are ratios of medians of the search's few rounds. The "
        "%d fastest variants and all baselines.",
        ROWS);
    tern_put_samples(&f->caption, samples);
    if (columns < m->columns)
        tern_text_printf(&f->caption, " The first %zu of %zu shapes; matrix.csv has all.", columns,
                         m->columns);
    out->failed |= label.failed;
    tern_text_free(&label);
}

void tern_figure_matrix(const struct tern_report_data *d, const char *machine, size_t index,
                        struct tern_figures *out) {
    for (size_t i = 0; i < d->problems; i = tern_group_end(d, i)) {
        struct tern_speedup_matrix m;
        if (tern_text_order(d->problem[i].key->machine, machine)) continue;
        if (!tern_matrix_of(d, i, &m)) {
            out->failed = 1;
            return;
        }
        draw(&m, index, out);
        tern_matrix_free(&m);
    }
}
