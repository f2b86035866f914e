/* The results of `tern e2e` as JSON, and the words that all forms of the results share. */
#include "cli/engine/e2e.h"

#include "measure/clock.h"
#include "measure/machine/machine.h"
#include "measure/records/json_text.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *e2e_plan(const struct tern_e2e_row *r) {
    return r->decode ? r->facts.decode_plan : r->facts.prefill_plan;
}

const char *e2e_tuned(const struct tern_e2e_row *r) {
    return r->facts.from_wisdom ? "tuned" : "untuned";
}

struct e2e_group e2e_group(const struct tern_e2e_row *r, size_t from) {
    struct e2e_group g = {tern_spent_group((enum tern_operation)from), from, from, 0};
    while (g.to < TERN_OPERATIONS && !strcmp(tern_spent_group((enum tern_operation)g.to), g.name))
        g.seconds += r->spent[g.to++];
    return g;
}

/* The groups, and the operations that they consist of. */
static json_t *breakdown_json(const struct tern_e2e_row *r) {
    json_t *b =
        json_pack("{s:s, s:s, s:i}", "unit", "s/token", "estimator", "mean over workers, one run", "n", 1);
    json_t *pieces = json_object();
    struct e2e_group g = {.to = 0};
    while (g.to < TERN_OPERATIONS) {
        g = e2e_group(r, g.to);
        json_object_set_new(b, g.name, json_real(g.seconds));
    }
    for (size_t i = 0; i < TERN_OPERATIONS; i++)
        json_object_set_new(pieces, tern_spent_name((enum tern_operation)i), json_real(r->spent[i]));
    json_object_set_new(b, "pieces", pieces);
    return b;
}

static json_t *estimate_json(const struct tern_estimate *t, const char *unit) {
    json_t *o = json_pack("{s:s, s:s, s:I, s:f, s:f}", "unit", unit, "estimator", "median", "n",
                          (json_int_t)t->n, "median", t->median, "mad", t->mad);
    if (o && isfinite(t->ci_lo)) {
        json_object_set_new(o, "ci_lo", json_real(t->ci_lo));
        json_object_set_new(o, "ci_hi", json_real(t->ci_hi));
    }
    return o;
}

/* What is measured only when it is asked for, or why it is not there. */
static void extras_json(json_t *o, const struct tern_e2e_row *r) {
    if (r->share.n) {
        json_object_set_new(o, "share_of_ceiling", estimate_json(&r->share, "1"));
        json_object_set_new(o, "ceiling", estimate_json(&r->ceiling, r->decode ? "GB/s" : "GMAC/s"));
        json_object_set_new(o, "ceiling_name", json_string(r->ceiling_name));
    } else {
        json_object_set_new(o, "why_no_share", json_string(r->why_no_share));
    }
    if (r->joules.n)
        json_object_set_new(o, "joules_per_token", estimate_json(&r->joules, "J"));
    else
        json_object_set_new(o, "why_no_joules", json_string(r->why_no_joules));
    if (r->facts.exact.steps) {
        json_object_set_new(o, "head_rows_rescored_per_token",
                            json_real((double)r->facts.exact.rescored / (double)r->facts.exact.steps));
        json_object_set_new(o, "head_shares_in_full", json_integer((json_int_t)r->facts.exact.whole));
    }
    if (isnan(r->predicted)) {
        json_object_set_new(o, "why_no_prediction", json_string(r->why_no_prediction));
    } else {
        json_object_set_new(o, "linear",
                            json_pack("{s:s, s:f, s:I, s:o, s:f}", "unit", "s/token", "predicted",
                                      r->predicted, "tuned_tokens", (json_int_t)r->tuned_n, "measured",
                                      estimate_json(&r->linear, "s/token"), "measured_over_predicted",
                                      tern_e2e_over_predicted(r)));
    }
    if (!r->has_breakdown) return;
    json_object_set_new(o, "breakdown", breakdown_json(r));
}

static json_t *row_json(const struct e2e_job *j, const struct tern_e2e_row *r) {
    json_t *o = json_pack("{s:o, s:s, s:s, s:I, s:I, s:s, s:s, s:I, s:f, s:f, s:f, s:f}", "model",
                          tern_json_text(j->c.model), "test", r->test, "op", r->decode ? "decode" : "prefill",
                          "tokens", (json_int_t)r->tokens, "threads", (json_int_t)r->threads, "unit", "tok/s",
                          "estimator", "median", "n", (json_int_t)r->rate.n, "median", r->rate.median, "min",
                          r->rate.min, "max", r->max, "mad", r->rate.mad);
    char settings[256], now[32];
    const struct tern_machine *m;
    if (!o) return NULL;
    tern_utc_text(now, sizeof now);
    json_object_set_new(o, "ts", json_string(now));
    if (!tern_machine_get(&m, NULL)) json_object_set_new(o, "machine", json_string(m->key));
    if (*e2e_settings(j, settings, sizeof settings))
        json_object_set_new(o, "settings", json_string(settings));
    if (isfinite(r->rate.ci_lo)) {
        json_object_set_new(o, "ci_lo", json_real(r->rate.ci_lo));
        json_object_set_new(o, "ci_hi", json_real(r->rate.ci_hi));
    } else {
        json_object_set_new(o, "why_no_ci", json_string("fewer than 6 rounds"));
    }
    if (r->decode) json_object_set_new(o, "bytes_per_token", json_real(r->bytes_per_token));
    if (r->peak_rss_bytes)
        json_object_set_new(o, "peak_rss_bytes", json_integer((json_int_t)r->peak_rss_bytes));
    json_object_set_new(o, "body_bytes", json_integer((json_int_t)r->facts.body_bytes));
    json_object_set_new(o, "head_bytes", json_integer((json_int_t)r->facts.head_bytes));
    json_object_set_new(o, "packed_from_cache", json_boolean(r->facts.from_cache));
    json_object_set_new(o, "kv_bytes", json_integer((json_int_t)r->kv_bytes));
    extras_json(o, r);
    json_object_set_new(o, "load_seconds", json_real(r->facts.load_seconds));
    json_object_set_new(o, "head", tern_json_text(r->facts.head));
    json_object_set_new(o, "plan", json_string(e2e_plan(r)));
    json_object_set_new(o, "layers_from_wisdom", json_integer((json_int_t)r->facts.from_wisdom));
    json_object_set_new(o, "layers_from_ranks", json_integer((json_int_t)r->facts.from_ranks));
    if (r->facts.ranks[0]) json_object_set_new(o, "ranks", tern_json_text(r->facts.ranks));
    json_object_set_new(o, "layers", json_integer((json_int_t)r->facts.planned));
    if (r->facts.warning[0]) json_object_set_new(o, "warning", tern_json_text(r->facts.warning));
    return o;
}

int e2e_print_json(const struct e2e_job *j, const struct tern_e2e_row *rows, size_t count) {
    json_t *all = json_array();
    int bad = all == NULL;
    for (size_t i = 0; !bad && i < count; i++) bad = json_array_append_new(all, row_json(j, &rows[i])) != 0;
    if (bad) json_decref(all);
    return tern_cli_print_json_digits(bad ? NULL : all, 9);
}
