/* Fresh processes of two builds, side by side. */
#include "reports/gate/gate.h"

#include "measure/clock.h"
#include "measure/sampling/sampler.h"
#include "measure/statistics.h"
#include "reports/data/select.h"
#include "reports/gate/worker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sample is long against the clock and the change of process, short against what a scheduler gives others.
 */
static const double sample_seconds = 1e-3;
static const double start_seconds_max = 120, answer_seconds_max = 60;
enum { SIDES = 2, EACH = 2, WORKERS = SIDES * EACH, ROUNDS = 15, MAX_ARGUMENTS = 600, FIRST_CALLS = 2 };
enum { SCREEN = 4, CONFIRM = 5, STAGES = 2 }; /* groups */

struct measuring {
    const struct tern_gate_live *o;
    struct tern_gate *out;
    struct tern_gate_worker worker[WORKERS]; /* even: base, odd: candidate */
    size_t cases[SIDES];
    size_t (*place)[SIDES]; /* of row i in the lists of both sides */
    size_t room, rooms;     /* of values; of places */
    double *ns;             /* sample[round * WORKERS + worker] */
    enum tern_status lost;  /* why a worker gave no answer: ends the gate */
    double started, slowest_group;
    struct tern_error *e;
};

static double seconds_now(void) {
    return (double)tern_now_ns() * 1e-9;
}

static int by_place(const struct tern_gate_live *o) {
    return strcmp(tern_or_empty(o->base_filter), tern_or_empty(o->candidate_filter)) != 0;
}

static enum tern_status start(struct measuring *m, size_t w) {
    const struct tern_gate_live *o = m->o;
    const int candidate = w % SIDES == 1;
    char seed[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)o->seed);
    const char *argv[MAX_ARGUMENTS] = {candidate ? o->candidate_program : o->base_program,
                                       "gate",
                                       "--worker",
                                       "--filter",
                                       candidate ? o->candidate_filter : o->base_filter,
                                       "--regime",
                                       o->regime,
                                       "--threads",
                                       o->threads,
                                       "--seed",
                                       seed};
    size_t at = 11;
    for (size_t i = 0; i < o->problems && at + 3 < MAX_ARGUMENTS; i++)
        argv[at++] = "--problem", argv[at++] = o->problem[i];
    for (size_t i = 0; i < o->withs && at + 3 < MAX_ARGUMENTS; i++)
        argv[at++] = "--with", argv[at++] = o->with[i];
    m->out->processes++;
    return tern_gate_worker_start(argv, &m->worker[w], m->e);
}

/* The row of a case that a side names as its number `i`; the first base makes the rows. */
static enum tern_status know(struct measuring *m, int side, size_t i, const char *name, int first) {
    struct tern_gate *g = m->out;
    if (first && !side) {
        size_t(*grown)[SIDES] = realloc(m->place, (g->rows + 1) * sizeof *grown);
        if (grown) m->place = grown;
        if (!grown || !tern_gate_add_row(g, name, m->room))
            return tern_fail(m->e, TERN_NO_MEMORY, "gate: out of memory");
        m->place[i][0] = i;
        m->place[i][1] = SIZE_MAX;
        return TERN_OK;
    }
    if (!first || (by_place(m->o) && i >= g->rows)) return TERN_OK;
    for (size_t j = 0; j < g->rows; j++)
        if (by_place(m->o) ? j == i : !strcmp(g->row[j].name, name)) {
            m->place[j][1] = i;
            if (by_place(m->o)) snprintf(g->row[j].name, sizeof g->row[j].name, "%.319s", name);
        }
    return TERN_OK;
}

/* Waits for the greeting and the cases. */
static enum tern_status greet(struct measuring *m, size_t w, int first) {
    char line[400];
    const int side = w % SIDES == 1;
    size_t cases = 0;
    enum tern_status s = tern_gate_worker_line(&m->worker[w], start_seconds_max, line, sizeof line, m->e);
    if (s) return s;
    if (strcmp(line, "tern-gate 1"))
        return tern_fail(m->e, TERN_UNSUPPORTED, "gate: %s: speaks another version of the gate's language",
                         m->worker[w].program);
    while (!s && !(s = tern_gate_worker_line(&m->worker[w], start_seconds_max, line, sizeof line, m->e)) &&
           !strncmp(line, "case ", 5))
        s = know(m, side, cases++, line + 5, first);
    if (!s && !first && cases != m->cases[side])
        s = tern_fail(m->e, TERN_INCONCLUSIVE, "gate: %s: %zu cases now, %zu before", m->worker[w].program,
                      cases, m->cases[side]);
    m->cases[side] = cases;
    return s;
}

/* NaN: the worker says that it cannot. */
static enum tern_status answer(struct measuring *m, size_t w, const char *question, double *ns) {
    char line[400], *end;
    *ns = NAN;
    enum tern_status s = tern_gate_worker_ask(&m->worker[w], question, m->e);
    if (!s) s = tern_gate_worker_line(&m->worker[w], answer_seconds_max, line, sizeof line, m->e);
    if (s || strncmp(line, "ns ", 3)) return s;
    const double x = strtod(line + 3, &end);
    if (end != line + 3 && isfinite(x) && x > 0) *ns = x;
    return TERN_OK;
}

/* Makes a case ready in all workers and finds one number of calls for all: the slowest decides. `able` tells
 * which of them can. */
static enum tern_status open_case(struct measuring *m, size_t row, int *able, uint64_t *calls) {
    double first[WORKERS], ns;
    size_t n = 0;
    for (size_t w = 0; w < WORKERS; w++) {
        char line[96];
        able[w] = m->place[row][w % SIDES] != SIZE_MAX;
        if (!able[w]) continue;
        snprintf(line, sizeof line, "open %zu %d\n", m->place[row][w % SIDES], FIRST_CALLS);
        const enum tern_status s = answer(m, w, line, &ns);
        if (s) return s;
        able[w] = isfinite(ns);
        if (able[w]) first[n++] = ns;
    }
    *calls = n ? tern_common_calls(first, n, sample_seconds) : 1;
    return TERN_OK;
}

struct asked {
    struct measuring *m;
    size_t worker;
    int able;
};

/* The sample of a worker, for the timing loop. */
static double ask(void *ctx, uint64_t calls) {
    const struct asked *a = ctx;
    char line[64];
    double ns = NAN;
    if (!a->able || a->m->lost) return NAN;
    snprintf(line, sizeof line, "sample %llu\n", (unsigned long long)calls);
    a->m->lost = answer(a->m, a->worker, line, &ns);
    return ns;
}

static enum tern_status rounds(struct measuring *m, const int *able, uint64_t calls, uint64_t seed) {
    const struct tern_sampler_options how = {
        .seed = seed, .own_calls = 1, .warmup = TERN_WARMUP_NONE, .rounds_min = ROUNDS, .rounds_max = ROUNDS};
    struct tern_alternative alt[WORKERS];
    struct asked asked[WORKERS];
    struct tern_comparison c;
    for (size_t w = 0; w < WORKERS; w++) {
        asked[w] = (struct asked){m, w, able[w]};
        alt[w] = (struct tern_alternative){.sample = ask, .ctx = &asked[w], .calls = calls};
    }
    const enum tern_status s = tern_compare(alt, WORKERS, &how, &c, m->e);
    if (s) return s;
    memcpy(m->ns, c.sample, ROUNDS * WORKERS * sizeof *m->ns);
    tern_comparison_free(&c);
    return m->lost;
}

/* What a worker's samples are to the middle of the round they were taken in; NaN without any. The machine's
 * pace is in both and drops out. */
static double pace_free(const double *ns, size_t w, double *middle) {
    double ratio[2 * ROUNDS], all[ROUNDS * WORKERS];
    size_t n = 0, n_all = 0;
    for (size_t r = 0; r < ROUNDS; r++) {
        double x[2 * WORKERS];
        size_t seen = 0;
        for (size_t i = 0; i < WORKERS; i++)
            if (isfinite(ns[r * WORKERS + i]))
                x[seen++] = log(ns[r * WORKERS + i]), all[n_all++] = x[seen - 1];
        if (!seen || !isfinite(ns[r * WORKERS + w])) continue;
        tern_sort(x, seen);
        ratio[n++] = log(ns[r * WORKERS + w]) - tern_median_sorted(x, seen);
    }
    tern_sort(all, n_all);
    *middle = n_all ? tern_median_sorted(all, n_all) : NAN;
    tern_sort(ratio, n);
    return n ? tern_median_sorted(ratio, n) : NAN;
}

/* Values of a row are on the pace of its first group. */
static void take(struct measuring *m, struct tern_gate_row *r) {
    for (size_t w = 0; w < WORKERS; w++) {
        double middle;
        const double x = pace_free(m->ns, w, &middle);
        if (!isfinite(r->pace)) r->pace = middle;
        (w % SIDES ? r->candidate : r->base)[r->values + w / SIDES] = exp(r->pace + x);
    }
    r->values += EACH;
}

static enum tern_status measure_group(struct measuring *m, size_t number, int suspects_only) {
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < m->out->rows && !s; i++) {
        int able[WORKERS];
        uint64_t calls;
        if (number && suspects_only && !m->out->row[i].suspected) continue;
        s = open_case(m, i, able, &calls);
        if (!s) s = rounds(m, able, calls, m->o->seed + 1000 * number + i);
        if (!s) take(m, &m->out->row[i]);
    }
    return s;
}

/* Two fresh processes of each build, alive together. */
static enum tern_status group(struct measuring *m, size_t number, int suspects_only) {
    const double from = seconds_now();
    enum tern_status s = TERN_OK;
    for (size_t w = 0; w < WORKERS && !s; w++) s = start(m, w);
    for (size_t w = 0; w < WORKERS && !s; w++) s = greet(m, w, !number && w < SIDES);
    if (!s && !m->out->rows) s = tern_fail(m->e, TERN_BAD_INPUT, "gate: no case matches");
    if (!s) s = measure_group(m, number, suspects_only);
    for (size_t w = 0; w < WORKERS; w++) tern_gate_worker_end(&m->worker[w]);
    m->slowest_group = fmax(m->slowest_group, seconds_now() - from);
    return s;
}

static int time_for_one(const struct measuring *m) {
    return seconds_now() - m->started + m->slowest_group < m->o->budget_seconds;
}

static void tell(const struct measuring *m, const char *note) {
    if (m->o->progress) m->o->progress(m->o->ctx, (seconds_now() - m->started) / m->o->budget_seconds, note);
}

static size_t count_suspects(struct tern_gate *g, double threshold) {
    size_t n = 0;
    for (size_t i = 0; i < g->rows; i++) n += tern_gate_suspect(&g->row[i], threshold) != 0;
    return n;
}

static size_t count_undecided(struct tern_gate *g, double threshold) {
    size_t n = 0;
    for (size_t i = 0; i < g->rows; i++) {
        tern_gate_judge(&g->row[i], threshold);
        n += g->row[i].suspected && g->row[i].verdict == TERN_GATE_CANNOT_TELL;
    }
    return n;
}

enum tern_status tern_gate_measure(const struct tern_gate_live *o, struct tern_gate *out,
                                   struct tern_error *e) {
    const size_t screen = o->groups ? o->groups : SCREEN;
    struct measuring m = {
        .o = o, .out = out, .room = EACH * (screen + STAGES * CONFIRM), .started = seconds_now(), .e = e};
    size_t at = 0;
    *out = (struct tern_gate){.mode = TERN_GATE_LIVE, .threshold = o->threshold, .seed = o->seed};
    m.ns = malloc(ROUNDS * WORKERS * sizeof *m.ns);
    enum tern_status s = m.ns ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
    for (; at < screen && !s && (at < 1 || time_for_one(&m)); at++) {
        tell(&m, "screening");
        s = group(&m, at, 0);
    }
    for (size_t i = 0; i < out->rows; i++) out->row[i].screened = out->row[i].values;
    size_t open = s ? 0 : count_suspects(out, o->threshold);
    for (int stage = 0; stage < STAGES && open && !s; stage++) {
        for (size_t i = 0; i < CONFIRM && !s && time_for_one(&m); i++, at++) {
            tell(&m, "measuring suspects again");
            s = group(&m, at, 1);
        }
        if (!s) open = count_undecided(out, o->threshold);
    }
    if (!s) count_undecided(out, o->threshold);
    out->seconds = seconds_now() - m.started;
    free(m.ns);
    free(m.place);
    if (s) tern_gate_free(out);
    return s;
}
