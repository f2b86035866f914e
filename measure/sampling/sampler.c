#include "base/memory.h"
#include "measure/ceilings/ceilings.h"
#include "measure/clock.h"
#include "measure/sampling/sampler_internal.h"
#include "measure/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OVERHEAD_READINGS = 15 };
static const double epoch_seconds_default = 1e-3;
static const size_t rounds_min_default = 7, rounds_max_default = 52;
static const double resolutions_per_epoch =
    1000; /* so that one tick of the clock is 0.1 % of the fastest sample */
static const double epoch_stretch_max = 100; /* how far the fastest may stretch the slowest's epoch */
static const size_t warmup_rounds_max = 10;
static const double warm_within = 0.02, warmup_budget_share = 0.1, slow_below = 0.95;
static const uint64_t calls_max = UINT64_C(1) << 40;

struct sampler {
    const struct tern_sampler_clock *clock;
    const struct tern_alternative *alt;
    size_t count;
    struct tern_sampler_options o;
    uint64_t started;
};

static uint64_t now(const struct sampler *s) {
    return s->clock->now_ns(s->clock->ctx);
}

static double elapsed_seconds(const struct sampler *s) {
    return (double)(now(s) - s->started) * 1e-9;
}

static int told_to_stop(const struct sampler *s) {
    return s->o.stop && *s->o.stop;
}

static double time_once(const struct sampler *s, tern_work_fn work, void *ctx, uint64_t calls) {
    uint64_t from = now(s);
    work(ctx, calls);
    return (double)(now(s) - from);
}

static void no_work(void *ctx, uint64_t calls) {
    (void)ctx;
    (void)calls;
}

/* Median cost of the two clock readings and the indirect call around every sample. */
static double overhead_ns(const struct sampler *s, uint64_t calls) {
    tern_work_fn volatile empty = no_work; /* volatile: called through the pointer, as the others are */
    double cost[OVERHEAD_READINGS];
    for (size_t i = 0; i < OVERHEAD_READINGS; i++) cost[i] = time_once(s, empty, NULL, calls);
    tern_sort(cost, OVERHEAD_READINGS);
    return tern_median_sorted(cost, OVERHEAD_READINGS);
}

/* Nanoseconds per call of one alternative, roughly; its first samples are the warm-up. */
static double rough_ns(const struct sampler *s, const struct tern_alternative *a, double epoch_ns,
                       double overhead) {
    double enough = fmax(epoch_ns / 4, s->clock->resolution_ns * resolutions_per_epoch);
    uint64_t calls = 1;
    time_once(s, a->work, a->ctx, calls);
    for (;;) {
        double ns = fmax(time_once(s, a->work, a->ctx, calls) - overhead, 0);
        if (ns >= enough || calls >= calls_max) return ns / (double)calls;
        double growth = ns > 0 ? fmin(fmax(1.2 * enough / ns, 2), 10) : 10;
        calls = (uint64_t)fmin((double)calls * growth, (double)calls_max);
    }
}

/* One count for all, because different counts would bias the ratios by the fixed cost of a sample. */
static enum tern_status calibrate(const struct sampler *s, uint64_t *calls, struct tern_error *e) {
    double epoch_ns = s->o.epoch_seconds * 1e9, overhead = overhead_ns(s, 1), slowest = 0, fastest = INFINITY;
    for (size_t i = 0; i < s->count; i++) {
        if (told_to_stop(s))
            return tern_fail(e, TERN_INCONCLUSIVE, "sampler: stopped before the first round");
        double ns = rough_ns(s, &s->alt[i], epoch_ns, overhead);
        slowest = fmax(slowest, ns);
        fastest = fmin(fastest, ns);
    }
    double n = epoch_ns / slowest, seen = s->clock->resolution_ns * resolutions_per_epoch / fastest;
    n = fmax(n, fmin(seen, n * epoch_stretch_max));
    *calls = (uint64_t)fmin(fmax(ceil(n - 1e-9), 1), (double)calls_max);
    return TERN_OK;
}

/* Doubles *p (of `*room` rows of `columns` doubles) when it has no space for row `rows`. */
static int make_room(double **p, size_t *room, size_t rows, size_t columns) {
    if (rows < *room) return 1;
    size_t wanted = *room ? *room * 2 : 64, bytes = tern_mul_size(tern_mul_size(wanted, columns), sizeof **p);
    double *grown = bytes ? realloc(*p, bytes) : NULL;
    if (!grown) return 0;
    *p = grown;
    *room = wanted;
    return 1;
}

/* Whole rounds, thrown away, until the machine runs as it will go on: clocks raised, pages mapped, caches as
 * they stay. A single call that lasts an epoch has been its own warm-up. */
static void warm_up(const struct sampler *s, struct tern_comparison *out) {
    double last = -1;
    out->warm = out->calls == 1;
    while (!out->warm && out->warmup_rounds < warmup_rounds_max && !told_to_stop(s)) {
        if (s->o.budget_seconds > 0 && elapsed_seconds(s) > warmup_budget_share * s->o.budget_seconds) break;
        double all = 0;
        for (size_t i = 0; i < s->count; i++) all += time_once(s, s->alt[i].work, s->alt[i].ctx, out->calls);
        out->warmup_rounds++;
        out->warm = last >= 0 && fabs(all - last) <= warm_within * last;
        last = all;
    }
}

/* Frequencies around the rounds: ghz[r] is the lower of the two probes before and after round r. */
static void judge_frequency(struct tern_comparison *out, double *ghz, double *scratch) {
    size_t n = 0;
    out->ghz = NAN;
    for (size_t r = 0; r < out->rounds; r++)
        if (ghz[r] > 0) scratch[n++] = ghz[r];
    if (!n) return;
    tern_sort(scratch, n);
    out->ghz = tern_median_sorted(scratch, n);
    for (size_t r = 0; r < out->rounds; r++) out->slow_rounds += ghz[r] > 0 && ghz[r] < slow_below * out->ghz;
}

static double probe(const struct sampler *s) {
    return s->clock->ghz ? s->clock->ghz(s->clock->ctx) : 0;
}

static enum tern_status run_rounds(const struct sampler *s, struct tern_comparison *out, size_t *order,
                                   struct tern_error *e) {
    double *overhead = NULL, *ghz = NULL;
    size_t sample_room = 0, overhead_room = 0, ghz_room = 0;
    enum tern_status status = TERN_OK;
    double before = probe(s);
    while (out->rounds < s->o.rounds_max) {
        if (!make_room(&out->sample, &sample_room, out->rounds, s->count) ||
            !make_room(&overhead, &overhead_room, out->rounds, 1) ||
            !make_room(&ghz, &ghz_room, out->rounds, 1)) {
            status = tern_fail(e, TERN_NO_MEMORY, "sampler: round %zu: out of memory", out->rounds);
            goto done;
        }
        double cost = overhead[out->rounds] = overhead_ns(s, out->calls);
        double *row = out->sample + out->rounds * s->count;
        tern_latin_order(s->o.seed, out->rounds, s->count, order);
        for (size_t i = 0; i < s->count; i++) {
            const struct tern_alternative *a = &s->alt[order[i]];
            double ns = time_once(s, a->work, a->ctx, out->calls) - cost;
            row[order[i]] = fmax(ns, 0) / (double)out->calls;
        }
        const double after = probe(s);
        ghz[out->rounds] = fmin(before, after);
        before = after;
        out->rounds++;
        if (told_to_stop(s)) break;
        int may_end = out->rounds >= s->o.rounds_min && s->o.budget_seconds > 0;
        if (may_end && elapsed_seconds(s) >= s->o.budget_seconds) break;
    }
    tern_sort(overhead, out->rounds);
    out->overhead_ns = tern_median_sorted(overhead, out->rounds);
    judge_frequency(out, ghz, overhead);
done:
    free(overhead);
    free(ghz);
    return status;
}

static enum tern_status summarise(struct tern_comparison *c, struct tern_error *e) {
    double *base = calloc(c->rounds, sizeof *base), *own = calloc(c->rounds, sizeof *own);
    c->estimate = calloc(c->count, sizeof *c->estimate);
    c->ratio = calloc(c->count, sizeof *c->ratio);
    enum tern_status status = TERN_OK;
    if (!base || !own || !c->estimate || !c->ratio) {
        status = tern_fail(e, TERN_NO_MEMORY, "sampler: summary of %zu rounds: out of memory", c->rounds);
        goto done;
    }
    for (size_t r = 0; r < c->rounds; r++) base[r] = c->sample[r * c->count];
    for (size_t i = 0; i < c->count; i++) {
        for (size_t r = 0; r < c->rounds; r++) own[r] = c->sample[r * c->count + i];
        c->estimate[i] = tern_estimate_of(own, c->rounds);
        c->ratio[i] = tern_ratio_of(own, base, c->rounds);
    }
done:
    free(base);
    free(own);
    return status;
}

static enum tern_status fill_options(struct tern_sampler_options *o, const struct tern_sampler_options *given,
                                     struct tern_error *e) {
    *o = given ? *given : (struct tern_sampler_options){0};
    if (o->epoch_seconds == 0) o->epoch_seconds = epoch_seconds_default;
    if (o->rounds_max == 0) o->rounds_max = tern_max(rounds_max_default, o->rounds_min);
    if (o->rounds_min == 0) o->rounds_min = rounds_min_default;
    if (!(o->epoch_seconds > 0) || !isfinite(o->epoch_seconds))
        return tern_fail(e, TERN_BAD_INPUT, "sampler: epoch: %g s is not a duration", o->epoch_seconds);
    if (!(o->budget_seconds >= 0))
        return tern_fail(e, TERN_BAD_INPUT, "sampler: budget: %g s is not a duration", o->budget_seconds);
    return TERN_OK;
}

enum tern_status tern_compare_by(const struct tern_sampler_clock *clock, const struct tern_alternative *alt,
                                 size_t count, const struct tern_sampler_options *o,
                                 struct tern_comparison *out, struct tern_error *e) {
    *out = (struct tern_comparison){.count = count};
    if (count == 0) return tern_fail(e, TERN_BAD_INPUT, "sampler: alternatives: there are none");
    for (size_t i = 0; i < count; i++)
        if (!alt[i].work)
            return tern_fail(e, TERN_BAD_INPUT, "sampler: alternative %zu: no work function", i);

    struct sampler s = {.clock = clock, .alt = alt, .count = count};
    enum tern_status status = fill_options(&s.o, o, e);
    if (status) return status;
    out->seed = s.o.seed;
    s.started = now(&s);
    size_t *order = calloc(count, sizeof *order);
    if (!order) return tern_fail(e, TERN_NO_MEMORY, "sampler: %zu alternatives: out of memory", count);
    status = calibrate(&s, &out->calls, e);
    if (!status) warm_up(&s, out);
    if (!status) status = run_rounds(&s, out, order, e);
    if (!status) status = summarise(out, e);
    free(order);
    if (status) tern_comparison_free(out);
    return status;
}

static uint64_t real_now(void *ctx) {
    (void)ctx;
    return tern_now_ns();
}

static double real_ghz(void *ctx) {
    (void)ctx;
    return tern_frequency_now_ghz();
}

enum tern_status tern_compare(const struct tern_alternative *alt, size_t count,
                              const struct tern_sampler_options *o, struct tern_comparison *out,
                              struct tern_error *e) {
    struct tern_sampler_clock clock = {real_now, NULL, tern_clock_facts()->resolution_ns, real_ghz};
    return tern_compare_by(&clock, alt, count, o, out, e);
}

void tern_comparison_free(struct tern_comparison *c) {
    free(c->sample);
    free(c->estimate);
    free(c->ratio);
    *c = (struct tern_comparison){0};
}
