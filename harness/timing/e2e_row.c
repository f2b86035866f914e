#define _GNU_SOURCE
#include "harness/timing/e2e_internal.h"

#include "measure/machine/machine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static void fill_share(const struct tern_e2e_bench *b, size_t test, struct tern_e2e_row *row) {
    const size_t rounds = b->o->rounds, c = row->decode ? 0 : 1;
    double *share = b->share + test * rounds;
    snprintf(row->why_no_share, sizeof row->why_no_share, "%s", b->why_no_ceiling[c]);
    if (!b->ceiling[c]) return;
    const struct tern_machine *machine;
    if (row->decode && tern_machine_get(&machine, NULL) == TERN_OK &&
        row->bytes_per_token < 2 * (double)machine->l3_bytes) {
        snprintf(row->why_no_share, sizeof row->why_no_share,
                 "a token reads %.1f MB, less than twice the last-level cache: not a matter of DRAM",
                 1e-6 * row->bytes_per_token);
        return;
    }
    const double work = row->decode ? row->bytes_per_token : row->facts.macs_per_token;
    for (size_t i = 0; i < rounds; i++)
        share[i] = 1e-9 * work * b->rate[test * rounds + i] / b->peak[c * rounds + i];
    row->share = tern_estimate_of(share, rounds);
    row->ceiling = tern_estimate_of(b->peak + c * rounds, rounds);
    snprintf(row->ceiling_name, sizeof row->ceiling_name, "%s", tern_ceiling_name(b->ceiling[c]));
}

/* All rounds or none: a mean over some would hide that the counter failed in the others. */
static void fill_joules(const struct tern_e2e_bench *b, size_t test, struct tern_e2e_row *row) {
    const double *j = b->joules + test * b->o->rounds;
    snprintf(row->why_no_joules, sizeof row->why_no_joules, "%s", b->why_no_joules);
    row->idle_watts = NAN;
    if (!b->energy) return;
    for (size_t i = 0; i < b->o->rounds; i++)
        if (isnan(j[i])) return;
    row->joules = tern_estimate_of(j, b->o->rounds);
    snprintf(row->energy_src, sizeof row->energy_src, "%s", tern_energy_name(b->energy));
    row->idle_watts = b->idle_watts;
}

void tern_e2e_fill_row(const struct tern_e2e_bench *b, size_t test, struct tern_e2e_row *row) {
    const size_t n = tern_e2e_tokens(b, test), rounds = b->o->rounds;
    const double *rate = b->rate + test * rounds;
    memset(row, 0, sizeof *row);
    tern_engine_facts(b->en, &row->facts);
    row->decode = test >= b->o->prompt_count;
    snprintf(row->test, sizeof row->test, "%s %zu", row->decode ? "tg" : "pp", n);
    row->tokens = n;
    row->threads = row->facts.threads;
    row->rate = tern_estimate_of(rate, rounds);
    row->samples = rounds < TERN_E2E_MAX_SAMPLES ? rounds : TERN_E2E_MAX_SAMPLES;
    memcpy(row->sample, rate, row->samples * sizeof *rate);
    for (size_t i = 0; i < rounds; i++) row->max = rate[i] > row->max ? rate[i] : row->max;
    if (row->decode) { /* token i reads the i positions before it and writes its own */
        const double positions = ((double)n + 1) / 2;
        row->bytes_per_token = (double)row->facts.body_bytes + (double)row->facts.head_bytes +
                               positions * (double)row->facts.kv_bytes_per_position;
    }
    row->kv_bytes = row->facts.kv_bytes_per_position * tern_engine_context(b->en);
    fill_share(b, test, row);
    fill_joules(b, test, row);
    struct rusage u;
    if (getrusage(RUSAGE_SELF, &u) == 0) row->peak_rss_bytes = (size_t)u.ru_maxrss * 1024;
}
