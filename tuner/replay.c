#include "base/random.h"
#include "measure/statistics.h"
#include "tuner/table.h"

#include <math.h>
#include <stdlib.h>

struct player {
    const struct tern_table *t;
    struct tern_random random;
    double *truth, *least; /* per candidate: recorded median; least cost served so far */
    double optimum;
    size_t answer, served, wrong_2,
        wrong_1; /* wrong: the last evaluation after which the answer was too slow */
};

static double median_of(const struct tern_table *t, size_t i, double *scratch) {
    size_t n = 0;
    for (size_t r = 0; r < t->rounds; r++)
        if (isfinite(t->ns[i * t->rounds + r])) scratch[n++] = t->ns[i * t->rounds + r];
    tern_sort(scratch, n);
    return n ? tern_median_sorted(scratch, n) : NAN;
}

static void serve(struct player *p, size_t i, double cost) {
    p->served++;
    if (cost > 0 && cost < p->least[i]) p->least[i] = cost;
    if (p->answer == SIZE_MAX || p->least[i] < p->least[p->answer]) p->answer = i;
    const double loss = p->truth[p->answer] / p->optimum - 1;
    if (!(loss <= 0.02)) p->wrong_2 = p->served;
    if (!(loss <= 0.01)) p->wrong_1 = p->served;
}

/* One recorded round, drawn by lot, serves all candidates of a round: what disturbed the machine then
 * disturbs them together again. */
static int on_round(void *ctx, size_t number, const size_t *which, size_t n, double *cost) {
    struct player *p = ctx;
    (void)number;
    const size_t r = tern_random_below(&p->random, (uint32_t)p->t->rounds);
    for (size_t i = 0; i < n; i++) {
        cost[i] = p->t->ns[which[i] * p->t->rounds + r];
        serve(p, which[i], cost[i]);
    }
    return 1;
}

static int on_go(void *ctx, size_t number) {
    (void)ctx, (void)number;
    return 1;
}

static enum tern_bound on_bound(void *ctx, size_t i, double ns) {
    const struct player *p = ctx;
    const struct tern_problem *q = &p->t->problem;
    const struct tern_guide_facts f = {.of_read = p->t->read_ns * p->t->row[i].bytes / ns,
                                       .of_int8 =
                                           p->t->int8_ns * (double)q->m * (double)q->k * (double)q->n / ns,
                                       .cycles = NAN,
                                       .instructions = NAN,
                                       .llc_misses = NAN,
                                       .ns = ns,
                                       .read_gbps = 1 / p->t->read_ns};
    return tern_bound_of(&f, NULL);
}

enum tern_status tern_replay_run(const struct tern_table *t, const struct tern_strategy *strategy,
                                 const struct tern_effort *effort, uint64_t seed, struct tern_replay *out,
                                 struct tern_error *e) {
    struct player p = {
        .t = t, .random = {seed * 0x9e3779b97f4a7c15ull + 1}, .answer = SIZE_MAX, .optimum = INFINITY};
    struct tern_found found = {0};
    enum tern_status s = TERN_OK;
    *out = (struct tern_replay){.loss = NAN};
    double *scratch = malloc((t->rounds + 1) * sizeof *scratch),
           *least = malloc((t->count + 1) * sizeof *least);
    p.truth = malloc((t->count + 1) * sizeof *p.truth);
    p.least = malloc((t->count + 1) * sizeof *p.least);
    if (!scratch || !least || !p.truth || !p.least) {
        s = tern_fail(e, TERN_NO_MEMORY, "replay: out of memory");
        goto done;
    }
    for (size_t i = 0; i < t->count; i++) {
        p.truth[i] = median_of(t, i, scratch);
        p.least[i] = INFINITY;
        least[i] =
            t->problem.regime != TERN_HOT && isfinite(t->read_ns) ? 0.9 * t->read_ns * t->row[i].bytes : 0;
        p.optimum = fmin(p.optimum, p.truth[i]);
    }
    struct tern_effort as_recorded = *effort;
    as_recorded.rounds_max = effort->rounds_max < t->rounds ? effort->rounds_max : t->rounds;
    const struct tern_search search = {.count = t->count,
                                       .fallback = t->fallback,
                                       .least = least,
                                       .place = t->place,
                                       .effort = &as_recorded,
                                       .seed = seed,
                                       .round = on_round,
                                       .go = on_go,
                                       .bound = on_bound,
                                       .ctx = &p};
    s = strategy->run(&search, &found, e);
    if (s) goto done;
    out->evaluations = p.served;
    for (size_t i = 0; i < t->count; i++) out->candidates += found.estimate[i].n > 0;
    if (p.answer != SIZE_MAX) out->loss = p.truth[p.answer] / p.optimum - 1;
    if (p.wrong_2 < p.served) out->to_2_percent = p.wrong_2 + 1;
    if (p.wrong_1 < p.served) out->to_1_percent = p.wrong_1 + 1;
done:
    tern_found_free(&found);
    free(scratch);
    free(least);
    free(p.truth);
    free(p.least);
    return s;
}
