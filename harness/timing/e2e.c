#define _GNU_SOURCE
#include "harness/timing/e2e.h"

#include "base/memory.h"
#include "base/progress.h"
#include "base/random.h"
#include "harness/internal.h"
#include "measure/ceilings/ceilings.h"
#include "measure/clock.h"
#include "measure/energy/energy.h"
#include "measure/machine/machine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* What one run at one thread count works with. */
struct bench {
    const struct tern_e2e_options *o;
    struct tern_engine *en;
    int32_t *ids;
    float *logits;
    double *rate, *joules, *share; /* [test][round] */
    double *peak;                  /* [ceiling][round], work per ns */
    size_t tests;
    struct tern_ceiling *ceiling[2]; /* read, int8; NULL: not measured */
    uint64_t calls[2];
    char why_no_ceiling[2][256], why_no_joules[400];
    struct tern_energy *energy;
    double idle_watts;
};

#define READ_BYTES ((size_t)256 << 20)
#define BURST_NS   20e6 /* of a ceiling in each round */
#define IDLE_S     0.3

static size_t tokens_of(const struct bench *b, size_t test) {
    return test < b->o->prompt_count ? b->o->prompts[test] : b->o->generate;
}

static enum tern_status once(const struct bench *b, size_t test, double *rate, struct tern_error *e) {
    const size_t n = tokens_of(b, test);
    enum tern_status s = TERN_OK;
    tern_engine_rewind(b->en, 0);
    const uint64_t start = tern_now_ns();
    if (test < b->o->prompt_count)
        s = tern_engine_feed(b->en, b->ids, n, 0, b->logits, e);
    else
        for (size_t i = 0; s == TERN_OK && i < n; i++)
            s = tern_engine_feed(b->en, b->ids + i, 1, 0, b->logits, e);
    *rate = 1e9 * (double)n / (double)tern_max((size_t)(tern_now_ns() - start), 1);
    return s;
}

/* Joules of the interval since `start` per token; NAN when they cannot be told. */
static double joules_per_token(struct bench *b, size_t n) {
    double joules;
    struct tern_error why = {""};
    if (!b->energy) return NAN;
    if (tern_energy_joules(b->energy, &joules, &why) == TERN_OK) return joules / (double)n;
    snprintf(b->why_no_joules, sizeof b->why_no_joules, "%s", why.text);
    return NAN;
}

static enum tern_status measured(struct bench *b, size_t test, size_t round, struct tern_error *e) {
    const size_t at = test * b->o->rounds + round;
    if (b->energy) tern_energy_start(b->energy, NULL);
    const enum tern_status s = once(b, test, &b->rate[at], e);
    b->joules[at] = joules_per_token(b, tokens_of(b, test));
    return s;
}

static double burst_ns(struct bench *b, size_t c) {
    const uint64_t start = tern_now_ns();
    tern_ceiling_run(b->ceiling[c], b->calls[c]);
    return (double)tern_max((size_t)(tern_now_ns() - start), 1);
}

/* One burst of each ceiling; the first makes it long enough. */
static void look_up(struct bench *b, size_t round, int warm) {
    for (size_t c = 0; c < 2; c++) {
        if (!b->ceiling[c]) continue;
        double ns = burst_ns(b, c);
        while (warm && ns < BURST_NS && b->calls[c] < (uint64_t)1 << 40) {
            b->calls[c] *= 2;
            ns = burst_ns(b, c);
        }
        if (!warm)
            b->peak[c * b->o->rounds + round] = tern_ceiling_work(b->ceiling[c]) * (double)b->calls[c] / ns;
    }
}

static void open_extras(struct bench *b) {
    static const enum tern_ceiling_kind kind[2] = {TERN_CEILING_READ, TERN_CEILING_INT8};
    struct tern_error why = {""};
    for (size_t c = 0; c < 2; c++) {
        b->calls[c] = 1;
        b->ceiling[c] = NULL;
        snprintf(b->why_no_ceiling[c], sizeof b->why_no_ceiling[c], "not asked for");
        if (b->o->ceilings && tern_ceiling_new(kind[c], READ_BYTES, b->en->usable, b->en->pool,
                                               &b->ceiling[c], &why) != TERN_OK) {
            b->ceiling[c] = NULL;
            snprintf(b->why_no_ceiling[c], sizeof b->why_no_ceiling[c], "%s", why.text);
        }
    }
    b->energy = NULL;
    snprintf(b->why_no_joules, sizeof b->why_no_joules, "not asked for");
    if (!b->o->energy) return;
    b->why_no_joules[0] = 0;
    const char *no = tern_energy_why_not();
    b->idle_watts = NAN;
    if (!no && tern_energy_open(&b->energy, &why) == TERN_OK) {
        if (tern_energy_idle(b->energy, IDLE_S, &b->idle_watts, &why) != TERN_OK) b->idle_watts = NAN;
        return;
    }
    b->energy = NULL;
    snprintf(b->why_no_joules, sizeof b->why_no_joules, "%s", no ? no : why.text);
}

static void close_extras(struct bench *b) {
    for (size_t c = 0; c < 2; c++) tern_ceiling_free(b->ceiling[c]);
    tern_energy_close(b->energy);
}

static enum tern_status all_rounds(struct bench *b, size_t threads, struct tern_error *e) {
    char title[48];
    struct tern_progress bar;
    const size_t rounds = b->o->rounds, steps = b->tests * (rounds + 1);
    snprintf(title, sizeof title, "e2e, %zu thread%s", threads, threads == 1 ? "" : "s");
    tern_progress_begin(&bar, title, b->o->engine.quiet);
    enum tern_status s = TERN_OK;
    for (size_t i = 0; s == TERN_OK && i < steps; i++) {
        const size_t round = i / b->tests, test = i % b->tests;
        double warm;
        if (!test) look_up(b, round ? round - 1 : 0, !round);
        tern_progress_step(&bar, (double)i / (double)steps,
                           test < b->o->prompt_count ? "prompt" : "generation");
        s = round ? measured(b, test, round - 1, e) : once(b, test, &warm, e);
    }
    tern_progress_end(&bar);
    return s;
}

static void fill_share(const struct bench *b, size_t test, struct tern_e2e_row *row) {
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
static void fill_joules(const struct bench *b, size_t test, struct tern_e2e_row *row) {
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

static enum tern_status break_down(struct bench *b, size_t test, struct tern_e2e_row *row,
                                   struct tern_error *e) {
    double rate;
    if (!b->o->breakdown) return TERN_OK;
    tern_engine_profile(b->en, 1);
    const enum tern_status s = once(b, test, &rate, e);
    tern_engine_spent(b->en, row->spent);
    tern_engine_profile(b->en, 0);
    for (size_t o = 0; o < TERN_OPERATIONS; o++) row->spent[o] /= (double)tokens_of(b, test);
    row->has_breakdown = s == TERN_OK;
    return s;
}

static void fill_row(const struct bench *b, size_t test, struct tern_e2e_row *row) {
    const size_t n = tokens_of(b, test), rounds = b->o->rounds;
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

static enum tern_status at_threads(struct bench *b, const struct tern_model *m, size_t threads,
                                   size_t longest, struct tern_e2e_row *rows, struct tern_error *e) {
    struct tern_engine_options eo = b->o->engine;
    eo.threads = threads;
    eo.context = longest;
    enum tern_status s = tern_engine_new(m, &eo, &b->en, e);
    if (s == TERN_OK) tern_engine_want(b->en, &(struct tern_wanted){.top = 1}); /* as greedy decoding does */
    if (s == TERN_OK) {
        open_extras(b);
        s = all_rounds(b, threads, e);
        for (size_t i = 0; s == TERN_OK && i < b->tests; i++) {
            fill_row(b, i, &rows[i]);
            s = break_down(b, i, &rows[i], e);
        }
        close_extras(b);
    }
    struct tern_error why = {""}; /* that nothing could be kept is no reason to lose the figures */
    if (s == TERN_OK && tern_engine_keep(b->en, &why) != TERN_OK)
        snprintf(rows[0].facts.warning, sizeof rows[0].facts.warning, "%s", why.text);
    tern_engine_free(b->en);
    b->en = NULL;
    return s;
}

enum tern_status tern_e2e_run(const struct tern_model *m, const struct tern_e2e_options *o,
                              struct tern_e2e_row **rows, size_t *count, struct tern_error *e) {
    struct bench b = {.o = o, .tests = o->prompt_count + (o->generate ? 1 : 0)};
    *rows = NULL;
    *count = 0;
    if (!b.tests || !o->rounds || !o->thread_count)
        return tern_fail(e, TERN_BAD_INPUT, "e2e: nothing to measure");
    size_t longest = o->generate;
    for (size_t i = 0; i < o->prompt_count; i++) longest = tern_max(longest, o->prompts[i]);
    b.ids = tern_alloc(longest * sizeof *b.ids);
    b.logits = tern_alloc(m->hp.vocab * sizeof *b.logits);
    b.rate = tern_alloc(b.tests * o->rounds * sizeof *b.rate);
    b.joules = tern_alloc(b.tests * o->rounds * sizeof *b.joules);
    b.share = tern_alloc(b.tests * o->rounds * sizeof *b.share);
    b.peak = tern_alloc(2 * o->rounds * sizeof *b.peak);
    struct tern_e2e_row *all = calloc(b.tests * o->thread_count, sizeof *all);
    enum tern_status s = TERN_OK;
    if (!b.ids || !b.logits || !b.rate || !b.joules || !b.share || !b.peak || !all)
        s = tern_fail(e, TERN_NO_MEMORY, "e2e: out of memory");
    struct tern_random r = {o->seed};
    for (size_t i = 0; s == TERN_OK && i < longest; i++)
        b.ids[i] = (int32_t)tern_random_below(&r, m->hp.vocab);
    for (size_t t = 0; s == TERN_OK && t < o->thread_count; t++)
        s = at_threads(&b, m, o->threads[t], longest, all + t * b.tests, e);
    tern_free(b.ids);
    tern_free(b.logits);
    tern_free(b.rate);
    tern_free(b.joules);
    tern_free(b.share);
    tern_free(b.peak);
    if (s != TERN_OK) return free(all), s;
    *rows = all;
    *count = b.tests * o->thread_count;
    return TERN_OK;
}
