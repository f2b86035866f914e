#define _GNU_SOURCE
#include "measure/sampling/round.h"

#include "measure/clock.h"
#include "measure/sampling/internal.h"
#include "measure/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { OVERHEAD_READINGS = 15 };
static const double epoch_seconds_default = 1e-3;
static const double resolutions_per_epoch = 1000; /* one step of the clock is 0.1 % of the fastest sample */
static const double epoch_stretch_max = 100;      /* how far the fastest may stretch the slowest's epoch */
static const uint64_t calls_max = UINT64_C(1) << 40;

static uint64_t real_now(void *ctx) {
    (void)ctx;
    return tern_now_ns();
}

struct tern_sampler_clock tern_real_clock(void) {
    return (struct tern_sampler_clock){real_now, NULL, tern_clock_facts()->resolution_ns, NULL};
}

static double epoch_ns(const struct tern_sampler_options *o) {
    return 1e9 * (o->epoch_seconds > 0 ? o->epoch_seconds : epoch_seconds_default);
}

static double time_once(const struct tern_sampler_clock *clock, tern_work_fn work, void *ctx,
                        uint64_t calls) {
    const uint64_t from = clock->now_ns(clock->ctx);
    work(ctx, calls);
    return (double)(clock->now_ns(clock->ctx) - from);
}

static void no_work(void *ctx, uint64_t calls) {
    (void)ctx;
    (void)calls;
}

/* Median cost of the two clock readings and the indirect call around every sample. */
static double overhead_ns(const struct tern_sampler_clock *clock) {
    tern_work_fn volatile empty = no_work; /* volatile: called through the pointer, as the others are */
    double cost[OVERHEAD_READINGS];
    for (size_t i = 0; i < OVERHEAD_READINGS; i++) cost[i] = time_once(clock, empty, NULL, 1);
    tern_sort(cost, OVERHEAD_READINGS);
    return tern_median_sorted(cost, OVERHEAD_READINGS);
}

/* How often the system took the processor away for another process. */
static long taken_away(void) {
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) ? 0 : u.ru_nivcsw;
}

/* Nanoseconds of all calls of one sample. */
static double sample(const struct tern_sampler_clock *clock, const struct tern_alternative *a,
                     const struct tern_sampler_options *o, double overhead) {
    if (a->sample) return a->sample(a->ctx, a->calls) * (double)a->calls;
    double ns = 0;
    for (unsigned try = 0; try < 1 || try < o->tries; try++) {
        if (o->warm_share > 0) a->work(a->ctx, (uint64_t)((double)a->calls * o->warm_share) + 1);
        const long before = o->tries ? taken_away() : 0;
        ns = time_once(clock, a->work, a->ctx, a->calls) - overhead;
        if (!o->tries || taken_away() == before) break;
    }
    return fmax(ns, 0);
}

static double work_of(const struct tern_alternative *a) {
    return (double)a->calls * (a->per > 0 ? a->per : 1);
}

static double sample_with_energy(const struct tern_sampler_clock *clock, const struct tern_alternative *a,
                                 const struct tern_sampler_options *o, double overhead, double *joules) {
    double all = NAN;
    enum tern_status s = tern_energy_start(o->energy, o->no_joules);
    const double ns = sample(clock, a, o, overhead);
    if (!s) s = tern_energy_joules(o->energy, &all, o->no_joules);
    *joules = s ? NAN : all / work_of(a);
    return ns;
}

double tern_rough_ns(const struct tern_sampler_clock *clock, const struct tern_alternative *a,
                     const struct tern_sampler_options *o, int hasty) {
    const double epoch = epoch_ns(o), overhead = overhead_ns(clock);
    const double enough = fmax(epoch / 4, clock->resolution_ns * resolutions_per_epoch);
    uint64_t calls = 1;
    const double first = time_once(clock, a->work, a->ctx, calls);
    if (hasty && 2 * first >= epoch) return first;
    for (;;) {
        const double ns = fmax(time_once(clock, a->work, a->ctx, calls) - overhead, 0);
        if (ns >= enough || calls >= calls_max) return ns / (double)calls;
        const double growth = ns > 0 ? fmin(fmax(1.2 * enough / ns, 2), 10) : 10;
        calls = (uint64_t)fmin((double)calls * growth, (double)calls_max);
    }
}

static uint64_t whole_calls(double n) {
    return (uint64_t)fmin(fmax(ceil(n - 1e-9), 1), (double)calls_max);
}

uint64_t tern_common_calls_by(const struct tern_sampler_clock *clock, const double *ns, size_t count,
                              double epoch_seconds) {
    const struct tern_sampler_options o = {.epoch_seconds = epoch_seconds};
    double slowest = 0, fastest = INFINITY;
    for (size_t i = 0; i < count; i++) {
        slowest = fmax(slowest, ns[i]);
        fastest = fmin(fastest, ns[i]);
    }
    const double n = epoch_ns(&o) / slowest;
    const double seen = clock->resolution_ns * resolutions_per_epoch / fastest;
    return whole_calls(fmax(n, fmin(seen, n * epoch_stretch_max)));
}

uint64_t tern_common_calls(const double *ns, size_t count, double epoch_seconds) {
    const struct tern_sampler_clock clock = tern_real_clock();
    return tern_common_calls_by(&clock, ns, count, epoch_seconds);
}

static void find_calls(const struct tern_sampler_clock *clock, struct tern_alternative *a,
                       const struct tern_sampler_options *o) {
    a->calls = a->sample ? 1 : whole_calls(epoch_ns(o) / tern_rough_ns(clock, a, o, 1));
}

int tern_round_by(const struct tern_sampler_clock *clock, struct tern_alternative *alt, const size_t *which,
                  size_t count, size_t number, const struct tern_sampler_options *o, double *ns,
                  double *joules, double *overhead) {
    size_t *order = malloc((count + 1) * sizeof *order);
    if (!order) return 0;
    tern_latin_order(o->seed, number, count, order);
    const double cost = overhead_ns(clock);
    if (overhead) *overhead = cost;
    int whole = 1;
    for (size_t i = 0; whole && i < count; i++) {
        const size_t at = order[i];
        struct tern_alternative *a = &alt[which ? which[at] : at];
        ns[at] = NAN;
        if (joules) joules[at] = NAN;
        if (!a->work && !a->sample) continue;
        if (!a->calls) find_calls(clock, a, o);
        ns[at] = o->energy && joules ? sample_with_energy(clock, a, o, cost, &joules[at])
                                     : sample(clock, a, o, cost);
        ns[at] /= work_of(a);
        whole = !o->stop || !*o->stop;
    }
    free(order);
    return whole;
}

int tern_round(struct tern_alternative *alt, const size_t *which, size_t count, size_t number,
               const struct tern_sampler_options *o, double *ns, double *joules) {
    const struct tern_sampler_clock clock = tern_real_clock();
    return tern_round_by(&clock, alt, which, count, number, o, ns, joules, NULL);
}

double tern_sample(const struct tern_alternative *a, const struct tern_sampler_options *o) {
    const struct tern_sampler_clock clock = tern_real_clock();
    struct tern_alternative own = *a;
    if (!own.calls) find_calls(&clock, &own, o);
    return sample(&clock, &own, o, overhead_ns(&clock)) / work_of(&own);
}

double tern_matched_epoch(const struct tern_alternative *a, double least_seconds, double most_seconds) {
    const struct tern_sampler_clock clock = tern_real_clock();
    const double seconds = 1e-9 * time_once(&clock, a->work, a->ctx, 1);
    return fmin(fmax(seconds, least_seconds), most_seconds);
}
