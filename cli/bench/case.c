#define _GNU_SOURCE
#include "cli/bench/case.h"

#include "measure/clock.h"
#include "tuner/trial/round.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS         15
#define TRIES          3
#define EPOCH_NS       1e6
#define PASS_NS        2e7
#define ENERGY_SECONDS 1.0
#define POLL_NS        5e7

enum { KERNEL, READ, INT8, ENTRANTS };

static void rounds(const struct tern_bench_plan *plan, struct tern_entrant *en, double (*ns)[ROUNDS]) {
    size_t which[ENTRANTS], n = 0;
    double row[ENTRANTS];
    for (size_t i = 0; i < ENTRANTS; i++)
        if (en[i].work) which[n++] = i;
    for (size_t r = 0; r < ROUNDS + 1; r++) { /* the first warms up and finds the numbers of calls */
        tern_round(en, which, n, plan->seed, r, EPOCH_NS, NULL, NULL, row);
        for (size_t i = 0; i < n && r; i++) ns[which[i]][r - 1] = row[i];
    }
}

static void compare(const struct tern_bench_plan *plan, const struct tern_machine *m,
                    struct tern_trial *trial, struct tern_team *team, int cold,
                    struct tern_bench_extra *out) {
    struct tern_trial_facts f;
    struct tern_entrant en[ENTRANTS] = {[KERNEL] = {tern_trial_run, trial, 1, 0}};
    double ns[ENTRANTS][ROUNDS];
    tern_trial_facts(trial, &f);
    out->has_read = team->read != NULL;
    out->has_int8 = team->int8 != NULL;
    if (team->read) en[READ] = (struct tern_entrant){tern_ceiling_run, team->read, 1, 0};
    if (team->int8) en[INT8] = (struct tern_entrant){tern_ceiling_run, team->int8, 1, 0};
    for (size_t try = 1; try <= TRIES; try++) {
        tern_block_begin(m, &out->block);
        rounds(plan, en, ns);
        tern_block_end(m, &out->block);
        out->block.tries = try;
        if (!out->block.dirt) break;
    }
    out->est = tern_estimate_of(ns[KERNEL], ROUNDS);
    if (out->has_read) {
        const struct tern_ratio r = tern_ratio_of(ns[KERNEL], ns[READ], ROUNDS);
        out->of_read = tern_ceiling_share(&r, (double)f.weight_bytes, tern_ceiling_work(team->read));
        out->fit = tern_regime_fit_of(cold, &out->of_read);
    }
    if (out->has_int8) {
        const struct tern_ratio r = tern_ratio_of(ns[KERNEL], ns[INT8], ROUNDS);
        out->of_int8 = tern_ceiling_share(&r, f.macs, tern_ceiling_work(team->int8));
    }
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
    compare(plan, m, trial, team, cold, out);
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
