#include "tuner/targets/targets.h"

#include "base/isa.h"
#include "measure/records/record.h"
#include "measure/sampling/sampler.h"
#include "tuner/search/space.h"
#include "tuner/search/strategies.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH_SECONDS     1e-3
#define EPOCH_MAX_SECONDS 4e-2
#define ROUNDS            31
#define ROUNDS_LEAST      7

struct field {
    struct tern_fixture *fixture;
    struct tern_problem problem;
    struct tern_candidates space;
    struct tern_alternative *timed; /* of the space, then the ceiling */
    struct tern_trial **trial;
    char *failed;
    const volatile int *stop;
    struct tern_error error; /* why the last trial could not be built */
};

static void make_ready(struct field *f, size_t i) {
    if (f->trial[i] || f->failed[i]) return;
    const struct tern_candidate *c = &f->space.item[i];
    f->failed[i] =
        tern_fixture_trial(f->fixture, c->variant, c->param, &f->problem, &f->trial[i], &f->error) != TERN_OK;
    if (!f->failed[i]) f->timed[i] = (struct tern_alternative){.work = tern_trial_run, .ctx = f->trial[i]};
}

static int on_round(void *ctx, size_t number, const size_t *which, size_t n, double *ns) {
    struct field *f = ctx;
    for (size_t i = 0; i < n; i++) make_ready(f, which[i]);
    const struct tern_sampler_options how = {.seed = f->fixture->seed, .stop = f->stop};
    return tern_round(f->timed, which, n, number, &how, ns, NULL);
}

static int on_go(void *ctx, size_t number) {
    const struct field *f = ctx;
    (void)number;
    return !f->stop || !*f->stop;
}

static int belongs(const struct tern_target *t, const struct tern_format *f) {
    return t->formats[0] || (f->bits >= t->bits_from && f->bits <= t->bits_to);
}

/* The candidates of all formats that the target names, or of any. */
static enum tern_status candidates_of(const struct tern_target *t, struct field *f, uint32_t usable,
                                      struct tern_error *e) {
    enum tern_status s = TERN_OK;
    for (size_t i = 0; !s && i < sizeof t->formats / sizeof *t->formats && (!i || t->formats[i]); i++) {
        const struct tern_format *format = t->formats[i] ? tern_format_named(t->formats[i]) : NULL;
        struct tern_candidates part;
        if ((s = tern_space_of(&f->problem, usable, format, 0, &part, e))) break;
        struct tern_candidate *all =
            realloc(f->space.item, (f->space.count + part.count + 1) * sizeof *f->space.item);
        if (all) {
            f->space.item = all;
            if (part.count) memcpy(all + f->space.count, part.item, part.count * sizeof *all);
            f->space.count += part.count;
        } else
            s = tern_fail(e, TERN_NO_MEMORY, "targets: out of memory");
        tern_candidates_free(&part);
    }
    if (s) tern_candidates_free(&f->space);
    return s;
}

/* Rough guesses, one per variant, so that the scalar level does not cost seconds. */
static void guess_all(struct field *f, double *guess) {
    for (size_t i = 0; i < f->space.count; i++) {
        if (i > 0 && f->space.item[i].variant == f->space.item[i - 1].variant) {
            guess[i] = guess[i - 1];
            continue;
        }
        make_ready(f, i);
        guess[i] = f->trial[i] ? tern_trial_guess_ns(f->trial[i]) : NAN;
    }
}

static enum tern_status choose(struct field *f, size_t *best, struct tern_error *e) {
    struct tern_found found;
    double *guess = malloc(f->space.count * sizeof *guess);
    if (!guess) return tern_fail(e, TERN_NO_MEMORY, "targets: out of memory");
    guess_all(f, guess);
    const struct tern_search s = {.count = f->space.count,
                                  .guess = guess,
                                  .effort = tern_effort_named("normal"),
                                  .round = on_round,
                                  .go = on_go,
                                  .ctx = f};
    enum tern_status st = tern_strategy_named("race")->run(&s, &found, e);
    if (!st) {
        if (found.ordered)
            *best = found.order[0];
        else
            st = tern_fail(e, TERN_INCONCLUSIVE, "%s", f->error.text[0] ? f->error.text : "stopped");
        tern_found_free(&found);
    }
    free(guess);
    return st;
}

static enum tern_status judge(struct field *f, const struct tern_target *t, size_t best,
                              struct tern_target_seen *out, struct tern_error *e) {
    const struct tern_variant *v = f->space.item[best].variant;
    const double amount = t->ceiling == TERN_CEILING_READ ? (double)v->format->bytes(t->m, t->k)
                                                          : (double)t->m * (double)t->k * (double)t->n;
    struct tern_alternative pair[2] = {f->timed[best], f->timed[f->space.count]};
    pair[0].calls = pair[1].calls = 0;
    const struct tern_sampler_options how = {
        .seed = f->fixture->seed + 1,
        .stop = f->stop,
        .epoch_seconds = tern_matched_epoch(&pair[1], EPOCH_SECONDS, EPOCH_MAX_SECONDS),
        .own_calls = 1,
        .warmup = TERN_WARMUP_ONE,
        .rounds_min = ROUNDS,
        .rounds_max = ROUNDS};
    struct tern_comparison c;
    double ns[ROUNDS], ideal[ROUNDS], rate[ROUNDS];
    const enum tern_status s = tern_compare(pair, 2, &how, &c, e);
    if (s) return s;
    const size_t n = c.rounds;
    for (size_t r = 0; r < n; r++) {
        ns[r] = c.sample[2 * r];
        ideal[r] = amount * c.sample[2 * r + 1];
        rate[r] = 1 / c.sample[2 * r + 1];
    }
    tern_comparison_free(&c);
    if (n < ROUNDS_LEAST) return tern_fail(e, TERN_INCONCLUSIVE, "stopped");
    out->variant = v;
    memcpy(out->param, f->space.item[best].param, sizeof out->param);
    out->ns = tern_estimate_of(ns, n);
    out->ceiling = tern_estimate_of(rate, n);
    out->share = tern_ratio_of(ideal, ns, n);
    out->verdict = out->share.ci_lo >= t->goal  ? TERN_OK
                   : out->share.ci_hi < t->goal ? TERN_CHECK_FAILED
                                                : TERN_INCONCLUSIVE;
    return TERN_OK;
}

/* The ceiling that judges: the team's own, or one made for this target in *own. */
static enum tern_status find_ceiling(struct field *f, const struct tern_target *t, uint32_t usable,
                                     struct tern_ceiling **use, struct tern_ceiling **own,
                                     struct tern_error *e) {
    struct tern_team *team;
    enum tern_status s = tern_fixture_team(f->fixture, f->problem.threads, &team, e);
    if (s) return s;
    if (t->ceiling == TERN_CEILING_MADDUBS) {
        s = tern_ceiling_new(t->ceiling, 0, usable, team->pool, own, e);
        *use = *own;
        return s;
    }
    tern_fixture_ceilings(f->fixture, team);
    *use = t->ceiling == TERN_CEILING_READ ? team->read : team->int8;
    if (*use) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "%s",
                     t->ceiling == TERN_CEILING_READ ? team->why_read : team->why_int8);
}

static enum tern_status run_field(struct field *f, const struct tern_target *t, uint32_t usable,
                                  struct tern_target_seen *out, struct tern_error *e) {
    struct tern_ceiling *c = NULL, *own = NULL;
    enum tern_status s = find_ceiling(f, t, usable, &c, &own, e);
    if (s) return s;
    snprintf(out->ceiling_name, sizeof out->ceiling_name, "%s", tern_ceiling_name(c));
    f->timed[f->space.count] =
        (struct tern_alternative){.work = tern_ceiling_run, .ctx = c, .per = tern_ceiling_work(c)};
    size_t best = 0;
    s = choose(f, &best, e);
    if (!s) s = judge(f, t, best, out, e);
    tern_ceiling_free(own);
    return s;
}

static size_t threads_of(const struct tern_target *t, const struct tern_fixture *fixture) {
    return t->threads ? t->threads : fixture->machine->cpus;
}

enum tern_status tern_target_measure(const struct tern_target *t, struct tern_fixture *fixture,
                                     const volatile int *stop, struct tern_target_seen *out,
                                     struct tern_error *e) {
    struct field f = {.fixture = fixture, .problem = {t->m, t->k, t->n, t->threads, t->regime}, .stop = stop};
    struct tern_error why = {""};
    uint32_t usable = fixture->machine->usable, limit = UINT32_MAX;
    *out = (struct tern_target_seen){.verdict = TERN_INCONCLUSIVE};
    if (f.problem.regime != TERN_HOT) f.problem.regime = fixture->cold;
    f.problem.threads = threads_of(t, fixture);
    if (t->isa && tern_isa_parse(t->isa, &limit, NULL)) limit = 0; /* not a level of this architecture */
    usable &= limit;
    enum tern_status s = candidates_of(t, &f, usable, e);
    if (s) return s;
    size_t kept = 0;
    for (size_t i = 0; i < f.space.count; i++) {
        const struct tern_candidate c = f.space.item[i];
        if (belongs(t, c.variant->format) && tern_fixture_proof(fixture, c.variant)) f.space.item[kept++] = c;
    }
    f.space.count = kept;
    f.timed = calloc(kept + 1, sizeof *f.timed);
    f.trial = calloc(kept + 1, sizeof *f.trial);
    f.failed = calloc(kept + 1, sizeof *f.failed);
    if (!f.timed || !f.trial || !f.failed)
        s = tern_fail(&why, TERN_NO_MEMORY, "targets: out of memory");
    else if (!kept)
        s = tern_fail(&why, TERN_UNSUPPORTED, "no proven variant of this kind runs here");
    else
        s = run_field(&f, t, usable, out, &why);
    if (s) snprintf(out->why, sizeof out->why, "%.255s", why.text);
    for (size_t i = 0; f.trial && i < kept; i++) tern_trial_free(f.trial[i]);
    free(f.timed);
    free(f.trial);
    free(f.failed);
    tern_candidates_free(&f.space);
    if (s != TERN_NO_MEMORY) return TERN_OK;
    if (e) *e = why;
    return s;
}

/* As the survey of ceilings names them (measure/ceilings/survey.h). */
static const char *ceiling_op(enum tern_ceiling_kind kind) {
    switch (kind) {
    case TERN_CEILING_READ:
        return "read";
    case TERN_CEILING_MADDUBS:
        return "maddubs";
    case TERN_CEILING_FMA:
        return "fma";
    default:
        return "int8";
    }
}

enum tern_status tern_target_record(const struct tern_target *t, const struct tern_target_seen *seen,
                                    const struct tern_fixture *fixture, const char *run, const char *path,
                                    struct tern_error *e) {
    struct tern_record r;
    char params[160];
    if (!seen->variant) return TERN_OK;
    const int read = t->ceiling == TERN_CEILING_READ;
    tern_record_init(&r);
    r.kind = "ceiling";
    r.run = run;
    r.variant = seen->ceiling_name;
    r.op = ceiling_op(t->ceiling);
    r.unit = read ? "GB/s" : "GMAC/s";
    r.m = t->m, r.k = t->k, r.n = t->n;
    r.threads = threads_of(t, fixture);
    r.regime = tern_regime_name(t->regime == TERN_HOT ? TERN_HOT : fixture->cold);
    r.est = seen->ceiling;
    r.flags = fixture->machine->hypervisor[0] ? "targets vm" : "targets";
    r.complete = 1;
    enum tern_status s = tern_record_append(path, &r, e);
    if (s) return s;
    tern_variant_params_text(seen->variant, seen->param, params, sizeof params);
    r.kind = "sample";
    r.code = tern_variant_code_key(seen->variant);
    r.variant = seen->variant->name;
    r.params = params;
    r.op = t->n == 1 ? "gemv" : "gemm";
    r.format = seen->variant->format->name;
    r.unit = "ns/call";
    r.est = seen->ns;
    r.bytes = (double)seen->variant->format->bytes(t->m, t->k);
    r.macs = (double)t->m * (double)t->k * (double)t->n;
    r.of_ceiling = seen->share.median;
    r.ceiling = seen->ceiling_name;
    r.why_no_counters = r.why_no_energy = "not asked for";
    return tern_record_append(path, &r, e);
}
