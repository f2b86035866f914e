#define _GNU_SOURCE
#include "cli/tune/tune.h"

#include "cli/command.h"
#include "measure/records/json_text.h"

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
    printf("     %zu candidates, %zu left out, %zu dropped in %zu rounds of %zu samples; final of %zu rounds",
           o->candidates, o->left_out, o->dropped, o->race_rounds, o->samples, o->final_rounds);
    if (!isnan(o->floor)) printf(", noise floor %.1f %%", 100 * o->floor);
    printf("%s%s\n", o->tie ? "; a tie: no variant is shown to be faster, so the better guess is used" : "",
           o->complete ? "" : "; incomplete: the budget ended first");
}

static json_t *json_ratio(const struct tern_ratio *r) {
    if (!r->n) return json_null();
    return isnan(r->ci_lo) ? json_pack("{s:f, s:I}", "median", r->median, "n", (json_int_t)r->n)
                           : json_pack("{s:f, s:[f,f], s:I}", "median", r->median, "ci95", r->ci_lo, r->ci_hi,
                                       "n", (json_int_t)r->n);
}

static json_t *json_estimate(const struct tern_estimate *est) {
    if (!est->n) return json_null();
    json_t *o = json_pack("{s:f, s:f, s:f, s:I, s:b}", "median", est->median, "mad", est->mad, "min",
                          est->min, "n", (json_int_t)est->n, "unstable", est->unstable);
    if (!isnan(est->ci_lo)) json_object_set_new(o, "ci95", json_pack("[f,f]", est->ci_lo, est->ci_hi));
    return o;
}

static json_t *json_standing(const struct tern_leader *st, enum tern_objective objective) {
    char params[160];
    tern_variant_params_text(st->variant, st->param, params, sizeof params);
    char cost[24];
    snprintf(cost, sizeof cost, "%s_per_call", tern_objective_unit(objective));
    return json_pack("{s:s, s:s, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:f}", "variant",
                     st->variant->name, "params", params, "winner", st->is_winner, "default", st->is_default,
                     "baseline", st->is_baseline, cost, json_estimate(&st->est), "time_over_default",
                     json_ratio(&st->over_default), "time_over_f16", json_ratio(&st->over_f16),
                     "time_over_i2s", json_ratio(&st->over_i2s), "share_of_read", json_ratio(&st->of_read),
                     "share_of_int8", json_ratio(&st->of_int8), "bytes", st->bytes, "macs", st->macs);
}

static json_t *json_ceiling(const struct tern_ceiling_seen *c, const char *unit) {
    if (!c->est.n) return json_pack("{s:s}", "not_measured", c->why);
    return json_pack("{s:s, s:s, s:o}", "name", c->name, "unit", unit, "est", json_estimate(&c->est));
}

static json_t *json_outcome(const struct tern_outcome *o, enum tern_objective objective) {
    const struct tern_problem *p = &o->task->problem;
    json_t *out =
        json_pack("{s:I, s:I, s:I, s:I, s:s, s:s, s:s}", "m", (json_int_t)p->m, "k", (json_int_t)p->k, "n",
                  (json_int_t)p->n, "threads", (json_int_t)p->threads, "regime", tern_regime_name(o->regime),
                  "model", o->task->model, "roles", o->task->roles);
    if (o->recorded) {
        json_object_set_new(out, "recorded_rounds", json_integer((json_int_t)o->recorded));
        json_object_set_new(out, "candidates", json_integer((json_int_t)o->candidates));
    } else if (o->remembered || o->measured) {
        json_object_set_new(out, "winner", json_string(o->entry.variant));
        json_object_set_new(out, "remembered", json_boolean(o->remembered));
    } else {
        json_object_set_new(out, "not_measured", tern_json_text(o->why));
    }
    if (!o->measured) return out;
    json_t *list = json_array();
    for (size_t i = 0; i < o->standings; i++)
        json_array_append_new(list, json_standing(&o->standing[i], objective));
    json_object_set_new(out, "standings", list);
    json_object_set_new(out, "candidates", json_integer((json_int_t)o->candidates));
    json_object_set_new(out, "search_samples", json_integer((json_int_t)o->samples));
    json_object_set_new(out, "duel_rounds", json_integer((json_int_t)o->final_rounds));
    if (!isnan(o->floor)) json_object_set_new(out, "noise_floor", json_real(o->floor));
    if (o->why_no_counters[0]) json_object_set_new(out, "no_counters", json_string(o->why_no_counters));
    json_object_set_new(out, "tie", json_boolean(o->tie));
    json_object_set_new(out, "complete", json_boolean(o->complete));
    json_object_set_new(out, "read", json_ceiling(&o->read, "GB/s"));
    json_object_set_new(out, "int8", json_ceiling(&o->int8, "GMAC/s"));
    return out;
}

static void on_progress(void *ctx, double fraction, const char *note) {
    struct tern_tune_view *v = ctx;
    tern_progress_step(&v->bar, fraction, note);
}

static void on_outcome(void *ctx, const struct tern_outcome *o) {
    struct tern_tune_view *v = ctx;
    tern_progress_end(&v->bar);
    tern_totals_add(&v->totals, o);
    if (v->json)
        json_array_append_new(v->list, json_outcome(o, v->objective));
    else
        say_outcome(o, v->objective);
    fflush(stdout);
    const double started = v->bar.started;
    tern_progress_begin(&v->bar, "tune", v->quiet);
    v->bar.started = started;
}

static void on_warn(void *ctx, const char *line) {
    struct tern_tune_view *v = ctx;
    if (v->bar.on) fputs("\r\033[K", stderr);
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

static json_t *json_threads(const struct tern_threads_seen *t) {
    const struct tern_problem *p = &t->problem;
    json_t *counts = json_array();
    for (size_t i = 0; i < t->count; i++)
        json_array_append_new(counts, json_pack("{s:I, s:o, s:o}", "threads", (json_int_t)t->of[i].threads,
                                                "ns_per_call", json_estimate(&t->of[i].est), "time_over_best",
                                                json_ratio(&t->of[i].over_best)));
    return json_pack("{s:I, s:I, s:I, s:s, s:I, s:o}", "m", (json_int_t)p->m, "k", (json_int_t)p->k, "n",
                     (json_int_t)p->n, "regime", tern_regime_name(p->regime), "best_threads",
                     (json_int_t)t->of[t->best].threads, "counts", counts);
}

static void on_threads(void *ctx, const struct tern_threads_seen *t) {
    struct tern_tune_view *v = ctx;
    if (v->json)
        json_array_append_new(v->counts, json_threads(t));
    else
        say_threads(t);
    fflush(stdout);
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

static json_t *json_total(const struct tern_total *t, enum tern_objective objective) {
    json_t *o =
        json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:s, s:b}", "model", tern_json_text(t->model), "n",
                  (json_int_t)t->n, "threads", (json_int_t)t->threads, "shapes", (json_int_t)t->shapes,
                  "calls", (json_int_t)t->calls, "shapes_not_measured", (json_int_t)t->missing, "unit",
                  tern_objective_unit(objective), "best_thread_count", t->fastest);
    if (!t->shapes) return o;
    json_object_set_new(o, "sum_of_medians", json_real(t->median));
    if (!isnan(t->lo)) json_object_set_new(o, "sum_of_intervals", json_pack("[f,f]", t->lo, t->hi));
    json_object_set_new(o, "with_the_defaults", json_real(t->by_default));
    return o;
}

void tern_tune_view_sums(struct tern_tune_view *v) {
    tern_totals_end(&v->totals);
    for (size_t i = 0; i < v->totals.count && !v->json; i++) say_total(&v->totals.item[i], v->objective);
    fflush(stdout);
}

void tern_tune_view_end(struct tern_tune_view *v, const struct tern_tune_summary *sum, const char *wisdom,
                        const char *records, json_t *plans) {
    if (v->json) {
        json_t *models = json_array();
        for (size_t i = 0; i < v->totals.count; i++)
            json_array_append_new(models, json_total(&v->totals.item[i], v->objective));
        tern_tune_document(v->arguments, json_pack("{s:O, s:O, s:o, s:O, s:f, s:I, s:b}", "problems", v->list,
                                                   "thread_counts", v->counts, "models", models, "plans",
                                                   plans, "seconds", sum->seconds, "replayed_samples",
                                                   (json_int_t)sum->replayed, "stopped", sum->stopped));
        return;
    }
    if (sum->recorded) {
        printf("%zu problem recorded; %.1f s\n", sum->recorded, sum->seconds);
        return;
    }
    printf("%zu problems tuned, %zu known before, %zu not measured, %zu ties; %zu samples from the journal; "
           "%.1f s\n"
           "wisdom: %s\nrecords: %s\n",
           sum->done, sum->remembered, sum->not_measured, sum->ties, sum->replayed, sum->seconds, wisdom,
           records ? records : "none");
}
