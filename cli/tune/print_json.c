/* What a tuning finds, as JSON. */
#include "cli/tune/tune.h"

#include "measure/records/json_text.h"

#include <math.h>
#include <stdio.h>

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

json_t *tern_tune_json_outcome(const struct tern_outcome *o, enum tern_objective objective) {
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
    json_object_set_new(out, "spared", json_integer((json_int_t)o->spared));
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

json_t *tern_tune_json_threads(const struct tern_threads_seen *t) {
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

json_t *tern_tune_json_total(const struct tern_total *t, enum tern_objective objective) {
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
