#define _GNU_SOURCE
#include "cli/bench/case.h"

#include "measure/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS         15
#define PASS_NS        2e7
#define ENERGY_SECONDS 1.0
#define POLL_NS        5e7

struct tern_sampler_options tern_bench_timing(const struct tern_bench_plan *plan) {
    return (struct tern_sampler_options){.seed = plan->seed,
                                         .own_calls = 1, /* a kernel and a ceiling differ a thousandfold */
                                         .warmup = TERN_WARMUP_ONE,
                                         .rounds_min = ROUNDS,
                                         .rounds_max = ROUNDS,
                                         .frequency = 1};
}

/* The ratio of the kernel's times to those of alternative i. */
static struct tern_ratio over(const struct tern_comparison *c, size_t i) {
    double kernel[ROUNDS], ceiling[ROUNDS];
    tern_comparison_samples(c, 0, kernel);
    tern_comparison_samples(c, i, ceiling);
    return tern_ratio_of(kernel, ceiling, c->rounds);
}

/* Rounds of the kernel and the ceilings that there are. */
static enum tern_status compare(const struct tern_bench_plan *plan, const struct tern_machine *m,
                                struct tern_trial *trial, struct tern_team *team, int cold,
                                struct tern_bench_extra *out, struct tern_error *e) {
    struct tern_trial_facts f;
    struct tern_alternative alt[3] = {{.work = tern_trial_run, .ctx = trial}};
    const struct tern_sampler_options how = tern_bench_timing(plan);
    struct tern_comparison c;
    size_t n = 1;
    tern_trial_facts(trial, &f);
    out->has_read = team->read != NULL;
    out->has_int8 = team->int8 != NULL;
    const size_t read = n;
    if (team->read) alt[n++] = (struct tern_alternative){.work = tern_ceiling_run, .ctx = team->read};
    const size_t int8 = n;
    if (team->int8) alt[n++] = (struct tern_alternative){.work = tern_ceiling_run, .ctx = team->int8};
    const enum tern_status s = tern_compare_clean(m, alt, n, &how, 0, &c, &out->block, e);
    if (s) return s;
    out->est = c.estimate[0];
    if (out->has_read) {
        const struct tern_ratio r = over(&c, read);
        out->of_read = tern_ceiling_share(&r, (double)f.weight_bytes, tern_ceiling_work(team->read));
        out->fit = tern_regime_fit_of(cold, &out->of_read);
    }
    if (out->has_int8) {
        const struct tern_ratio r = over(&c, int8);
        out->of_int8 = tern_ceiling_share(&r, f.macs, tern_ceiling_work(team->int8));
    }
    tern_comparison_free(&c);
    return TERN_OK;
}

/* Bytes (multiply-adds) per ns of a ceiling, from the share of it that the kernel reached. */
static double peak_of(int has, double work, const struct tern_estimate *est,
                      const struct tern_ceiling_fraction *share) {
    return has && est->n && share->median > 0 ? work / est->median / share->median : NAN;
}

static void energy(const struct tern_bench_plan *plan, struct tern_trial *trial,
                   struct tern_bench_extra *out) {
    struct tern_error e = {0};
    const uint64_t chunk = (uint64_t)fmax(1, POLL_NS / fmax(out->est.median, 1));
    uint64_t calls = 0;
    double joules = NAN, seconds = 0;
    enum tern_status s = tern_energy_start(plan->energy, &e);
    const uint64_t t0 = tern_now_ns();
    while (!s && seconds < ENERGY_SECONDS) {
        tern_trial_run(trial, chunk);
        calls += chunk;
        seconds = (double)(tern_now_ns() - t0) * 1e-9;
        if (tern_energy_source(plan->energy) != TERN_ENERGY_METER || seconds >= ENERGY_SECONDS)
            s = tern_energy_joules(plan->energy, &joules, &e);
    }
    if (s) {
        snprintf(out->why_no_energy, sizeof out->why_no_energy, "%.255s", e.text);
        return;
    }
    out->joules = joules / (double)calls;
    out->watts = joules / seconds;
}

enum tern_status tern_bench_measure(const struct tern_bench_plan *plan, const struct tern_machine *m,
                                    struct tern_trial *trial, struct tern_team *team, int cold,
                                    double weights, struct tern_bench_extra *out, struct tern_error *e) {
    struct tern_trial_facts f;
    tern_trial_facts(trial, &f);
    *out = (struct tern_bench_extra){.joules = NAN, .watts = NAN};
    const enum tern_status timed = compare(plan, m, trial, team, cold, out, e);
    if (timed) return timed;
    const struct tern_count_work w = {
        .work = tern_trial_run,
        .ctx = trial,
        .calls = (uint64_t)fmax(1, PASS_NS / fmax(out->est.n ? out->est.median : PASS_NS, 1)),
        .pool = team->pool,
        .bytes = (double)f.weight_bytes,
        .weights = weights,
        .macs = f.macs,
        .read_peak = peak_of(out->has_read, (double)f.weight_bytes, &out->est, &out->of_read),
        .mac_peak = peak_of(out->has_int8, f.macs, &out->est, &out->of_int8)};
    for (size_t i = 0; i < plan->groups; i++) {
        const enum tern_status s = tern_count_group(&plan->group[i], &w, &out->counted[i], e);
        if (s && s != TERN_UNSUPPORTED) return s;
    }
    if (plan->energy) energy(plan, trial, out);
    if (plan->modelled)
        out->modelled = tern_energy_modelled(&plan->model, cold, (double)f.weight_bytes, f.macs);
    return TERN_OK;
}

__attribute__((format(printf, 3, 4))) static void remark(char *out, size_t bytes, const char *fmt, ...) {
    const size_t at = strlen(out);
    va_list ap;
    va_start(ap, fmt);
    if (at + 3 < bytes) {
        if (at) memcpy(out + at, "; ", 3);
        vsnprintf(out + at + (at ? 2 : 0), bytes - at - (at ? 2 : 0), fmt, ap);
    }
    va_end(ap);
}

void tern_bench_remarks(const struct tern_bench_plan *plan, const struct tern_bench_extra *x, char *out,
                        size_t bytes) {
    if (x->est.unstable) remark(out, bytes, "unstable");
    if (x->block.dirt) remark(out, bytes, "dirty after %zu tries: %s", x->block.tries, x->block.why);
    if (x->fit == TERN_FIT_BROKEN || x->fit == TERN_FIT_NOT_SHOWN)
        remark(out, bytes, "regime: %s", tern_regime_fit_name(x->fit));
    if (x->has_int8 && x->of_int8.broken) remark(out, bytes, "faster than the int8 ceiling");
    if (x->why_no_energy[0]) remark(out, bytes, "%.200s", x->why_no_energy);
    if (plan->modelled)
        remark(out, bytes, "energy modelled (%s), not measured: %.3g..%.3g mJ/call", plan->model.name,
               1e3 * x->modelled.from, 1e3 * x->modelled.to);
}
