/* tern targets: the goals of kernels, as shares of a ceiling that is measured in the same rounds. */
#include "cli/targets/targets.h"

#include "cli/files.h"

#include "base/talk/progress.h"
#include "measure/records/json_text.h"
#include "tuner/targets/targets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

size_t tern_targets_shares_selected(const struct tern_cli_filter *filter) {
    size_t count, n = 0;
    const struct tern_target *t = tern_targets(&count);
    const enum tern_target_class c = tern_targets_class();
    for (size_t i = 0; i < count && c < TERN_TARGET_CLASSES; i++)
        n += (size_t)(!isnan(t[i].goal[c]) && tern_cli_matches(filter, t[i].name));
    return n;
}

static const char *word_for(const struct tern_target_seen *s) {
    if (!s->variant) return "not measured";
    return tern_verdict_word(s->verdict);
}

static void say(const struct tern_target *t, const struct tern_target_seen *s) {
    char params[160];
    if (!s->variant) {
        printf("%-18s not measured: %s\n", t->name, s->why);
        return;
    }
    tern_variant_params_text(s->variant, s->param, params, sizeof params);
    const double amount = s->kind == TERN_CEILING_READ ? (double)s->variant->format->bytes(t->m, t->k)
                                                       : (double)t->m * (double)t->k * (double)t->n;
    const char *unit = s->kind == TERN_CEILING_READ ? "GB/s" : "GMAC/s";
    printf("%-18s %.3f [%.3f, %.3f] n=%zu  goal %.2f  %s\n", t->name, s->share.median, s->share.ci_lo,
           s->share.ci_hi, s->share.n, t->goal[tern_targets_class()], word_for(s));
    printf("    median %.1f %s of %.1f %s (%s), %s %s\n", amount / s->ns.median, unit, s->ceiling.median,
           unit, s->ceiling_name, s->variant->name, params);
}

static json_t *json_of(const struct tern_target *t, const struct tern_target_seen *s) {
    json_t *o = json_pack("{s:s, s:f, s:I, s:I, s:I, s:s, s:s}", "name", t->name, "goal",
                          t->goal[tern_targets_class()], "m", (json_int_t)t->m, "k", (json_int_t)t->k, "n",
                          (json_int_t)t->n, "regime", tern_regime_name(t->regime), "verdict", word_for(s));
    if (!s->variant) {
        json_object_set_new(o, "why", tern_json_text(s->why));
        return o;
    }
    char params[160];
    tern_variant_params_text(s->variant, s->param, params, sizeof params);
    json_object_set_new(o, "value", json_real(s->share.median));
    json_object_set_new(o, "ok", json_boolean(s->verdict == TERN_OK));
    json_object_set_new(o, "ci95", json_pack("[f,f]", s->share.ci_lo, s->share.ci_hi));
    json_object_set_new(o, "rounds", json_integer((json_int_t)s->share.n));
    json_object_set_new(o, "variant", json_string(s->variant->name));
    json_object_set_new(o, "params", json_string(params));
    json_object_set_new(o, "ns_per_call", json_real(s->ns.median));
    json_object_set_new(o, "ceiling", json_string(s->ceiling_name));
    json_object_set_new(o, s->kind == TERN_CEILING_READ ? "ceiling_gb_per_s" : "ceiling_gmac_per_s",
                        json_real(s->ceiling.median));
    return o;
}

struct proving {
    struct tern_progress bar;
    const struct tern_variant **list;
    size_t count, finished;
};

static void on_verdict(void *ctx, size_t index, const struct tern_verdict *verdict,
                       const struct tern_proof *proof) {
    struct proving *p = ctx;
    tern_progress_step(&p->bar, (double)++p->finished / (double)p->count, p->list[index]->name);
    if (!proof)
        fprintf(stderr, "tern: verify: %s: %s: %s; not timed\n", p->list[index]->name,
                tern_verdict_name(verdict->kind), verdict->text);
}

enum tern_status tern_targets_prove(struct tern_fixture *fixture, int quiet, struct tern_error *e) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    struct proving p = {.list = malloc((count + 1) * sizeof *p.list)};
    if (!p.list) return tern_fail(e, TERN_NO_MEMORY, "verify: out of memory");
    for (size_t i = 0; i < count; i++)
        if (all[i].act == TERN_ACT_I8 && (all[i].isa & fixture->machine->usable) == all[i].isa)
            p.list[p.count++] = &all[i];
    tern_progress_begin(&p.bar, "targets", quiet);
    const enum tern_status s = tern_fixture_prove_all(fixture, p.list, p.count, on_verdict, &p, e);
    tern_progress_end(&p.bar);
    free(p.list);
    return s;
}

enum tern_status tern_targets_shares(struct tern_fixture *fixture, struct tern_targets_tally *y,
                                     const char *records, struct tern_error *e) {
    size_t count;
    const struct tern_target *t = tern_targets(&count);
    char run_id[64];
    const enum tern_target_class class = tern_targets_class();
    if (class == TERN_TARGET_CLASSES) return TERN_OK;
    tern_cli_run_id("targets", run_id, sizeof run_id);
    for (size_t i = 0; i < count; i++) {
        struct tern_target_seen seen;
        if (isnan(t[i].goal[class]) || !tern_cli_matches(y->filter, t[i].name)) continue;
        enum tern_status s = tern_target_measure(&t[i], class, fixture, NULL, &seen, e);
        if (!s && records) s = tern_target_record(&t[i], &seen, fixture, run_id, records, e);
        if (s) return s;
        if (y->list)
            json_array_append_new(y->list, json_of(&t[i], &seen));
        else
            say(&t[i], &seen);
        tern_targets_count(y, seen.verdict);
    }
    return TERN_OK;
}
