#include "reports/page.h"

#include "reports/number.h"

#include <math.h>
#include <string.h>

static void md(struct tern_text *t, const char *s) {
    tern_text_markdown(t, s);
}

static void interval(struct tern_text *t, double lo, double hi, int digits) {
    if (!isfinite(lo) || !isfinite(hi)) {
        tern_text_put(t, TERN_ABSENT);
        return;
    }
    tern_put_number(t, lo, digits);
    tern_text_put(t, "\xe2\x80\x93");
    tern_put_number(t, hi, digits);
}

static void speedup(struct tern_text *t, struct tern_speedup s) {
    tern_put_times(t, s.ratio);
    if (isfinite(s.lo) && isfinite(s.hi)) {
        tern_text_put(t, " (");
        interval(t, s.lo, s.hi, 3);
        tern_text_put(t, ")");
    }
    tern_text_put(t, " | ");
}

static void time_cells(struct tern_text *t, const struct tern_record *r, struct tern_time_unit u) {
    tern_put_time(t, r->est.median, u);
    tern_text_printf(t, " %s | ", u.name);
    if (isfinite(r->est.ci_lo) && isfinite(r->est.ci_hi)) {
        tern_put_time(t, r->est.ci_lo, u);
        tern_text_put(t, "\xe2\x80\x93");
        tern_put_time(t, r->est.ci_hi, u);
    } else {
        tern_text_put(t, TERN_ABSENT);
    }
    tern_text_printf(t, " | %zu | ", r->est.n);
}

static void variant(struct tern_text *t, const struct tern_record *r) {
    md(t, *tern_or_empty(r->variant) ? r->variant : "unnamed");
    if (*tern_or_empty(r->params) && strcmp(r->params, "-")) {
        tern_text_put(t, " ");
        md(t, r->params);
    }
    tern_text_put(t, " | ");
}

static void figures_of(const struct tern_report_page *p, enum tern_figure_kind kind, struct tern_text *t) {
    for (size_t i = 0; i < p->figures->count; i++) {
        const struct tern_figure *f = &p->figures->item[i];
        if (f->kind != kind) continue;
        if (f->svg.used) {
            tern_text_put(t, "![");
            md(t, f->title.data);
            tern_text_printf(t, "](figures/%s.svg)\n\n", f->name);
        } else {
            tern_text_put(t, "*Not drawn: ");
            md(t, p->why_not_drawn);
            tern_text_put(t, ".*\n\n");
        }
        tern_text_put(t, "**");
        md(t, f->title.data);
        if (p->machines > 1) {
            tern_text_put(t, ", ");
            md(t, f->machine);
        }
        tern_text_put(t, ".** ");
        md(t, f->caption.data);
        tern_text_put(t, "\n\n");
    }
}

static void machine(const struct tern_report_page *p, const char *key, struct tern_text *t) {
    struct tern_facts f = {0};
    tern_report_warnings(p->data, key, &f);
    for (size_t i = 0; i < f.count; i++) {
        tern_text_put(t, i ? "- **" : "Read these numbers with care:\n\n- **");
        md(t, f.item[i].what);
        tern_text_put(t, "**: ");
        md(t, f.item[i].text);
        tern_text_printf(t, " (%zu record%s)\n", f.item[i].count, f.item[i].count == 1 ? "" : "s");
    }
    t->failed |= f.failed;
    tern_facts_free(&f);
    tern_report_machine_facts(p->data, key, &f);
    tern_text_put(t, "\n| Machine | |\n|---|---|\n");
    for (size_t i = 0; i < f.count; i++) {
        tern_text_put(t, "| ");
        md(t, f.item[i].what);
        tern_text_put(t, " | ");
        md(t, f.item[i].text);
        tern_text_put(t, " |\n");
    }
    tern_text_put(t, "\n");
    t->failed |= f.failed;
    tern_facts_free(&f);
}

static void means(const struct tern_report_page *p, struct tern_text *t) {
    static const char *const batch_name[] = {"one token at a time (N = 1)", "several tokens at once (N > 1)"};
    static const char *const over[] = {"f16", "I2_S"};
    for (size_t i = 0; i < p->machines; i++) {
        for (int batch = 0; batch < 2; batch++) {
            for (int b = 0; b < 2; b++) {
                const struct tern_report_mean m =
                    tern_report_mean_of(p->data, p->machine[i], batch, (enum tern_baseline)b);
                if (!m.problems) continue;
                tern_text_printf(t, "- %s, over %s: **", batch_name[batch], over[b]);
                tern_put_times(t, m.mean);
                tern_text_printf(t, "** (geometric mean over %zu problem%s, ", m.problems,
                                 m.problems == 1 ? "" : "s");
                interval(t, m.least, m.most, 3);
                tern_text_put(t, ")");
                if (p->machines > 1) tern_text_put(t, ", machine "), md(t, p->machine[i]);
                tern_text_put(t, "\n");
            }
        }
    }
    tern_text_put(t, "\n");
}

static void winners(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "Time per call: median of n samples and the 95 % interval of the median. Speedups: "
                     "ratio of medians with its 95 % "
                     "interval, against the fastest variant of that format.\n\n| Problem | Best variant | "
                     "Median | 95 % interval | n | "
                     "over f16 | over I2_S | not separable |\n|---|---|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        struct tern_text name = {0};
        if (!q->best) continue;
        tern_put_problem(&name, q->key, p->options->all_runs);
        tern_text_put(t, "| ");
        md(t, name.data);
        tern_text_put(t, " | ");
        variant(t, q->best);
        time_cells(t, q->best, tern_time_unit_for(q->best->est.median));
        speedup(t, tern_speedup_of(q->best, q->f16));
        speedup(t, tern_speedup_of(q->best, q->i2s));
        tern_text_printf(t, "%zu |\n", q->tied);
        t->failed |= name.failed;
        tern_text_free(&name);
    }
    tern_text_put(t, "\n");
}

static void leaderboard(const struct tern_report_page *p, const struct tern_report_problem *q,
                        struct tern_text *t) {
    struct tern_text name = {0};
    const struct tern_record *best = q->best ? q->best : q->entry[0].record;
    tern_put_problem(&name, q->key, p->options->all_runs);
    tern_text_put(t, "### ");
    md(t, name.data);
    tern_text_put(t, "\n\n| # | Variant | Median | 95 % interval | n | GMAC/s | Standing | Notes "
                     "|\n|--:|---|--:|--:|--:|--:|---|---|\n");
    for (size_t i = 0; i < q->count; i++) {
        const struct tern_record *r = q->entry[i].record;
        tern_text_printf(t, "| %zu | ", i + 1);
        variant(t, r);
        time_cells(t, r, tern_time_unit_for(best->est.median));
        tern_put_number(t, tern_rate(r->macs, r->est.median), 3);
        tern_text_printf(t, " | %s | ", tern_standing_name(q->entry[i].standing));
        name.used = 0;
        tern_text_put(&name, "");
        tern_put_notes(&name, p->data, r);
        md(t, name.data);
        tern_text_put(t, " |\n");
    }
    tern_text_put(t, "\n");
    t->failed |= name.failed;
    tern_text_free(&name);
}

static void ceilings(const struct tern_report_data *d, struct tern_text *t) {
    tern_text_put(
        t, "| Ceiling | Regime | Threads | Rate | Spread | Measurements |\n|---|---|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < d->ceilings; i++) {
        const struct tern_report_ceiling *c = &d->ceiling[i];
        tern_text_put(t, "| ");
        variant(t, c->record);
        md(t, c->record->regime);
        tern_text_printf(t, " | %zu | ", c->record->threads);
        tern_put_number(t, c->rate, 4);
        tern_text_put(t, c->is_read ? " GB/s | " : " GMAC/s | ");
        interval(t, c->lo, c->hi, 4);
        tern_text_printf(t, " | %zu |\n", c->records);
    }
    tern_text_put(t, "\nOne measurement: median and its 95 % interval. Several in one run: median of the "
                     "medians, lowest and highest of "
                     "them.\n\n");
}

static void e2e(const struct tern_report_data *d, struct tern_text *t) {
    tern_text_put(
        t, "| Model | Phase | Tokens | Threads | Plan | tokens/s (median) | 95 % interval | n | Speedup |\n"
           "|---|---|--:|--:|---|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i], *untuned = tern_report_untuned(d, r);
        const struct tern_report_tokens k = tern_report_tokens_of(r);
        tern_text_put(t, "| ");
        md(t, *tern_or_empty(r->model) ? r->model : "unnamed");
        tern_text_put(t, " | ");
        md(t, r->op);
        tern_text_printf(t, " | %zu | %zu | ", r->n, r->threads);
        md(t, r->variant);
        tern_text_put(t, " | ");
        tern_put_number(t, k.median, 4);
        tern_text_put(t, " | ");
        interval(t, k.lo, k.hi, 4);
        tern_text_printf(t, " | %zu | ", r->est.n);
        speedup(t, tern_speedup_of(untuned ? r : NULL, untuned));
        tern_text_put(t, "\n");
    }
    tern_text_put(t, "\n");
}

static void absent(struct tern_text *t, const char *what, const char *command) {
    tern_text_printf(t, "Not measured: the records hold no %s. `%s` writes them.\n\n", what, command);
}

void tern_report_markdown(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "# tern report\n\n");
    for (size_t i = 0; i < p->machines; i++) machine(p, p->machine[i], t);
    tern_text_put(t, "## Winners\n\n");
    if (d->problems)
        means(p, t), figures_of(p, TERN_FIGURE_SPEEDUP, t), winners(p, t);
    else
        absent(t, "sample", "tern tune");
    tern_text_put(t, "## Leaderboard\n\n");
    for (size_t i = 0; i < d->problems; i++) leaderboard(p, &d->problem[i], t);
    if (!d->problems) absent(t, "sample", "tern tune");
    tern_text_put(t, "## Roofline and ceilings\n\n");
    figures_of(p, TERN_FIGURE_ROOFLINE, t);
    if (d->ceilings)
        ceilings(d, t);
    else
        absent(t, "ceiling", "tern ceilings");
    tern_text_put(t, "## End to end\n\n");
    if (d->e2es)
        figures_of(p, TERN_FIGURE_E2E, t), e2e(d, t);
    else
        absent(t, "end-to-end run", "tern e2e");
    tern_text_put(t, "## What was not measured, and why\n\n| What | Why | Records |\n|---|---|--:|\n");
    for (size_t i = 0; i < p->gaps.count; i++) {
        tern_text_put(t, "| ");
        md(t, p->gaps.item[i].what);
        tern_text_put(t, " | ");
        md(t, p->gaps.item[i].text);
        if (p->gaps.item[i].count)
            tern_text_printf(t, " | %zu |\n", p->gaps.item[i].count);
        else
            tern_text_put(t, " | all |\n");
    }
    tern_text_put(t, "\n## Reproduce\n\n");
    for (size_t i = 0; i < p->commands.count; i++) {
        tern_text_put(t, "- ");
        md(t, p->commands.item[i].what);
        tern_text_put(t, ":\n\n      ");
        tern_text_put(t, p->commands.item[i].text);
        tern_text_put(t, "\n\n");
    }
}
