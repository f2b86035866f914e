#define _GNU_SOURCE
#include "harness/timing/e2e_internal.h"

#include "base/memory.h"
#include "base/random.h"
#include "harness/internal.h"
#include "measure/sampling/sampler.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One test as an alternative. */
struct test {
    struct tern_e2e_bench *b;
    size_t index;
};

#define READ_BYTES    ((size_t)256 << 20)
#define BURST_SECONDS 0.02 /* of a ceiling in each round */
#define IDLE_S        0.3

static enum tern_status once(const struct tern_e2e_bench *b, size_t test, struct tern_error *e) {
    const size_t n = tern_e2e_tokens(b, test);
    tern_engine_rewind(b->en, 0);
    if (test < b->o->prompt_count) return tern_engine_feed(b->en, b->ids, n, 0, b->logits, e);
    enum tern_status s = TERN_OK;
    for (size_t i = 0; s == TERN_OK && i < n; i++)
        s = tern_engine_feed(b->en, b->ids + i, 1, 0, b->logits, e);
    return s;
}

static void run_test(void *ctx, uint64_t calls) {
    const struct test *t = ctx;
    struct tern_e2e_bench *b = t->b;
    const double all = (double)(b->tests * (b->o->rounds + 1));
    tern_progress_step(&b->bar, (double)b->done++ / all,
                       t->index < b->o->prompt_count ? "prompt" : "generation");
    for (uint64_t i = 0; i < calls && b->status == TERN_OK; i++) b->status = once(b, t->index, b->e);
}

static void open_extras(struct tern_e2e_bench *b) {
    const enum tern_ceiling_kind kind[TERN_E2E_CEILINGS] = {
        TERN_CEILING_READ, b->o->peak == TERN_CEILING_READ ? TERN_CEILING_INT8 : b->o->peak};
    struct tern_error why = {""};
    for (size_t c = 0; c < TERN_E2E_CEILINGS; c++) {
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

static void close_extras(struct tern_e2e_bench *b) {
    for (size_t c = 0; c < TERN_E2E_CEILINGS; c++) tern_ceiling_free(b->ceiling[c]);
    tern_energy_close(b->energy);
}

/* Rates of the tests and peaks of the ceilings, round by round. place[a]: of alternative a. */
static void take_rounds(struct tern_e2e_bench *b, const struct tern_comparison *c, const size_t *place) {
    const size_t rounds = b->o->rounds;
    for (size_t a = 0; a < c->count; a++)
        for (size_t r = 0; r < rounds; r++) {
            const double ns = fmax(c->sample[r * c->count + a], 1e-3);
            if (place[a] < TERN_E2E_CEILINGS) {
                b->peak[place[a] * rounds + r] = 1 / ns;
                continue;
            }
            const size_t at = (place[a] - TERN_E2E_CEILINGS) * rounds + r;
            b->rate[at] = 1e9 / ns;
            b->joules[at] = c->joules ? c->joules[r * c->count + a] : NAN;
        }
}

/* The ceilings that there are, then the tests; how many. */
static size_t list(struct tern_e2e_bench *b, struct tern_alternative *alt, struct test *test, size_t *place) {
    size_t n = 0;
    for (size_t i = 0; i < TERN_E2E_CEILINGS; i++) {
        if (!b->ceiling[i]) continue;
        place[n] = i;
        alt[n++] = (struct tern_alternative){.name = tern_ceiling_name(b->ceiling[i]),
                                             .work = tern_ceiling_run,
                                             .ctx = b->ceiling[i],
                                             .per = tern_ceiling_work(b->ceiling[i])};
    }
    for (size_t i = 0; i < b->tests; i++) {
        test[i] = (struct test){b, i};
        place[n] = TERN_E2E_CEILINGS + i;
        alt[n++] = (struct tern_alternative){.name = i < b->o->prompt_count ? "pp" : "tg",
                                             .work = run_test,
                                             .ctx = &test[i],
                                             .per = (double)tern_e2e_tokens(b, i),
                                             .calls = 1};
    }
    return n;
}

/* One round is thrown away; then every test runs once in each, and every ceiling for a moment. */
static enum tern_status all_rounds(struct tern_e2e_bench *b, size_t threads, struct tern_error *e) {
    const size_t rounds = b->o->rounds;
    struct tern_error no_joules = {""};
    const struct tern_sampler_options how = {.epoch_seconds = BURST_SECONDS,
                                             .seed = b->o->seed,
                                             .own_calls = 1,
                                             .warmup = TERN_WARMUP_ONE,
                                             .rounds_min = rounds,
                                             .rounds_max = rounds,
                                             .energy = b->energy,
                                             .no_joules = &no_joules};
    struct tern_alternative *alt = calloc(TERN_E2E_CEILINGS + b->tests, sizeof *alt);
    struct test *test = calloc(b->tests, sizeof *test);
    size_t *place = calloc(TERN_E2E_CEILINGS + b->tests, sizeof *place);
    struct tern_comparison c;
    char title[48];
    enum tern_status s = alt && test && place ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "e2e: out of memory");
    if (s != TERN_OK) goto done;
    const size_t n = list(b, alt, test, place);
    snprintf(title, sizeof title, "e2e, %zu thread%s", threads, threads == 1 ? "" : "s");
    b->status = TERN_OK, b->done = 0, b->e = e;
    tern_progress_begin(&b->bar, title, b->o->engine.quiet);
    s = tern_compare(alt, n, &how, &c, e);
    tern_progress_end(&b->bar);
    if (s == TERN_OK) {
        take_rounds(b, &c, place);
        tern_comparison_free(&c);
        s = b->status;
    }
    if (b->energy && no_joules.text[0])
        snprintf(b->why_no_joules, sizeof b->why_no_joules, "%s", no_joules.text);
done:
    free(alt);
    free(test);
    free(place);
    return s;
}

static enum tern_status at_threads(struct tern_e2e_bench *b, const struct tern_model *m, size_t threads,
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
            tern_e2e_fill_row(b, i, &rows[i]);
            s = tern_e2e_take_apart(b, i, once, &rows[i], e);
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
    struct tern_e2e_bench b = {.o = o, .tests = o->prompt_count + (o->generate ? 1 : 0)};
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
