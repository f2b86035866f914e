#include "base/random.h"
#include "measure/statistics.h"
#include "tuner/search/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct player {
    const struct tern_table *t;
    struct tern_random random;
    double *truth; /* per candidate: recorded median */
    double optimum;
    size_t *deck, left; /* rounds: deck[0..left) have not been drawn since all were */
    size_t answer, served, since_2,
        since_1; /* evaluations since when the answer is within 2 % (1 %); 0: it is not */
};

static double median_of(const struct tern_table *t, size_t i, double *scratch) {
    size_t n = 0;
    for (size_t r = 0; r < t->rounds; r++)
        if (isfinite(t->ns[i * t->rounds + r])) scratch[n++] = t->ns[i * t->rounds + r];
    tern_sort(scratch, n);
    return n ? tern_median_sorted(scratch, n) : NAN;
}

/* The recorded rounds in an order drawn by lot, none twice before all had their turn. One serves all
 * candidates of a round: what disturbed the machine then disturbs them together again. */
static size_t draw(struct player *p) {
    if (!p->left) p->left = p->t->rounds;
    const size_t at = tern_random_below(&p->random, (uint32_t)p->left--), r = p->deck[at];
    p->deck[at] = p->deck[p->left];
    p->deck[p->left] = r;
    return r;
}

static int on_round(void *ctx, size_t number, const size_t *which, size_t n, double *cost) {
    struct player *p = ctx;
    const size_t r = draw(p);
    (void)number;
    for (size_t i = 0; i < n; i++) cost[i] = p->t->ns[which[i] * p->t->rounds + r];
    p->served += n;
    return 1;
}

static void on_answer(void *ctx, size_t candidate) {
    struct player *p = ctx;
    p->answer = candidate;
    const double loss = candidate == SIZE_MAX ? INFINITY : p->truth[candidate] / p->optimum - 1;
    p->since_2 = loss > 0.02 ? 0 : p->since_2 ? p->since_2 : p->served;
    p->since_1 = loss > 0.01 ? 0 : p->since_1 ? p->since_1 : p->served;
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
                                       .ipc = NAN,
                                       .peak_ipc = NAN,
                                       .missed = NAN};
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
    p.deck = malloc((t->rounds + 1) * sizeof *p.deck);
    if (!scratch || !least || !p.truth || !p.deck) {
        s = tern_fail(e, TERN_NO_MEMORY, "replay: out of memory");
        goto done;
    }
    for (size_t i = 0; i < t->count; i++) {
        p.truth[i] = median_of(t, i, scratch);
        least[i] =
            t->problem.regime != TERN_HOT && isfinite(t->read_ns) ? 0.9 * t->read_ns * t->row[i].bytes : 0;
        p.optimum = fmin(p.optimum, p.truth[i]);
    }
    for (size_t r = 0; r < t->rounds; r++) p.deck[r] = r;
    struct tern_effort as_recorded = *effort; /* the whole of the table is all that can be asked of it */
    if (!strcmp(strategy->name, "exhaustive") && as_recorded.rounds_max > t->rounds)
        as_recorded.rounds_max = t->rounds;
    const struct tern_search search = {.count = t->count,
                                       .fallback = t->fallback,
                                       .least = least,
                                       .place = t->place,
                                       .effort = &as_recorded,
                                       .seed = seed,
                                       .round = on_round,
                                       .go = on_go,
                                       .bound = on_bound,
                                       .answer = on_answer,
                                       .ctx = &p};
    s = strategy->run(&search, &found, e);
    if (s) goto done;
    out->evaluations = p.served;
    for (size_t i = 0; i < t->count; i++) out->candidates += found.estimate[i].n > 0;
    if (p.answer != SIZE_MAX) out->loss = p.truth[p.answer] / p.optimum - 1;
    out->to_2_percent = p.since_2;
    out->to_1_percent = p.since_1;
done:
    tern_found_free(&found);
    free(scratch);
    free(least);
    free(p.truth);
    free(p.deck);
    return s;
}
