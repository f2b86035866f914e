#include "reports/data/number.h"
#include "reports/page/markdown_cells.h"
#include "reports/sections/sections.h"

#include <math.h>
#include <string.h>

static void machine(const struct tern_report_page *p, const char *key, struct tern_text *t) {
    struct tern_facts f = {0};
    tern_report_warnings(p->data, key, &f);
    for (size_t i = 0; i < f.count; i++) {
        tern_text_put(t, i ? "- **" : "Read these numbers with care:\n\n- **");
        tern_text_markdown(t, f.item[i].what);
        tern_text_put(t, "**: ");
        tern_text_markdown(t, f.item[i].text);
        tern_text_printf(t, " (%zu record%s)\n", f.item[i].count, f.item[i].count == 1 ? "" : "s");
    }
    t->failed |= f.failed;
    tern_facts_free(&f);
    tern_report_machine_facts(p->data, key, &f);
    tern_text_put(t, "\n| Machine | |\n|---|---|\n");
    for (size_t i = 0; i < f.count; i++) {
        tern_text_put(t, "| ");
        tern_text_markdown(t, f.item[i].what);
        tern_text_put(t, " | ");
        tern_text_markdown(t, f.item[i].text);
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
                tern_md_interval(t, m.least, m.most, 3);
                tern_text_put(t, ")");
                if (p->machines > 1) tern_text_put(t, ", machine "), tern_text_markdown(t, p->machine[i]);
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
        tern_text_markdown(t, name.data);
        tern_text_put(t, " | ");
        tern_md_variant(t, q->best);
        tern_md_time(t, q->best, tern_time_unit_for(q->best->est.median));
        tern_md_speedup(t, tern_speedup_of(q->best, q->f16));
        tern_md_speedup(t, tern_speedup_of(q->best, q->i2s));
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
    tern_text_markdown(t, name.data);
    tern_text_put(t, "\n\n| # | Variant | Median | 95 % interval | n | GMAC/s | Standing | Notes "
                     "|\n|--:|---|--:|--:|--:|--:|---|---|\n");
    for (size_t i = 0; i < q->count; i++) {
        const struct tern_record *r = q->entry[i].record;
        tern_text_printf(t, "| %zu | ", i + 1);
        tern_md_variant(t, r);
        tern_md_time(t, r, tern_time_unit_for(best->est.median));
        tern_put_number(t, tern_rate(r->macs, r->est.median), 3);
        tern_text_printf(t, " | %s | ", tern_standing_name(q->entry[i].standing));
        name.used = 0;
        tern_text_put(&name, "");
        tern_put_notes(&name, p->data, r);
        tern_text_markdown(t, name.data);
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
        tern_md_variant(t, c->record);
        tern_text_markdown(t, c->record->regime);
        tern_text_printf(t, " | %zu | ", c->record->threads);
        tern_put_number(t, c->rate, 4);
        tern_text_put(t, c->is_read ? " GB/s | " : " GMAC/s | ");
        tern_md_interval(t, c->lo, c->hi, 4);
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
        tern_text_markdown(t, *tern_or_empty(r->model) ? r->model : "unnamed");
        tern_text_put(t, " | ");
        tern_text_markdown(t, r->op);
        tern_text_printf(t, " | %zu | %zu | ", r->n, r->threads);
        tern_text_markdown(t, r->variant);
        tern_text_put(t, " | ");
        tern_put_number(t, k.median, 4);
        tern_text_put(t, " | ");
        tern_md_interval(t, k.lo, k.hi, 4);
        tern_text_printf(t, " | %zu | ", r->est.n);
        tern_md_speedup(t, tern_speedup_of(untuned ? r : NULL, untuned));
        tern_text_put(t, "\n");
    }
    tern_text_put(t, "\n");
}

void tern_md_machine(const struct tern_report_page *p, struct tern_text *t) {
    for (size_t i = 0; i < p->machines; i++) machine(p, p->machine[i], t);
}

void tern_md_winners(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->data->problems) {
        tern_md_absent(t, "sample", "tern tune");
        return;
    }
    means(p, t);
    tern_md_figures(p, "winners", t);
    winners(p, t);
}

void tern_md_leaderboard(const struct tern_report_page *p, struct tern_text *t) {
    for (size_t i = 0; i < p->data->problems; i++) leaderboard(p, &p->data->problem[i], t);
    if (!p->data->problems) tern_md_absent(t, "sample", "tern tune");
}

void tern_md_roofline(const struct tern_report_page *p, struct tern_text *t) {
    tern_md_figures(p, "roofline", t);
    if (p->data->ceilings)
        ceilings(p->data, t);
    else
        tern_md_absent(t, "ceiling", "tern ceilings");
}

void tern_md_e2e(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->data->e2es) {
        tern_md_absent(t, "end-to-end run", "tern e2e");
        return;
    }
    tern_md_figures(p, "e2e", t);
    e2e(p->data, t);
}

void tern_md_missing(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, "| What | Why | Records |\n|---|---|--:|\n");
    for (size_t i = 0; i < p->gaps.count; i++) {
        tern_text_put(t, "| ");
        tern_text_markdown(t, p->gaps.item[i].what);
        tern_text_put(t, " | ");
        tern_text_markdown(t, p->gaps.item[i].text);
        if (p->gaps.item[i].count)
            tern_text_printf(t, " | %zu |\n", p->gaps.item[i].count);
        else
            tern_text_put(t, " | all |\n");
    }
    tern_text_put(t, "\n");
}

void tern_md_reproduce(const struct tern_report_page *p, struct tern_text *t) {
    for (size_t i = 0; i < p->commands.count; i++) {
        tern_text_put(t, "- ");
        tern_text_markdown(t, p->commands.item[i].what);
        tern_text_put(t, ":\n\n      ");
        tern_text_put(t, p->commands.item[i].text);
        tern_text_put(t, "\n\n");
    }
}

void tern_report_markdown(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, "# tern report\n\n");
    for (size_t i = 0; i < tern_section_count; i++) {
        tern_text_printf(t, "## %s\n\n", tern_sections[i]->heading);
        tern_section_markdown(tern_sections[i], p, t);
    }
}
