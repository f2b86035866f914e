#include "measure/sampling/sampler.h"

#include "base/memory.h"
#include "measure/machine/frequency.h"
#include "measure/sampling/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t rounds_min_default = 7, rounds_max_default = 52;
static const size_t warmup_rounds_max = 10;
static const double warm_within = 0.02, warmup_budget_share = 0.1, slow_below = 0.95;

struct sampler {
    const struct tern_sampler_clock *clock;
    struct tern_alternative *alt; /* with their numbers of calls */
    size_t count;
    struct tern_sampler_options o; /* without `stop`, which ends a comparison between two rounds only */
    const volatile int *stop;
    double *ns, *joules; /* of the round under way */
    uint64_t started;
};

static double elapsed_seconds(const struct sampler *s) {
    return (double)(s->clock->now_ns(s->clock->ctx) - s->started) * 1e-9;
}

static int told_to_stop(const struct sampler *s) {
    return s->stop && *s->stop;
}

static enum tern_status one_round(const struct sampler *s, size_t number, double *overhead,
                                  struct tern_error *e) {
    if (tern_round_by(s->clock, s->alt, NULL, s->count, number, &s->o, s->ns, s->joules, overhead))
        return TERN_OK;
    return tern_fail(e, TERN_NO_MEMORY, "sampler: round %zu: out of memory", number);
}

/* One count for all, because different counts would bias the ratios by the fixed cost of a sample. */
static enum tern_status calibrate(const struct sampler *s, struct tern_error *e) {
    for (size_t i = 0; i < s->count; i++) {
        if (told_to_stop(s))
            return tern_fail(e, TERN_INCONCLUSIVE, "sampler: stopped before the first round");
        if (!s->o.own_calls) s->ns[i] = tern_rough_ns(s->clock, &s->alt[i], &s->o, 0);
    }
    if (s->o.own_calls) return TERN_OK;
    const uint64_t calls = tern_common_calls_by(s->clock, s->ns, s->count, s->o.epoch_seconds);
    for (size_t i = 0; i < s->count; i++) s->alt[i].calls = calls;
    return TERN_OK;
}

static uint64_t least_calls(const struct sampler *s) {
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < s->count; i++)
        if (s->alt[i].calls < least) least = s->alt[i].calls;
    return least;
}

/* A single call that lasts an epoch has been its own warm-up. */
static int calls_once(const struct sampler *s) {
    for (size_t i = 0; i < s->count; i++)
        if (s->alt[i].calls != 1) return 0;
    return 1;
}

static double whole_round_ns(const struct sampler *s) {
    double all = 0;
    for (size_t i = 0; i < s->count; i++)
        all += s->ns[i] * (double)s->alt[i].calls * (s->alt[i].per > 0 ? s->alt[i].per : 1);
    return all;
}

/* Whole rounds, thrown away, until the machine runs as it will go on: clocks raised, pages mapped, caches as
 * they stay. */
static enum tern_status settle(const struct sampler *s, struct tern_comparison *out, struct tern_error *e) {
    enum tern_status status = TERN_OK;
    double last = -1;
    out->warm = calls_once(s);
    while (!status && !out->warm && out->warmup_rounds < warmup_rounds_max && !told_to_stop(s)) {
        if (s->o.budget_seconds > 0 && elapsed_seconds(s) > warmup_budget_share * s->o.budget_seconds) break;
        status = one_round(s, out->warmup_rounds, NULL, e);
        const double all = whole_round_ns(s);
        out->warmup_rounds++;
        out->warm = last >= 0 && fabs(all - last) <= warm_within * last;
        last = all;
    }
    return status;
}

static enum tern_status warm_up(const struct sampler *s, struct tern_comparison *out, struct tern_error *e) {
    if (s->o.warmup == TERN_WARMUP_SETTLE) return settle(s, out, e);
    out->warm = 1;
    out->warmup_rounds = s->o.warmup == TERN_WARMUP_ONE;
    return out->warmup_rounds ? one_round(s, 0, NULL, e) : TERN_OK;
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

static int may_end(const struct sampler *s, const struct tern_comparison *out) {
    if (out->rounds >= s->o.rounds_max || told_to_stop(s)) return 1;
    return out->rounds >= s->o.rounds_min && s->o.budget_seconds > 0 &&
           elapsed_seconds(s) >= s->o.budget_seconds;
}

static enum tern_status run_rounds(const struct sampler *s, struct tern_comparison *out,
                                   struct tern_error *e) {
    double *overhead = NULL, *ghz = NULL;
    size_t sample_room = 0, joules_room = 0, overhead_room = 0, ghz_room = 0;
    enum tern_status status = TERN_OK;
    double before = probe(s);
    do {
        const size_t row = out->rounds * s->count;
        if (!make_room(&out->sample, &sample_room, out->rounds, s->count) ||
            (s->joules && !make_room(&out->joules, &joules_room, out->rounds, s->count)) ||
            !make_room(&overhead, &overhead_room, out->rounds, 1) ||
            !make_room(&ghz, &ghz_room, out->rounds, 1)) {
            status = tern_fail(e, TERN_NO_MEMORY, "sampler: round %zu: out of memory", out->rounds);
            goto done;
        }
        status = one_round(s, out->rounds, &overhead[out->rounds], e);
        if (status) goto done;
        memcpy(out->sample + row, s->ns, s->count * sizeof *s->ns);
        if (s->joules) memcpy(out->joules + row, s->joules, s->count * sizeof *s->joules);
        const double after = probe(s);
        ghz[out->rounds] = fmin(before, after);
        before = after;
        out->rounds++;
    } while (!may_end(s, out));
    tern_sort(overhead, out->rounds);
    out->overhead_ns = tern_median_sorted(overhead, out->rounds);
    judge_frequency(out, ghz, overhead);
done:
    free(overhead);
    free(ghz);
    return status;
}

void tern_comparison_samples(const struct tern_comparison *c, size_t i, double *out) {
    for (size_t r = 0; r < c->rounds; r++) out[r] = c->sample[r * c->count + i];
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
    tern_comparison_samples(c, 0, base);
    for (size_t i = 0; i < c->count; i++) {
        tern_comparison_samples(c, i, own);
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
    if (o->rounds_max == 0) o->rounds_max = tern_max(rounds_max_default, o->rounds_min);
    if (o->rounds_min == 0) o->rounds_min = rounds_min_default;
    if (!(o->epoch_seconds >= 0) || !isfinite(o->epoch_seconds))
        return tern_fail(e, TERN_BAD_INPUT, "sampler: epoch: %g s is not a duration", o->epoch_seconds);
    if (!(o->budget_seconds >= 0))
        return tern_fail(e, TERN_BAD_INPUT, "sampler: budget: %g s is not a duration", o->budget_seconds);
    o->stop = NULL;
    return TERN_OK;
}

enum tern_status tern_compare_by(const struct tern_sampler_clock *clock, const struct tern_alternative *alt,
                                 size_t count, const struct tern_sampler_options *o,
                                 struct tern_comparison *out, struct tern_error *e) {
    *out = (struct tern_comparison){.count = count};
    if (count == 0) return tern_fail(e, TERN_BAD_INPUT, "sampler: alternatives: there are none");
    for (size_t i = 0; i < count; i++)
        if (!alt[i].work && !alt[i].sample)
            return tern_fail(e, TERN_BAD_INPUT, "sampler: alternative %zu: no work function", i);

    struct sampler s = {.clock = clock, .count = count, .stop = o ? o->stop : NULL};
    enum tern_status status = fill_options(&s.o, o, e);
    if (status) return status;
    out->seed = s.o.seed;
    s.started = clock->now_ns(clock->ctx);
    s.alt = calloc(count, sizeof *s.alt);
    s.ns = calloc(count, sizeof *s.ns);
    s.joules = s.o.energy ? calloc(count, sizeof *s.joules) : NULL;
    if (!s.alt || !s.ns || (s.o.energy && !s.joules)) {
        status = tern_fail(e, TERN_NO_MEMORY, "sampler: %zu alternatives: out of memory", count);
    } else {
        memcpy(s.alt, alt, count * sizeof *alt);
        status = calibrate(&s, e);
    }
    if (!status) status = warm_up(&s, out, e);
    if (!status) status = run_rounds(&s, out, e);
    if (!status) status = summarise(out, e);
    if (!status) out->calls = least_calls(&s);
    free(s.alt);
    free(s.ns);
    free(s.joules);
    if (status) tern_comparison_free(out);
    return status;
}

static double real_ghz(void *ctx) {
    (void)ctx;
    return tern_frequency_now_ghz();
}

enum tern_status tern_compare(const struct tern_alternative *alt, size_t count,
                              const struct tern_sampler_options *o, struct tern_comparison *out,
                              struct tern_error *e) {
    struct tern_sampler_clock clock = tern_real_clock();
    if (o && o->frequency) clock.ghz = real_ghz;
    return tern_compare_by(&clock, alt, count, o, out, e);
}

void tern_comparison_free(struct tern_comparison *c) {
    free(c->sample);
    free(c->joules);
    free(c->estimate);
    free(c->ratio);
    *c = (struct tern_comparison){0};
}
