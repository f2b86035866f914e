#define _GNU_SOURCE
#include "cli/tune/tune.h"

#include "cli/command.h"
#include "cli/tune/summary.h"
#include "measure/clock.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void say_ratio(const struct tern_ratio *r, const char *name) {
    if (!r->n) return;
    printf("  %.2fx %s", 1 / r->median, name);
    if (!isnan(r->ci_lo)) printf(" [%.2f, %.2f]", 1 / r->ci_hi, 1 / r->ci_lo);
}

/* Time in us, energy in the objective's own unit. */
static void say_estimate(const struct tern_estimate *e, enum tern_objective objective) {
    const double scale = objective == TERN_OBJECTIVE_TIME ? 1000 : 1;
    printf("     median %.2f", e->median / scale);
    if (!isnan(e->ci_lo)) printf(" [%.2f, %.2f]", e->ci_lo / scale, e->ci_hi / scale);
    printf(" %s n=%zu", objective == TERN_OBJECTIVE_TIME ? "us" : tern_objective_unit(objective), e->n);
}

static void say_standing(const struct tern_leader *st, size_t place, enum tern_objective objective) {
    char params[160];
    tern_variant_params_text(st->variant, st->param, params, sizeof params);
    printf(" %c%zu  %s  %s%s%s%s\n", st->is_winner ? '*' : ' ', place, st->variant->name, params,
           st->is_default ? "  (default)" : "", st->is_baseline ? "  (baseline)" : "",
           st->est.unstable ? "  (unstable)" : "");
    say_estimate(&st->est, objective);
    if (objective == TERN_OBJECTIVE_TIME) printf("  %.2f GB/s", st->bytes / st->est.median);
    if (st->of_read.n) printf(" = %.0f %% of read", 100 * st->of_read.median);
    if (objective == TERN_OBJECTIVE_TIME) printf("  %.1f GMAC/s", st->macs / st->est.median);
    if (st->of_int8.n) printf(" = %.0f %% of int8", 100 * st->of_int8.median);
    if (!isnan(st->ipc)) printf("  %.2f instructions/cycle (one pass)", st->ipc);
    say_ratio(&st->over_default, "default");
    say_ratio(&st->over_f16, "f16");
    say_ratio(&st->over_i2s, "i2s");
    putchar('\n');
}

static void say_ceiling(const char *what, const struct tern_ceiling_seen *c, const char *unit) {
    if (c->est.n) {
        printf("     ceiling %s: median %.1f %s", what, c->est.median, unit);
        if (!isnan(c->est.ci_lo)) printf(" [%.1f, %.1f]", c->est.ci_lo, c->est.ci_hi);
        printf(" n=%zu (%s)\n", c->est.n, c->name);
    } else {
        printf("     ceiling %s: not measured: %s\n", what, c->why);
    }
}

static void say_outcome(const struct tern_outcome *o, enum tern_objective objective) {
    const struct tern_problem *p = &o->task->problem;
    printf("%zux%zux%zu  %zu thread%s  %s%s%s%s%s\n", p->m, p->k, p->n, p->threads, p->threads > 1 ? "s" : "",
           tern_regime_name(o->regime), o->task->model[0] ? "  " : "", o->task->model,
           o->task->roles[0] ? ": " : "", o->task->roles);
    if (o->remembered) {
        const struct tern_estimate est = {.median = o->entry.median_ns,
                                          .ci_lo = o->entry.ci_lo_ns,
                                          .ci_hi = o->entry.ci_hi_ns,
                                          .n = o->entry.n};
        printf("     known: %s, effort %s, %s; --again measures it again\n", o->entry.variant,
               o->entry.effort, o->entry.date);
        say_estimate(&est, objective);
        putchar('\n');
        return;
    }
    if (o->recorded) {
        printf("     recorded: %zu candidates in %zu rounds\n", o->candidates, o->recorded);
        return;
    }
    if (!o->measured) {
        printf("     not measured: %s\n", o->why);
        return;
    }
    for (size_t i = 0; i < o->standings; i++) say_standing(&o->standing[i], i + 1, objective);
    say_ceiling("read", &o->read, "GB/s");
    say_ceiling("int8", &o->int8, "GMAC/s");
    if (o->why_no_counters[0]) printf("     counters: not measured: %s\n", o->why_no_counters);
    printf("     %zu candidates, %zu left out, %zu dropped (%zu untried by what bounds their neighbours) in "
           "%zu rounds of %zu samples; final of %zu rounds",
           o->candidates, o->left_out, o->dropped, o->spared, o->race_rounds, o->samples, o->final_rounds);
    if (!isnan(o->floor)) printf(", noise floor %.1f %%", 100 * o->floor);
    printf("%s%s\n", o->tie ? "; a tie: no variant is shown to be faster, so the better guess is used" : "",
           o->complete ? "" : "; incomplete: the budget ended first");
}

/* The run's own share knows nothing of what came before it, and a proof has none. */
void tern_tune_view_step(struct tern_tune_view *v, const char *note) {
    char line[640];
    const double share = (1e-9 * (double)tern_now_ns() - v->begun) / v->whole;
    snprintf(line, sizeof line, "%s%s%s", v->best_so_far, v->best_so_far[0] ? "; " : "", note);
    tern_progress_step(&v->bar, share < 0.99 ? share : 0.99, line);
}

static void on_progress(void *ctx, double fraction, const char *note) {
    (void)fraction;
    tern_tune_view_step(ctx, note);
}

static void keep_best(struct tern_tune_view *v, const struct tern_outcome *o) {
    static const char form[] = "best so far %.2fx I2_S";
    for (size_t i = 0; o->measured && i < o->standings; i++) {
        const struct tern_leader *st = &o->standing[i];
        const double times = st->over_i2s.n ? 1 / st->over_i2s.median : NAN;
        if (!st->is_winner || !(times > v->most)) continue;
        v->most = times;
        snprintf(v->best_so_far, sizeof v->best_so_far, form, times);
    }
}

static void on_outcome(void *ctx, const struct tern_outcome *o) {
    struct tern_tune_view *v = ctx;
    tern_progress_wipe(&v->bar);
    tern_totals_add(&v->totals, o);
    tern_tune_rows_add(&v->rows, o);
    keep_best(v, o);
    if (v->json)
        json_array_append_new(v->list, tern_tune_json_outcome(o, v->objective));
    else if (v->verbose)
        say_outcome(o, v->objective);
    tern_cli_flush();
}

static void on_warn(void *ctx, const char *line) {
    struct tern_tune_view *v = ctx;
    tern_progress_wipe(&v->bar);
    fprintf(stderr, "tern: %s\n", line);
}

static void say_threads(const struct tern_threads_seen *t) {
    const struct tern_problem *p = &t->problem;
    const size_t best = t->of[t->best].threads;
    printf("%zux%zux%zu  %s  of %zu thread counts %zu is best: median %.2f us n=%zu (their winners in the "
           "same rounds)\n",
           p->m, p->k, p->n, tern_regime_name(p->regime), t->count, best, t->of[t->best].est.median / 1000,
           t->of[t->best].est.n);
    for (size_t i = 0; i < t->count; i++) {
        const struct tern_ratio *r = &t->of[i].over_best;
        if (i == t->best) continue;
        printf("     %zu thread%s: %.3f times as long", t->of[i].threads, t->of[i].threads > 1 ? "s" : "",
               r->median);
        if (!isnan(r->ci_lo)) printf(" [%.3f, %.3f]", r->ci_lo, r->ci_hi);
        printf(" n=%zu%s\n", r->n, r->ci_lo > 1 ? "" : "; not separable from the best");
    }
}

static void count_best(struct tern_tune_view *v, size_t threads) {
    size_t i = 0;
    while (i < v->best_counts && v->best[i].threads != threads) i++;
    if (i == TERN_MAX_COUNTS) return;
    if (i == v->best_counts) v->best[v->best_counts++].threads = threads;
    v->best[i].problems++;
    v->met++;
}

static void on_threads(void *ctx, const struct tern_threads_seen *t) {
    struct tern_tune_view *v = ctx;
    tern_progress_wipe(&v->bar);
    count_best(v, t->of[t->best].threads);
    if (v->json)
        json_array_append_new(v->counts, tern_tune_json_threads(t));
    else if (v->verbose)
        say_threads(t);
    tern_cli_flush();
}

struct tern_tune_hooks tern_tune_view_hooks(struct tern_tune_view *v) {
    return (struct tern_tune_hooks){v, on_progress, on_outcome, on_warn, on_threads};
}

static void say_total(const struct tern_total *t, enum tern_objective objective) {
    const int time = objective == TERN_OBJECTIVE_TIME;
    printf("model %s, %zu token%s, %zu thread%s: ", t->model, t->n, t->n > 1 ? "s" : "", t->threads,
           t->threads > 1 ? "s" : "");
    if (!t->shapes) {
        printf("not measured\n");
        return;
    }
    printf("%zu calls of %zu shapes, sum of medians %.3f", t->calls, t->shapes, t->median / (time ? 1e6 : 1));
    if (!isnan(t->lo)) printf(" [%.3f, %.3f]", t->lo / (time ? 1e6 : 1), t->hi / (time ? 1e6 : 1));
    printf(" %s n>=%zu, %.2fx the defaults%s", time ? "ms" : tern_objective_unit(objective), t->rounds_min,
           t->by_default / t->median, t->fastest ? ", the best thread count" : "");
    if (t->missing) printf("; %zu shapes not measured", t->missing);
    putchar('\n');
}

void tern_tune_view_sums(struct tern_tune_view *v) {
    tern_totals_end(&v->totals);
    for (size_t i = 0; i < v->totals.count && v->verbose && !v->json; i++)
        say_total(&v->totals.item[i], v->objective);
    tern_cli_flush();
}

void tern_tune_view_end(struct tern_tune_view *v, const struct tern_tune_summary *sum, const char *wisdom,
                        const char *records) {
    if (v->json) {
        json_t *models = json_array();
        for (size_t i = 0; i < v->totals.count; i++)
            json_array_append_new(models, tern_tune_json_total(&v->totals.item[i], v->objective));
        tern_tune_document(v->arguments, json_pack("{s:O, s:O, s:o, s:O, s:f, s:I, s:b}", "problems", v->list,
                                                   "thread_counts", v->counts, "models", models, "plans",
                                                   v->judged, "seconds", sum->seconds, "replayed_samples",
                                                   (json_int_t)sum->replayed, "stopped", sum->stopped));
        return;
    }
    if (sum->recorded) {
        printf("%zu problem recorded; %.1f s\n", sum->recorded, sum->seconds);
        return;
    }
    if (v->verbose && sum->replayed) printf("%zu samples from the journal\n", sum->replayed);
    tern_tune_summary_print(v, sum, wisdom, records);
}
