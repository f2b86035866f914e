#include "tuner/targets/targets.h"

#include "measure/sampling/sampler.h"
#include "tuner/targets/field.h"
#include "tuner/targets/layouts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH_SECONDS     1e-3
#define EPOCH_MAX_SECONDS 4e-2
#define ROUNDS            31
#define ROUNDS_LEAST      7

#define ANY                                                                                                  \
    { NULL }
#define BINARY                                                                                               \
    { "b64", "b128" }
#define COLD(name, m, k, from, to, threads, avx2, avx512)                                                    \
    { name, m, k, 1, TERN_WCOLD, ANY, from, to, TERN_CEILING_READ, {avx2, avx512}, threads, 0 }
#define GEMM(name, m, k, n, avx2, avx512)                                                                    \
    { name, m, k, n, TERN_WCOLD, ANY, 0, 4, TERN_CEILING_INT8, {avx2, avx512}, 1, 0 }

/* Shares of a ceiling measured in the same rounds. The goals of a class are what its instructions allow. */
static const struct tern_target targets[] = {
    {"gemv-hot-2.0bpw", 640, 2560, 1, TERN_HOT, ANY, 1.9, 2.1, TERN_CEILING_INT8, {0.55, 0.57}, 1, 0},
    {"gemv-hot-1.67bpw", 640, 2560, 1, TERN_HOT, ANY, 1.5, 1.7, TERN_CEILING_INT8, {NAN, 0.38}, 1, 0},
    COLD("gemv-cold-2.0bpw", 6912, 2560, 1.9, 2.1, 1, 0.95, 0.97),
    COLD("gemv-cold-2.0bpw-all", 6912, 2560, 1.9, 2.1, 0, 0.97, 0.97),
    COLD("gemv-cold-1.67bpw", 6912, 2560, 1.5, 1.7, 1, 0.85, 0.92),
    COLD("gemv-cold-1.67bpw-all", 6912, 2560, 1.5, 1.7, 0, 0.95, 0.95),
    COLD("gemv-cold-wide-1.67bpw", 2560, 6912, 1.5, 1.7, 1, 0.85, 0.92),
    COLD("gemv-cold-wide-1.67bpw-all", 2560, 6912, 1.5, 1.7, 0, 0.95, 0.95),
    {"gemv-cold-binary", 6912, 2560, 1, TERN_WCOLD, BINARY, 0, 0, TERN_CEILING_READ, {0.75, 0.90}, 1, 0},
    GEMM("gemm-8", 6912, 2560, 8, 0.8, 1.0),
    GEMM("gemm-32", 6912, 2560, 32, 0.9, 1.2),
    GEMM("gemm-128", 6912, 2560, 128, 1.0, 1.3),
    GEMM("gemm-512", 2560, 2560, 512, 1.0, 1.3),
    {"gemm-128-layouts", 6912, 2560, 128, TERN_WCOLD, ANY, 1.5, 2.7, TERN_CEILING_INT8, {0.93, 0.93}, 1, 1},
};

const struct tern_target *tern_targets(size_t *count) {
    *count = sizeof targets / sizeof *targets;
    return targets;
}

static int belongs(const void *target, const struct tern_format *f) {
    const struct tern_target *t = target;
    if (t->format[0]) return 1; /* the space has no other */
    return !f->binary && f->bits >= t->bits_from && f->bits <= t->bits_to;
}

static double amount_of(const struct tern_target *t, enum tern_ceiling_kind kind,
                        const struct tern_format *f) {
    return kind == TERN_CEILING_READ ? (double)f->bytes(t->m, t->k)
                                     : (double)t->m * (double)t->k * (double)t->n;
}

static enum tern_status judge(struct tern_field *f, const struct tern_target *t, size_t best, double goal,
                              struct tern_target_seen *out, struct tern_error *e) {
    const struct tern_variant *v = f->space.item[best].variant;
    const double amount = amount_of(t, out->kind, v->format);
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
    out->verdict = tern_target_verdict(&out->share, goal);
    return TERN_OK;
}

/* The ceiling that judges: the team's own, or one made for this target in *own. */
static enum tern_status find_ceiling(struct tern_field *f, enum tern_ceiling_kind kind, uint32_t usable,
                                     struct tern_ceiling **use, struct tern_ceiling **own,
                                     struct tern_error *e) {
    struct tern_team *team;
    enum tern_status s = tern_fixture_team(f->fixture, f->problem.threads, &team, e);
    if (s) return s;
    if (kind == TERN_CEILING_MADDUBS) {
        s = tern_ceiling_new(kind, 0, usable, team->pool, own, e);
        *use = *own;
        return s;
    }
    tern_fixture_ceilings(f->fixture, team);
    *use = kind == TERN_CEILING_READ ? team->read : team->int8;
    if (*use) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "%s", kind == TERN_CEILING_READ ? team->why_read : team->why_int8);
}

static enum tern_status run_field(struct tern_field *f, const struct tern_target *t, uint32_t usable,
                                  double goal, struct tern_target_seen *out, struct tern_error *e) {
    struct tern_ceiling *c = NULL, *own = NULL;
    size_t best = 0;
    enum tern_status s = find_ceiling(f, out->kind, usable, &c, &own, e);
    if (s) return s;
    snprintf(out->ceiling_name, sizeof out->ceiling_name, "%s", tern_ceiling_name(c));
    f->timed[f->space.count] =
        (struct tern_alternative){.work = tern_ceiling_run, .ctx = c, .per = tern_ceiling_work(c)};
    s = tern_field_choose(f, NULL, &best, e);
    if (!s) s = judge(f, t, best, goal, out, e);
    tern_ceiling_free(own);
    return s;
}

enum tern_status tern_target_measure(const struct tern_target *t, enum tern_target_class class,
                                     struct tern_fixture *fixture, const volatile int *stop,
                                     struct tern_target_seen *out, struct tern_error *e) {
    const size_t threads = t->threads ? t->threads : fixture->machine->cpus;
    struct tern_field f = {
        .fixture = fixture, .problem = {t->m, t->k, t->n, threads, t->regime}, .stop = stop};
    struct tern_error why = {""};
    const uint32_t usable = fixture->machine->usable;
    *out = (struct tern_target_seen){.verdict = TERN_INCONCLUSIVE,
                                     .kind = t->ceiling == TERN_CEILING_INT8 ? tern_target_peak(class)
                                                                             : t->ceiling};
    if (f.problem.regime != TERN_HOT) f.problem.regime = fixture->cold;
    enum tern_status s = tern_field_open(
        &f, usable, t->format[class] ? tern_format_named(t->format[class]) : NULL, belongs, t, &why);
    if (!s)
        s = t->layouts ? tern_target_layouts(&f, t->goal[class], out, &why)
                       : run_field(&f, t, usable, t->goal[class], out, &why);
    if (s) snprintf(out->why, sizeof out->why, "%.255s", why.text);
    tern_field_close(&f);
    if (s != TERN_NO_MEMORY) return TERN_OK;
    if (e) *e = why;
    return s;
}
