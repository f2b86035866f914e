#include "cli/command.h"
#include "cli/tune/tune.h"
#include "measure/statistics.h"
#include "tuner/search/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Medians over the repetitions of one strategy; never reached counts as infinite, so that a median of "never"
 * is said and not hidden. */
struct medians {
    double to_2, to_1, evaluations, loss, worst_2;
};

static double median(double *x, size_t n) {
    tern_sort(x, n);
    return tern_median_sorted(x, n);
}

static enum tern_status repeat(const struct tern_tune_arguments *a, const struct tern_table *t,
                               const struct tern_strategy *strategy, struct medians *out,
                               struct tern_error *e) {
    const size_t n = a->repetitions;
    double *all = calloc(4 * n, sizeof *all);
    if (!all) return tern_fail(e, TERN_NO_MEMORY, "replay: out of memory");
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < n && !s; i++) {
        struct tern_replay r;
        s = tern_replay_run(t, strategy, a->tune.effort, a->tune.seed + i, &r, e);
        all[i] = r.to_2_percent ? (double)r.to_2_percent : INFINITY;
        all[n + i] = r.to_1_percent ? (double)r.to_1_percent : INFINITY;
        all[2 * n + i] = (double)r.evaluations;
        all[3 * n + i] = r.loss;
    }
    if (!s) {
        *out = (struct medians){.to_2 = median(all, n),
                                .to_1 = median(all + n, n),
                                .evaluations = median(all + 2 * n, n),
                                .loss = median(all + 3 * n, n)};
        out->worst_2 = all[n - 1];
    }
    free(all);
    return s;
}

static void say_share(const char *name, double evaluations, const struct tern_table *t) {
    const double whole = (double)tern_table_evaluations(t);
    if (isfinite(evaluations))
        printf("  %s %6.0f (%4.1f %%; %4.1f %%)", name, evaluations, 100 * evaluations / whole,
               100 * evaluations / (double)t->count);
    else
        printf("  %s  never                ", name);
}

static void put_share(json_t *o, const char *name, double evaluations, const struct tern_table *t) {
    json_t *v = json_null();
    if (isfinite(evaluations))
        v = json_pack("{s:f, s:f, s:f}", "evaluations", evaluations, "share_of_exhaustive",
                      evaluations / (double)tern_table_evaluations(t), "share_of_one_round_each",
                      evaluations / (double)t->count);
    json_object_set_new(o, name, v);
}

static void show(const struct tern_tune_arguments *a, const struct tern_strategy *strategy,
                 const struct medians *m, const struct tern_table *t, json_t *list) {
    if (a->json) {
        json_t *o = json_pack("{s:s, s:f, s:f}", "strategy", strategy->name, "evaluations_in_all",
                              m->evaluations, "loss_at_the_end", m->loss);
        put_share(o, "to_2_percent", m->to_2, t);
        put_share(o, "to_1_percent", m->to_1, t);
        put_share(o, "to_2_percent_worst", m->worst_2, t);
        json_array_append_new(list, o);
        return;
    }
    printf("%-10s", strategy->name);
    say_share("to 2 %:", m->to_2, t);
    say_share("to 1 %:", m->to_1, t);
    say_share("worst to 2 %:", m->worst_2, t);
    printf("  in all %.0f, loss at the end %.2f %%\n", m->evaluations, 100 * m->loss);
}

int tern_tune_replay(const struct tern_tune_arguments *a) {
    struct tern_table t;
    struct tern_error e;
    size_t count;
    const struct tern_strategy *all = tern_strategies(&count);
    enum tern_status s = tern_table_read(a->replay, &t, &e);
    if (s) return tern_cli_fail(s, &e);
    const double whole = (double)tern_table_evaluations(&t);
    char text[96];
    tern_problem_text(&t.problem, text, sizeof text);
    json_t *list = json_array();
    if (!a->json)
        printf("%s of machine %s: %zu candidates, %zu rounds each, %.0f evaluations for all\n"
               "in brackets the share of all of them, then of one round of each candidate; medians over %zu "
               "repetitions, seeds %lu to %lu:\n",
               text, t.machine, t.count, t.rounds, whole, a->repetitions, (unsigned long)a->tune.seed,
               (unsigned long)(a->tune.seed + a->repetitions - 1));
    for (size_t i = 0; i < count && !s; i++) {
        struct medians m = {0};
        if (strcmp(a->strategy, "all") && a->tune.strategy != &all[i]) continue;
        s = repeat(a, &t, &all[i], &m, &e);
        if (!s) show(a, &all[i], &m, &t, list);
    }
    json_t *root =
        json_pack("{s:s, s:s, s:I, s:I, s:f, s:I, s:O}", "problem", text, "machine", t.machine, "candidates",
                  (json_int_t)t.count, "rounds", (json_int_t)t.rounds, "exhaustive_evaluations", whole,
                  "repetitions", (json_int_t)a->repetitions, "strategies", list);
    json_decref(list);
    tern_table_free(&t);
    if (s) {
        json_decref(root);
        return tern_cli_fail(s, &e);
    }
    if (a->json) return tern_cli_print_json(root);
    json_decref(root);
    return 0;
}
