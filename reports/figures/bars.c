/* The two dot charts: speedup of each problem's best variant, and tokens per second end to end. */
#include "reports/figures/dotplot.h"

#include "reports/data/group.h"
#include "reports/data/number.h"

#include <math.h>
#include <string.h>

static struct tern_dot dot_of(struct tern_speedup s) {
    return (struct tern_dot){s.ratio, s.lo, s.hi};
}

void tern_figure_speedup(const struct tern_report_data *d, const char *machine, size_t index,
                         struct tern_figures *out) {
    struct tern_dotplot p;
    struct tern_samples samples = {0, 0};
    struct tern_text label = {0};
    const struct tern_record *last = NULL;
    struct tern_figure *f = NULL;
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        if (strcmp(tern_or_empty(q->key->machine), machine) || !q->best || (!q->f16 && !q->i2s)) continue;
        if (!f) {
            f = tern_figure_add(out, "winners", machine);
            if (!f) return;
            tern_figure_name(f, "speedup", index);
            tern_dotplot_begin(&p, f, "\xc3\x97");
        }
        if (!last || !tern_same_group(last, q->key)) {
            label.used = 0;
            tern_put_group(&label, q->key);
            tern_dotplot_heading(&p, label.failed ? "" : label.data);
        }
        last = q->key;
        label.used = 0;
        tern_put_shape(&label, q->key);
        const struct tern_speedup f16 = tern_speedup_of(q->best, q->f16),
                                  i2s = tern_speedup_of(q->best, q->i2s);
        tern_samples_add(&samples, f16.n);
        tern_samples_add(&samples, i2s.n);
        tern_dotplot_row(&p, label.failed ? "" : label.data, (struct tern_dot[]){dot_of(f16), dot_of(i2s)});
    }
    out->failed |= label.failed;
    tern_text_free(&label);
    if (!f) return;
    p.series[0] = "over the fastest f16 variant", p.series[1] = "over the fastest I2_S variant";
    p.axis = "times faster (ratio of median times, bar: 95 % interval)";
    p.one = 1;
    tern_dotplot_end(&p);
    tern_text_put(&f->title, "Speedup of the best ternary variant");
    tern_text_put(
        &f->caption,
        "Each row is one problem, M\xc3\x97K weights times N tokens. A dot is the ratio of the medians of "
        "time per call; the bar is its 95 % interval: the sign-test interval where both variants were timed "
        "in the same rounds, else the worst corners of the two intervals, which is wider.");
    tern_put_samples(&f->caption, samples);
}

void tern_figure_e2e(const struct tern_report_data *d, const char *machine, size_t index,
                     struct tern_figures *out) {
    struct tern_dotplot p;
    struct tern_samples samples = {0, 0};
    struct tern_text label = {0}, group = {0}, old = {0};
    struct tern_figure *f = NULL;
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i];
        const int tuned = !strcmp(tern_or_empty(r->variant), "tuned");
        if (strcmp(tern_or_empty(r->machine), machine)) continue;
        if (!tuned && strcmp(tern_or_empty(r->variant), "untuned")) continue;
        if (!f) {
            f = tern_figure_add(out, "e2e", machine);
            if (!f) return;
            tern_figure_name(f, "e2e", index);
            tern_dotplot_begin(&p, f, "");
        }
        group.used = label.used = 0;
        tern_text_label(&group, *tern_or_empty(r->model) ? r->model : "unnamed model");
        tern_text_put(&group, " \xc2\xb7 ");
        tern_text_label(&group, r->op);
        if (!group.failed && (!old.used || strcmp(old.data, group.data))) {
            tern_dotplot_heading(&p, group.data);
            old.used = 0;
            tern_text_put(&old, group.data);
        }
        if (r->n) tern_text_printf(&label, "%zu tokens, ", r->n);
        tern_text_printf(&label, "%zu thread%s", r->threads, r->threads == 1 ? "" : "s");
        struct tern_dot dot[2] = {{NAN, NAN, NAN}, {NAN, NAN, NAN}};
        struct tern_report_tokens t = tern_report_tokens_of(r);
        tern_samples_add(&samples, r->est.n);
        dot[tuned ? 0 : 1] = (struct tern_dot){t.median, t.lo, t.hi};
        const struct tern_record *next = i + 1 < d->e2es ? d->e2e[i + 1] : NULL;
        if (!tuned && next && next->n == r->n && next->threads == r->threads &&
            !strcmp(tern_or_empty(next->variant), "tuned") &&
            !strcmp(tern_or_empty(next->op), tern_or_empty(r->op)) &&
            !strcmp(tern_or_empty(next->model), tern_or_empty(r->model)) &&
            !strcmp(tern_or_empty(next->machine), machine)) {
            t = tern_report_tokens_of(next);
            tern_samples_add(&samples, next->est.n);
            dot[0] = (struct tern_dot){t.median, t.lo, t.hi};
            i++;
        }
        tern_dotplot_row(&p, label.failed ? "" : label.data, dot);
    }
    out->failed |= label.failed || group.failed || old.failed;
    tern_text_free(&label);
    tern_text_free(&group);
    tern_text_free(&old);
    if (!f) return;
    p.series[0] = "with wisdom", p.series[1] = "without wisdom";
    p.axis = "tokens per second (median, bar: 95 % interval; logarithmic)";
    tern_dotplot_end(&p);
    tern_text_put(&f->title, "End-to-end speed");
    tern_text_put(&f->caption, "Median tokens per second of whole forward passes with its 95 % interval.");
    tern_put_samples(&f->caption, samples);
}
