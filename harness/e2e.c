#define _GNU_SOURCE
#include "harness/e2e.h"

#include "base/memory.h"
#include "base/progress.h"
#include "base/random.h"
#include "measure/clock.h"

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
    double *rate; /* [test][round] */
    size_t tests;
};

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

static enum tern_status all_rounds(const struct bench *b, size_t threads, struct tern_error *e) {
    char title[48];
    struct tern_progress bar;
    const size_t rounds = b->o->rounds, steps = b->tests * (rounds + 1);
    snprintf(title, sizeof title, "e2e, %zu thread%s", threads, threads == 1 ? "" : "s");
    tern_progress_begin(&bar, title, b->o->engine.quiet);
    enum tern_status s = TERN_OK;
    for (size_t i = 0; s == TERN_OK && i < steps; i++) {
        const size_t round = i / b->tests, test = i % b->tests;
        double warm;
        tern_progress_step(&bar, (double)i / (double)steps,
                           test < b->o->prompt_count ? "prompt" : "generation");
        s = once(b, test, round ? &b->rate[test * rounds + round - 1] : &warm, e);
    }
    tern_progress_end(&bar);
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
    for (size_t i = 0; i < rounds; i++) row->max = rate[i] > row->max ? rate[i] : row->max;
    if (row->decode) { /* token i reads the i positions before it and writes its own */
        const double positions = ((double)n + 1) / 2;
        row->bytes_per_token = (double)row->facts.body_bytes + (double)row->facts.head_bytes +
                               positions * (double)row->facts.kv_bytes_per_position;
    }
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
    if (s == TERN_OK) s = all_rounds(b, threads, e);
    for (size_t i = 0; s == TERN_OK && i < b->tests; i++) fill_row(b, i, &rows[i]);
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
    struct tern_e2e_row *all = calloc(b.tests * o->thread_count, sizeof *all);
    enum tern_status s = TERN_OK;
    if (!b.ids || !b.logits || !b.rate || !all) s = tern_fail(e, TERN_NO_MEMORY, "e2e: out of memory");
    struct tern_random r = {o->seed};
    for (size_t i = 0; s == TERN_OK && i < longest; i++)
        b.ids[i] = (int32_t)tern_random_below(&r, m->hp.vocab);
    for (size_t t = 0; s == TERN_OK && t < o->thread_count; t++)
        s = at_threads(&b, m, o->threads[t], longest, all + t * b.tests, e);
    tern_free(b.ids);
    tern_free(b.logits);
    tern_free(b.rate);
    if (s != TERN_OK) return free(all), s;
    *rows = all;
    *count = b.tests * o->thread_count;
    return TERN_OK;
}
