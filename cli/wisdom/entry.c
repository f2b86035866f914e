/* The entries of a wisdom file: read, and shown as text and as JSON. */
#include "cli/wisdom/wisdom.h"

#include "cli/command.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/objective.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum tern_status tern_wisdom_mine(const struct tern_wisdom_arguments *a, struct tern_wisdom *w,
                                  struct tern_error *e) {
    const enum tern_status s = tern_wisdom_read(a->path, a->machine->key, a->any_machine, w, e);
    if (!s && w->skipped)
        fprintf(stderr, "tern: wisdom: %s: %zu damaged or unknown lines skipped\n", a->path, w->skipped);
    return s;
}

static void params_of(const struct tern_wisdom_entry *en, char *out, size_t bytes) {
    const struct tern_variant *v = tern_variant_named(en->variant);
    if (v)
        tern_variant_params_text(v, en->param, out, bytes);
    else
        snprintf(out, bytes, "-");
}

json_t *tern_wisdom_entry_json(const struct tern_wisdom_entry *en) {
    char params[160];
    params_of(en, params, sizeof params);
    json_t *o = json_pack(
        "{s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:f, s:I, s:s, s:f, s:s, s:s, s:s, s:b, s:b, s:b}", "m",
        (json_int_t)en->problem.m, "k", (json_int_t)en->problem.k, "n", (json_int_t)en->problem.n, "threads",
        (json_int_t)en->problem.threads, "regime", tern_regime_name(en->problem.regime), "objective",
        en->objective, "variant", en->variant, "params", params, "median_ns", en->median_ns, "rounds",
        (json_int_t)en->n, "base", en->base, "time_over_base", en->ratio, "effort", en->effort, "date",
        en->date, "code", en->code, "complete", en->complete, "tie", en->tie, "stale", tern_wisdom_stale(en));
    if (!isnan(en->ci_lo_ns))
        json_object_set_new(o, "ci95_ns", json_pack("[f,f]", en->ci_lo_ns, en->ci_hi_ns));
    if (!isnan(en->ratio_lo))
        json_object_set_new(o, "ci95_ratio", json_pack("[f,f]", en->ratio_lo, en->ratio_hi));
    if (en->of_layout)
        json_object_set_new(o, "layout", json_string(tern_variant_named(en->variant)->format->name));
    if (!isnan(en->of_read)) json_object_set_new(o, "share_of_read", json_real(en->of_read));
    if (!isnan(en->of_int8)) json_object_set_new(o, "share_of_int8", json_real(en->of_int8));
    if (!isnan(en->ipc)) json_object_set_new(o, "ipc", json_real(en->ipc));
    if (en->best_threads) {
        json_object_set_new(o, "best_threads", json_integer((json_int_t)en->best_threads));
        json_object_set_new(o, "time_over_best_threads", json_real(en->behind));
        if (!isnan(en->behind_lo))
            json_object_set_new(o, "time_over_best_threads_ci95",
                                json_pack("[f,f]", en->behind_lo, en->behind_hi));
    }
    if (!isnan(en->peak_ipc)) json_object_set_new(o, "peak_ipc", json_real(en->peak_ipc));
    if (en->spared) json_object_set_new(o, "spared", json_integer((json_int_t)en->spared));
    if (!isnan(en->llc_misses))
        json_object_set_new(o, "llc_misses_per_kilo_weight", json_real(en->llc_misses));
    if (en->second[0]) {
        json_object_set_new(o, "second", json_string(en->second));
        json_object_set_new(o, "second_over_winner", json_real(en->margin));
        if (!isnan(en->margin_lo))
            json_object_set_new(o, "ci95_margin", json_pack("[f,f]", en->margin_lo, en->margin_hi));
    }
    return o;
}

void tern_wisdom_entry_say(const struct tern_wisdom_entry *en) {
    const struct tern_problem *p = &en->problem;
    char params[160];
    int base[TERN_MAX_PARAMS];
    params_of(en, params, sizeof params);
    printf("%zux%zux%zu t%zu %s %s: %s%s %s%s\n", p->m, p->k, p->n, p->threads, tern_regime_name(p->regime),
           en->objective, en->of_layout ? "the best of its layout: " : "", en->variant, params,
           tern_wisdom_stale(en) ? "  STALE: measured with other code; tune again" : "");
    enum tern_objective objective;
    const int known = tern_objective_named(en->objective, &objective);
    const int time = !known || objective == TERN_OBJECTIVE_TIME;
    const double scale = time ? 1000 : 1;
    printf("    median %.2f", en->median_ns / scale);
    if (!isnan(en->ci_lo_ns)) printf(" [%.2f, %.2f]", en->ci_lo_ns / scale, en->ci_hi_ns / scale);
    printf(" %s n=%zu; ", time ? "us" : tern_objective_unit(objective), en->n);
    if (en->tie)
        printf("a tie with the default: the better guess");
    else if (en->ratio == 1 && tern_wisdom_named(en->base, base) == tern_variant_named(en->variant))
        printf("the default won");
    else {
        printf("%.2fx %s", 1 / en->ratio, en->base);
        if (!isnan(en->ratio_lo)) printf(" [%.2f, %.2f]", 1 / en->ratio_hi, 1 / en->ratio_lo);
    }
    printf("; effort %s, %s%s\n", en->effort, en->date, en->complete ? "" : ", incomplete");
}

int tern_wisdom_shape(const struct tern_wisdom_arguments *a, struct tern_problem *p, int *has_n) {
    size_t xs = 0;
    if (a->words.count != 1) return tern_cli_usage("wisdom", "one problem is needed, such as 6912x2560x1");
    if (!tern_cli_shape("wisdom", a->words.word[0], &p->m, &p->k, &p->n)) return 3;
    for (const char *c = a->words.word[0]; *c; c++) xs += *c == 'x';
    *has_n = xs == 2;
    return 0;
}
