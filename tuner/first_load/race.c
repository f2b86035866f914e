#define _GNU_SOURCE
#include "tuner/first_load/race.h"

#include "base/file.h"
#include "measure/clock.h"
#include "measure/sampling/round.h"
#include "measure/statistics.h"
#include "tuner/trial/fixture.h"
#include "tuner/wisdom/ranks/gather.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DECODE, PREFILL, PHASES };

#define LANES        4
#define ROUNDS       9
#define WEIGHTS_MOST ((size_t)1 << 23) /* of more the first rows are raced: packing takes most of the time */
#define COLD_MOST    ((size_t)96 << 20)
#define PROOF_SHARE  0.45 /* of the time end the proofs */
#define DECODE_SHARE 0.75 /* of the time ends decode: packing is part of it */
#define EPOCH        5e-4 /* seconds of a sample */

/* A layout, with what multiplies by it. */
struct runner {
    const struct tern_variant *variant; /* NULL: the layout has nothing for so many tokens */
    int param[TERN_MAX_PARAMS];
    struct tern_trial *trial;
    double ns; /* median of a call; NAN: not measured */
};

struct lane {
    const struct tern_format *format;
    struct runner runner[PHASES];
    double order; /* of invitation: least first */
};

struct race {
    const struct tern_first_race *r;
    struct tern_fixture fixture;
    struct tern_problem problem[PHASES];
    struct lane lane[LANES];
    size_t lanes, rounds[PHASES];
    double started, seconds;
};

static double now(const struct race *c) {
    return c->r->now ? c->r->now(c->r->ctx) : 1e-9 * (double)tern_now_ns();
}

/* 1 while a step as long as the longest so far would end before this share of the time is over. */
static int fits(const struct race *c, double share, double longest) {
    return now(c) - c->started + longest <= share * c->seconds;
}

/* ---- who is invited ---- */

/* The variant of the layout, by the ranks of relatives, else by static rank; *order tells how good it is. */
static void invite(const struct race *c, const struct tern_format *f, int phase, struct runner *out,
                   double *order) {
    const uint32_t usable = c->r->machine->usable;
    const struct tern_problem *p = &c->problem[phase];
    const struct tern_ranks *of;
    const struct tern_rank *rank = tern_ranks_decide(c->r->ranks, usable, p, f, &of);
    *out = (struct runner){.ns = NAN};
    if (rank) {
        out->variant = rank->variant;
        memcpy(out->param, rank->param, sizeof out->param);
        *order = rank->relative;
        return;
    }
    out->variant = tern_variant_static(usable, TERN_ACT_I8, f, p->m, p->k, p->n);
    if (!out->variant) return;
    tern_variant_defaults(out->variant, out->param);
    *order = 1e6 - out->variant->rank; /* behind all that were measured somewhere */
}

static void take(struct race *c, const struct lane *l) {
    size_t at = c->lanes;
    if (at == LANES) {
        if (!(l->order < c->lane[--at].order)) return;
    } else {
        c->lanes++;
    }
    for (; at > 0 && l->order < c->lane[at - 1].order; at--) c->lane[at] = c->lane[at - 1];
    c->lane[at] = *l;
}

/* The layout of the static choice runs first, whatever its rank: it is what the others are compared with. */
static void invite_all(struct race *c) {
    size_t count;
    const struct tern_format *const *all = tern_formats(&count);
    const struct tern_problem *p = &c->problem[DECODE];
    const struct tern_variant *usual =
        tern_variant_static(c->r->machine->usable, TERN_ACT_I8, NULL, p->m, p->k, p->n);
    for (size_t i = 0; i < count; i++) {
        struct lane l = {.format = all[i]};
        double ignored;
        if (all[i]->binary) continue;
        invite(c, all[i], DECODE, &l.runner[DECODE], &l.order);
        if (c->r->ubatch > 1) invite(c, all[i], PREFILL, &l.runner[PREFILL], &ignored);
        if (usual && usual->format == all[i]) l.order = -1;
        if (l.runner[DECODE].variant) take(c, &l);
    }
}

/* Proves what lanes [from, to) run with. */
static enum tern_status prove(struct race *c, size_t from, size_t to, struct tern_error *e) {
    const struct tern_variant *list[LANES * PHASES];
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        for (int phase = 0; phase < PHASES; phase++) {
            const struct tern_variant *v = c->lane[i].runner[phase].variant;
            size_t j = 0;
            while (j < n && list[j] != v) j++;
            if (v && j == n) list[n++] = v;
        }
    return tern_fixture_prove_all(&c->fixture, list, n, NULL, NULL, e);
}

/* As many lanes at a time as there are processors for their proofs. Who is not proved in time stays out. */
static enum tern_status prove_all(struct race *c, struct tern_error *e) {
    const size_t batch = c->r->machine->cpus >= 2 * PHASES ? c->r->machine->cpus / PHASES : 1;
    double longest = 0;
    for (size_t i = 0; i < c->lanes && fits(c, PROOF_SHARE, longest); i += batch) {
        const double begun = now(c);
        const size_t end = c->lanes - i < batch ? c->lanes : i + batch;
        const enum tern_status s = prove(c, i, end, e);
        if (s != TERN_OK) return s;
        longest = fmax(longest, now(c) - begun);
    }
    return TERN_OK;
}

/* ---- the rounds ---- */

/* Packs and checks; those that fail or are hopelessly slow stay out. */
static size_t line_up(struct race *c, int phase, double share, struct runner **starter) {
    double longest = 0;
    size_t n = 0;
    for (size_t i = 0; i < c->lanes; i++) {
        struct runner *x = &c->lane[i].runner[phase];
        const double begun = now(c);
        if (!x->variant || !tern_fixture_proof(&c->fixture, x->variant) || !fits(c, share, longest)) continue;
        if (tern_fixture_trial(&c->fixture, x->variant, x->param, &c->problem[phase], &x->trial, NULL))
            continue;
        const double guess = 1e-9 * tern_trial_guess_ns(x->trial);
        longest = fmax(longest, now(c) - begun);
        if (fits(c, share, 4 * guess)) starter[n++] = x;
    }
    return n;
}

static void run_rounds(struct race *c, int phase, double share, struct runner **starter, size_t n) {
    struct tern_alternative alt[LANES] = {{.name = NULL}};
    double ns[ROUNDS][LANES], longest = 0, column[ROUNDS];
    const struct tern_sampler_options o = {.epoch_seconds = EPOCH, .seed = 1};
    size_t rounds = 0;
    for (size_t i = 0; i < n; i++) {
        alt[i] = (struct tern_alternative){.work = tern_trial_run, .ctx = starter[i]->trial};
        if (tern_trial_guess_ns(starter[i]->trial) > 1e9 * EPOCH) alt[i].calls = 1;
    }
    while (n && rounds < ROUNDS && fits(c, share, longest)) {
        const double begun = now(c);
        if (!tern_round(alt, NULL, n, rounds, &o, ns[rounds], NULL)) break;
        longest = fmax(longest, now(c) - begun);
        rounds++;
    }
    for (size_t i = 0; i < n && rounds; i++) {
        for (size_t k = 0; k < rounds; k++) column[k] = ns[k][i];
        starter[i]->ns = tern_estimate_of(column, rounds).median;
    }
    c->rounds[phase] = rounds;
}

static void run_phase(struct race *c, int phase) {
    const double share = phase == DECODE && c->r->ubatch > 1 ? DECODE_SHARE : 1;
    struct runner *starter[LANES];
    const size_t n = line_up(c, phase, share, starter);
    run_rounds(c, phase, share, starter, n);
    for (size_t i = 0; i < c->lanes; i++) {
        tern_trial_free(c->lane[i].runner[phase].trial);
        c->lane[i].runner[phase].trial = NULL;
    }
}

/* ---- the result ---- */

/* One decoded and one prompt token together; a layout without GEMM takes its prompt token by token. */
static double both_ns(const struct race *c, const struct lane *l) {
    const double one = l->runner[DECODE].ns;
    if (c->r->ubatch == 1) return one;
    return one + (l->runner[PREFILL].variant ? l->runner[PREFILL].ns / (double)c->r->ubatch : one);
}

static const struct lane *winner_of(const struct race *c) {
    const struct lane *best = NULL;
    for (size_t i = 0; i < c->lanes; i++) {
        const double its = both_ns(c, &c->lane[i]);
        if (its > 0 && (!best || its < both_ns(c, best))) best = &c->lane[i];
    }
    return best;
}

/* The fastest but for the winner's; NULL: nobody else was measured. */
static const struct runner *next_of(const struct race *c, const struct lane *winner, int phase) {
    const struct runner *best = NULL;
    for (size_t i = 0; i < c->lanes; i++) {
        const struct runner *x = &c->lane[i].runner[phase];
        if (&c->lane[i] != winner && x->ns > 0 && (!best || x->ns < best->ns)) best = x;
    }
    return best;
}

static enum tern_status remember(const struct race *c, const struct lane *winner, int phase,
                                 struct tern_wisdom *out, struct tern_error *e) {
    const struct runner *x = &winner->runner[phase], *second = next_of(c, winner, phase);
    const struct runner *usual = c->lane[0].runner[phase].ns > 0 ? &c->lane[0].runner[phase] : x;
    struct tern_wisdom_entry en = {.problem = c->problem[phase],
                                   .objective = "time",
                                   .median_ns = x->ns,
                                   .n = c->rounds[phase],
                                   .ratio = x->ns / usual->ns,
                                   .effort = TERN_RACE_EFFORT};
    if (!(x->ns > 0)) return TERN_OK;
    en.ci_lo_ns = en.ci_hi_ns = en.ratio_lo = en.ratio_hi = en.margin = en.margin_lo = en.margin_hi = NAN;
    en.of_read = en.of_int8 = en.ipc = en.peak_ipc = en.llc_misses = en.behind = en.behind_lo = en.behind_hi =
        NAN;
    snprintf(en.variant, sizeof en.variant, "%s", x->variant->name);
    memcpy(en.param, x->param, sizeof en.param);
    tern_wisdom_name(usual->variant, usual->param, en.base, sizeof en.base);
    snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(x->variant));
    tern_utc_text(en.date, sizeof en.date);
    if (second) {
        tern_wisdom_name(second->variant, second->param, en.second, sizeof en.second);
        en.margin = second->ns / x->ns;
    }
    return tern_wisdom_put(out, &en, e);
}

static void settle(struct race *c, const struct tern_first_race *r) {
    const size_t rows = WEIGHTS_MOST / r->k;
    const size_t m = r->m < rows ? r->m : rows > 64 ? rows / 64 * 64 : 64;
    const size_t threads[PHASES] = {r->threads_decode, r->threads_prefill}, n[PHASES] = {1, r->ubatch};
    for (int phase = 0; phase < PHASES; phase++)
        c->problem[phase] = (struct tern_problem){m, r->k, n[phase], threads[phase], c->fixture.cold};
}

enum tern_status tern_first_race_run(const struct tern_first_race *r, struct tern_wisdom *out,
                                     struct tern_error *e) {
    struct race c = {.r = r, .seconds = r->seconds > 0 ? r->seconds : 1};
    const struct lane *winner = NULL;
    *out = (struct tern_wisdom){.count = 0};
    snprintf(out->machine, sizeof out->machine, "%s", r->machine->key);
    c.started = now(&c);
    enum tern_status s = tern_fixture_open_within(r->machine, 1, COLD_MOST, &c.fixture, e);
    if (s == TERN_OK) {
        settle(&c, r);
        invite_all(&c);
        s = prove_all(&c, e);
    }
    for (int phase = 0; s == TERN_OK && phase < (r->ubatch > 1 ? PHASES : PREFILL); phase++)
        run_phase(&c, phase);
    if (s == TERN_OK && !(winner = winner_of(&c)))
        s = tern_fail(e, TERN_INCONCLUSIVE, "race: %.2f s were too short for a result", c.seconds);
    for (int phase = 0; s == TERN_OK && phase < PHASES; phase++) s = remember(&c, winner, phase, out, e);
    tern_fixture_close(&c.fixture);
    if (s != TERN_OK) tern_wisdom_free(out);
    return s;
}

char *tern_first_race_path(const char *folder, const struct tern_machine *m) {
    return folder ? tern_format_text("%s/race-%s", folder, m->key[0] ? m->key + 2 : "unknown") : NULL;
}

enum tern_status tern_first_race_known(const char *path, const struct tern_machine *m, struct tern_ranks *out,
                                       struct tern_error *e) {
    struct tern_wisdom w;
    *out = (struct tern_ranks){.rank = NULL};
    enum tern_status s = tern_wisdom_read(path, m->key, 0, &w, e);
    if (s) return s;
    s = tern_ranks_gather(&w, m, 1, out, e);
    tern_wisdom_free(&w);
    return s;
}
