#define _GNU_SOURCE
#include "cli/wisdom/wisdom.h"

#include "cli/command.h"
#include "measure/counters/counters.h"
#include "tuner/search/guide.h"
#include "tuner/wisdom/core_kinds.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/objective.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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
    params_of(en, params, sizeof params);
    printf("%zux%zux%zu t%zu %s %s: %s %s%s\n", p->m, p->k, p->n, p->threads, tern_regime_name(p->regime),
           en->objective, en->variant, params,
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
    else if (!strcmp(en->variant, en->base) && en->ratio == 1)
        printf("the default won");
    else {
        printf("%.2fx %s", 1 / en->ratio, en->base);
        if (!isnan(en->ratio_lo)) printf(" [%.2f, %.2f]", 1 / en->ratio_hi, 1 / en->ratio_lo);
    }
    printf("; effort %s, %s%s\n", en->effort, en->date, en->complete ? "" : ", incomplete");
}

int tern_wisdom_shape(const struct tern_wisdom_arguments *a, struct tern_problem *p, int *has_n) {
    size_t xs = 0;
    if (a->words != 1) return tern_cli_usage("wisdom", "one problem is needed, such as 6912x2560x1");
    if (!tern_cli_shape("wisdom", a->word[0], &p->m, &p->k, &p->n)) return 3;
    for (const char *c = a->word[0]; *c; c++) xs += *c == 'x';
    *has_n = xs == 2;
    return 0;
}

static const struct tern_wisdom_entry *entry_of(const struct tern_wisdom *w, const struct tern_problem *p,
                                                const struct tern_plan *plan) {
    const struct tern_wisdom_entry *near = NULL;
    for (size_t i = 0; i < w->count; i++) {
        const struct tern_wisdom_entry *en = &w->entry[i];
        const struct tern_problem *q = &en->problem;
        if (q->m != p->m || q->k != p->k || q->threads != p->threads ||
            strcmp(en->variant, plan->variant->name) || memcmp(en->param, plan->param, sizeof plan->param) ||
            (q->n == 1) != (p->n == 1))
            continue;
        if (!near ||
            fabs(log((double)q->n / (double)p->n)) < fabs(log((double)near->problem.n / (double)p->n)))
            near = en;
    }
    return near;
}

static enum tern_bound bound_of(const struct tern_wisdom_entry *en, const char **why) {
    const struct tern_guide_facts f = {.of_read = en->of_read,
                                       .of_int8 = en->of_int8,
                                       .cycles = NAN,
                                       .instructions = NAN,
                                       .llc_misses = NAN,
                                       .ns = en->median_ns,
                                       .read_gbps = NAN};
    return tern_bound_of(&f, why);
}

/* Why there are no counts in an entry. */
static const char *why_not_counted(const struct tern_wisdom_entry *en) {
    const char *why = tern_counters_why_not();
    if (why) return why;
    return strcmp(en->objective, "time") ? "only tuning for time counts"
                                         : "measured without counters; tern tune --again counts";
}

/* Micro-operations have no event of one name and meaning on all processors. */
static const char *why_no_uops(void) {
    const char *why = tern_counters_why_not();
    return why ? why
               : "no back-end has one event for them on all processors; tern bench --counters FILE.json";
}

static void say_steps(const struct tern_wisdom_entry *en) {
    struct tern_steps s;
    if (!tern_wisdom_steps(en, &s)) {
        printf("    instructions not counted: %s\n", s.why);
        return;
    }
    printf("    instructions %.1f per 1000 %s in its loops (%s, n=1: of %zu and %zu rows by %zu columns",
           s.per_thousand, s.n == 1 ? "weights" : "multiply-adds", s.how, s.rows[0], s.rows[1], s.k);
    if (s.n > 1) printf(", %zu tokens", s.n);
    printf("); %.0f a call besides\n", s.beside);
}

static json_t *json_steps(const struct tern_wisdom_entry *en) {
    struct tern_steps s;
    if (!tern_wisdom_steps(en, &s)) return json_pack("{s:s}", "not_counted", s.why);
    return json_pack("{s:f, s:f, s:s, s:[I,I], s:I, s:I, s:i}", "per_1000_multiply_adds", s.per_thousand,
                     "beside_per_call", s.beside, "how", s.how, "rows", (json_int_t)s.rows[0],
                     (json_int_t)s.rows[1], "columns", (json_int_t)s.k, "tokens", (json_int_t)s.n, "n", 1);
}

static void say_counters(const struct tern_wisdom_entry *en) {
    if (isnan(en->ipc))
        printf("    counters not measured: %s\n", why_not_counted(en));
    else
        printf("    counters %.2f instructions a cycle", en->ipc);
    if (!isnan(en->ipc) && !isnan(en->llc_misses))
        printf(", %.2f last-level misses per 1000 weights", en->llc_misses);
    if (!isnan(en->ipc)) printf(" (one pass of its own)\n");
    say_steps(en);
    printf("    uops     not measured: %s\n", why_no_uops());
}

static void say_best_threads(const struct tern_wisdom_entry *en) {
    if (!en->best_threads) return;
    if (en->best_threads == en->problem.threads) {
        printf("    threads  no other count that was compared is faster\n");
        return;
    }
    printf("    threads  %zu are best for this problem: %zu take %.3f times as long", en->best_threads,
           en->problem.threads, en->behind);
    if (!isnan(en->behind_lo)) printf(" [%.3f, %.3f]", en->behind_lo, en->behind_hi);
    printf(" (paired rounds)\n");
}

/* Why it won: what it reads and computes, how near the ceilings that is, and by how much the next one lost.
 */
static void say_why(const struct tern_wisdom_entry *en) {
    const struct tern_variant *v = tern_variant_named(en->variant);
    const struct tern_problem *p = &en->problem;
    const char *rule;
    if (!v) return;
    const double bytes = (double)v->format->bytes(p->m, p->k),
                 macs = (double)p->m * (double)p->k * (double)p->n;
    printf("why:\n    reads    %.0f bytes of weights a call, %.2f bits each; %.0f multiply-adds\n", bytes,
           8 * bytes / ((double)p->m * (double)p->k), macs);
    if (!strcmp(en->objective, "time"))
        printf("    speed    %.2f GB/s, %.1f GMAC/s (from the median, n=%zu)\n", bytes / en->median_ns,
               macs / en->median_ns, en->n);
    if (isnan(en->of_read) && isnan(en->of_int8)) printf("    ceiling  not measured with this entry\n");
    if (!isnan(en->of_read))
        printf("    ceiling  %.0f %% of the read bandwidth (median of paired rounds)\n", 100 * en->of_read);
    if (!isnan(en->of_int8))
        printf("    ceiling  %.0f %% of the multiply-add peak (median of paired rounds)\n",
               100 * en->of_int8);
    const enum tern_bound bound = bound_of(en, &rule);
    printf("    bound by %s (%s)\n", tern_bound_name(bound), rule);
    say_counters(en);
    say_best_threads(en);
    if (!en->second[0]) {
        printf("    second   nobody else was in the duel\n");
        return;
    }
    printf("    second   %s takes %.3f times as long", en->second, en->margin);
    if (!isnan(en->margin_lo)) printf(" [%.3f, %.3f]", en->margin_lo, en->margin_hi);
    printf(" n=%zu%s\n", en->n,
           en->tie              ? "; a tie: the better guess is used"
           : en->margin_lo <= 1 ? "; not separable from the winner"
                                : "");
}

int tern_wisdom_explain(const struct tern_wisdom_arguments *a) {
    struct tern_wisdom w;
    struct tern_error e;
    struct tern_plan plan;
    struct tern_problem p = {.threads = a->threads ? a->threads : a->machine->cpus, .regime = TERN_WCOLD};
    int has_n = 0, rc = tern_wisdom_shape(a, &p, &has_n);
    if (rc) return rc;
    size_t kind;
    const int spread = a->whole && p.threads > 1 && !tern_core_kind_of_threads(a->whole, p.threads, &kind);
    enum tern_status s =
        spread ? tern_core_kind_wisdom_read(a->base, a->whole, &w, &e) : tern_wisdom_mine(a, &w, &e);
    if (s) return tern_cli_fail(s, &e);
    s = tern_plan_for(&w, a->machine->usable, &p, NULL, &plan, &e);
    if (s) {
        tern_wisdom_free(&w);
        return tern_cli_fail(s, &e);
    }
    const struct tern_wisdom_entry *en = plan.from_wisdom ? entry_of(&w, &p, &plan) : NULL;
    char params[160];
    tern_variant_params_text(plan.variant, plan.param, params, sizeof params);
    const char *forced = getenv("TERN_KERNEL");
    const char *why = en                                              ? "wisdom"
                      : forced && !strcmp(forced, plan.variant->name) ? "TERN_KERNEL"
                                                                      : "static ranking";
    if (a->json) {
        json_t *root = json_pack("{s:I, s:I, s:I, s:I, s:s, s:s, s:s}", "m", (json_int_t)p.m, "k",
                                 (json_int_t)p.k, "n", (json_int_t)p.n, "threads", (json_int_t)p.threads,
                                 "variant", plan.variant->name, "params", params, "decided_by", why);
        const char *rule;
        if (en) {
            json_t *evidence = tern_wisdom_entry_json(en);
            if (en->lent)
                json_object_set_new(evidence, "lent_by_threads_of_one_kind",
                                    json_integer((json_int_t)en->lent));
            json_object_set_new(evidence, "bytes",
                                json_integer((json_int_t)plan.variant->format->bytes(p.m, p.k)));
            json_object_set_new(evidence, "bound_by", json_string(tern_bound_name(bound_of(en, &rule))));
            json_object_set_new(evidence, "bound_rule", json_string(rule));
            if (isnan(en->ipc))
                json_object_set_new(evidence, "no_counters", json_string(why_not_counted(en)));
            json_object_set_new(evidence, "instructions", json_steps(en));
            json_object_set_new(evidence, "no_uops", json_string(why_no_uops()));
            json_object_set_new(root, "evidence", evidence);
        }
        tern_cli_print_json(root);
    } else {
        printf("%zux%zux%zu with %zu thread%s: %s %s\ndecided by: %s\n", p.m, p.k, p.n, p.threads,
               p.threads > 1 ? "s" : "", plan.variant->name, params, why);
        if (en && en->lent)
            printf("lent: %zu threads spread over several kinds of core; measured with %zu on the slowest of "
                   "them, "
                   "%s, alone\n",
                   p.threads, en->lent, a->whole->kind[tern_core_kind_slowest(a->whole, p.threads)].name);
        if (en) tern_wisdom_entry_say(en);
        if (en) say_why(en);
        size_t others = 0;
        for (size_t i = 0; i < w.count; i++) {
            const struct tern_wisdom_entry *o = &w.entry[i];
            if (o == en || o->problem.m != p.m || o->problem.k != p.k) continue;
            if (!others++) printf("other entries of this shape:\n");
            tern_wisdom_entry_say(o);
        }
        if (!en && !others)
            printf("nothing is remembered about this shape; tern tune --problem %s would\n", a->word[0]);
    }
    tern_wisdom_free(&w);
    return 0;
}
