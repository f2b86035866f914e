/* What the context of a bench says before its cases run: pinning, seed, noise, energy. */
#include "cli/bench/bench.h"

#include "measure/gbench/gbench.h"
#include "measure/machine/pin.h"

#include <stdio.h>
#include <string.h>

enum tern_status tern_bench_pin(struct tern_bench *b, const struct tern_bench_listing *l,
                                struct tern_error *e) {
    char text[256];
    snprintf(text, sizeof text, "%s, threads and memory", tern_pin_method());
    for (size_t i = 0; i < l->count; i++) {
        struct tern_team *team; /* too many threads are refused before anything runs */
        struct tern_error why = {0};
        enum tern_status s = tern_fixture_team(&b->fixture, l->item[i].problem.threads, &team, e);
        if (s) return s;
        if (i && l->item[i].problem.threads == l->item[i - 1].problem.threads) continue;
        if (!tern_pin_team(team->pool, b->fixture.machine->cpu, &why)) continue;
        fprintf(stderr, "tern: %s\n", why.text);
        snprintf(text, sizeof text, "no: %.240s", why.text);
    }
    return tern_gbench_context("pinning", text, e);
}

enum tern_status tern_bench_context(const struct tern_bench *b, const struct tern_bench_arguments *a,
                                    struct tern_error *e) {
    struct tern_noise_fact fact[TERN_NOISE_FACTS];
    char seed[32], noise[128], text[192];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)a->seed);
    tern_noise_facts(b->fixture.machine, fact);
    tern_noise_flags(fact, noise, sizeof noise);
    enum tern_status s = tern_gbench_context("seed", seed, e);
    if (!s) s = tern_gbench_context("noise", noise[0] ? noise : "none seen", e);
    if (!s && a->counters) s = tern_gbench_context("counter_groups", a->counters, e);
    if (!s && b->plan.energy) {
        snprintf(text, sizeof text, "%s; idle %.1f W, not subtracted", tern_energy_name(b->plan.energy),
                 b->plan.idle_watts);
        s = tern_gbench_context("energy", text, e);
    }
    if (!s && b->plan.modelled) {
        s = tern_gbench_context("energy", "modelled, not measured", e);
        if (!s) s = tern_gbench_context("energy_model_source", b->plan.model.source, e);
    }
    for (int i = 1; i < a->n_passed && !s; i++)
        if (!strncmp(a->passed[i], "--benchmark_enable_random_interleaving", 38)) {
            s = tern_gbench_context("interleaving_seed", "not told by Google Benchmark", e);
            break;
        }
    return s;
}
