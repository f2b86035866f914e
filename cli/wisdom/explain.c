/* tern wisdom explain: which variant a problem gets, and why it won. */
#include "cli/wisdom/wisdom.h"

#include "cli/command.h"
#include "measure/counters/counters.h"
#include "tuner/search/guide.h"
#include "tuner/wisdom/core_kinds.h"
#include "tuner/wisdom/ranks/ranks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    const struct tern_variant *v = tern_variant_named(en->variant);
    const double weights = (double)en->problem.m * (double)en->problem.k;
    const double bytes = v ? (double)v->format->bytes(en->problem.m, en->problem.k) : NAN;
    const double read_gbps = bytes / en->median_ns / en->of_read;
    const struct tern_guide_facts f = {
        .of_read = en->of_read,
        .of_int8 = en->of_int8,
        .ipc = en->ipc,
        .peak_ipc = en->peak_ipc,
        .missed = tern_guide_missed(en->llc_misses * weights / 1000, en->median_ns, read_gbps),
        .hot = en->problem.regime == TERN_HOT};
    return tern_bound_of(&f, why);
}

/* Why there are no counts in an entry. */
static const char *why_not_counted(const struct tern_wisdom_entry *en) {
    const char *why = tern_counters_why_not();
    if (why) return why;
    return strcmp(en->objective, "time") ? "only tuning for time counts"
                                         : "measured without counters; tern tune --again measures with them";
}

/* Micro-operations have no event of one name and meaning on all processors. */
static const char *why_no_uops(void) {
    const char *why = tern_counters_why_not();
    return why ? why
               : "no back-end has one event for them on all processors; tern bench --counters FILE.json "
                 "counts your own";
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
    printf("); %.0f more per call\n", s.per_call);
}

static json_t *json_steps(const struct tern_wisdom_entry *en) {
    struct tern_steps s;
    if (!tern_wisdom_steps(en, &s)) return json_pack("{s:s}", "not_counted", s.why);
    return json_pack("{s:f, s:f, s:s, s:[I,I], s:I, s:I, s:i}", "per_1000_multiply_adds", s.per_thousand,
                     "beside_per_call", s.per_call, "how", s.how, "rows", (json_int_t)s.rows[0],
                     (json_int_t)s.rows[1], "columns", (json_int_t)s.k, "tokens", (json_int_t)s.n, "n", 1);
}

static void say_counters(const struct tern_wisdom_entry *en) {
    if (isnan(en->ipc))
        printf("    counters not measured: %s\n", why_not_counted(en));
    else
        printf("    counters %.2f instructions a cycle", en->ipc);
    if (!isnan(en->ipc) && !isnan(en->peak_ipc))
        printf(" (the loop of the multiply-add peak %.2f)", en->peak_ipc);
    if (!isnan(en->ipc) && !isnan(en->llc_misses))
        printf(", %.2f last-level misses per 1000 weights", en->llc_misses);
    if (!isnan(en->ipc)) printf(" (one pass each, n=1)\n");
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
    if (en->spared)
        printf("    search   left out %zu candidates: what bounds their neighbours leaves them nothing to "
               "gain\n",
               en->spared);
    say_counters(en);
    say_best_threads(en);
    if (!en->second[0]) {
        printf("    second   no other variant was in the final\n");
        return;
    }
    printf("    second   %s takes %.3f times as long", en->second, en->margin);
    if (!isnan(en->margin_lo)) printf(" [%.3f, %.3f]", en->margin_lo, en->margin_hi);
    printf(" n=%zu%s\n", en->n,
           en->tie              ? "; a tie: the better guess is used"
           : en->margin_lo <= 1 ? "; not separable from the winner"
                                : "");
}

static json_t *json_why(const struct tern_wisdom_entry *en, const struct tern_plan *plan) {
    const char *rule;
    json_t *o = tern_wisdom_entry_json(en);
    if (en->lent) json_object_set_new(o, "lent_by_threads_of_one_kind", json_integer((json_int_t)en->lent));
    json_object_set_new(o, "bytes",
                        json_integer((json_int_t)plan->variant->format->bytes(en->problem.m, en->problem.k)));
    json_object_set_new(o, "bound_by", json_string(tern_bound_name(bound_of(en, &rule))));
    json_object_set_new(o, "bound_rule", json_string(rule));
    if (isnan(en->ipc)) json_object_set_new(o, "no_counters", json_string(why_not_counted(en)));
    json_object_set_new(o, "instructions", json_steps(en));
    json_object_set_new(o, "no_uops", json_string(why_no_uops()));
    return o;
}

/* What is explained: a problem, what runs it, and the entry that says so (NULL: there is none). */
struct subject {
    struct tern_problem problem;
    struct tern_plan plan;
    const struct tern_wisdom_entry *entry;
    char params[160];
    char decided_by[128];
};

static int print_json(const struct subject *x) {
    const struct tern_problem *p = &x->problem;
    json_t *root =
        json_pack("{s:I, s:I, s:I, s:I, s:s, s:s, s:s}", "m", (json_int_t)p->m, "k", (json_int_t)p->k, "n",
                  (json_int_t)p->n, "threads", (json_int_t)p->threads, "variant", x->plan.variant->name,
                  "params", x->params, "decided_by", x->decided_by);
    if (x->entry) json_object_set_new(root, "evidence", json_why(x->entry, &x->plan));
    return tern_cli_print_json(root);
}

static void print_text(const struct tern_wisdom_arguments *a, const struct tern_wisdom *w,
                       const struct subject *x) {
    const struct tern_problem *p = &x->problem;
    const struct tern_wisdom_entry *en = x->entry;
    size_t others = 0;
    printf("%zux%zux%zu with %zu thread%s: %s %s\ndecided by: %s\n", p->m, p->k, p->n, p->threads,
           p->threads > 1 ? "s" : "", x->plan.variant->name, x->params, x->decided_by);
    if (en && en->lent)
        printf("lent: %zu threads spread over several kinds of core; measured with %zu on the slowest of "
               "them, %s, alone\n",
               p->threads, en->lent, a->whole->kind[tern_core_kind_slowest(a->whole, p->threads)].name);
    if (en) tern_wisdom_entry_say(en);
    if (en) say_why(en);
    for (size_t i = 0; i < w->count; i++) {
        const struct tern_wisdom_entry *o = &w->entry[i];
        if (o == en || o->problem.m != p->m || o->problem.k != p->k) continue;
        if (!others++) printf("other entries of this shape:\n");
        tern_wisdom_entry_say(o);
    }
    if (!en && !others)
        printf("nothing is remembered about this shape; tern tune --problem %s measures it\n",
               a->words.word[0]);
}

int tern_wisdom_explain(const struct tern_wisdom_arguments *a) {
    struct tern_wisdom w;
    struct tern_error e;
    struct subject x = {
        .problem = {.threads = a->threads ? a->threads : a->machine->cpus, .regime = TERN_WCOLD}};
    struct tern_problem *p = &x.problem;
    size_t kind;
    int has_n = 0, rc = tern_wisdom_shape(a, p, &has_n);
    if (rc) return rc;
    const int spread = a->whole && p->threads > 1 && !tern_core_kind_of_threads(a->whole, p->threads, &kind);
    enum tern_status s =
        spread ? tern_core_kind_wisdom_read(a->base, a->whole, &w, &e) : tern_wisdom_mine(a, &w, &e);
    if (s) return tern_cli_fail(s, &e);
    s = tern_ranks_here(a->machine, &w.ranks, &e);
    if (!s) s = tern_plan_for(&w, a->machine->usable, p, NULL, &x.plan, &e);
    if (!s) {
        const char *forced = getenv("TERN_KERNEL");
        x.entry = x.plan.from_wisdom ? entry_of(&w, p, &x.plan) : NULL;
        const char *by = x.entry                                           ? "wisdom"
                         : forced && !strcmp(forced, x.plan.variant->name) ? "TERN_KERNEL"
                                                                           : "static ranking";
        const int n = snprintf(x.decided_by, sizeof x.decided_by, "%s", x.plan.ranks ? "ranks: " : by);
        if (x.plan.ranks) tern_ranks_say(x.plan.ranks, x.decided_by + n, sizeof x.decided_by - (size_t)n);
        tern_variant_params_text(x.plan.variant, x.plan.param, x.params, sizeof x.params);
        if (a->json)
            rc = print_json(&x);
        else
            print_text(a, &w, &x);
    }
    tern_wisdom_free(&w);
    return s ? tern_cli_fail(s, &e) : rc;
}
