#define _GNU_SOURCE
#include "harness/text/perplexity.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MODEL TERN_SOURCE_ROOT "/tests/data/micro-bitnet-b1.58.I2_S.gguf"

enum { COUNT = 100 };

static struct tern_model *model;
static struct tern_engine *engine;
static int32_t ids[COUNT];

static void begin(void) {
    const struct tern_engine_options o = {.threads = 2, .context = 64, .quiet = 1};
    unsetenv("TERN_ISA");
    unsetenv("TERN_KERNEL");
    cr_assert(tern_model_open(MODEL, &model, NULL) == TERN_OK);
    cr_assert(tern_engine_new(model, &o, &engine, NULL) == TERN_OK);
    for (size_t i = 0; i < COUNT; i++) ids[i] = (int32_t)((i * 7919 + i * i) % model->hp.vocab);
}

static void finish(void) {
    tern_engine_free(engine);
    tern_model_close(model);
}

TestSuite(perplexity, .init = begin, .fini = finish);

/* -log p of each token of ids[begin, end) but the first, from one pass over the window. */
static void by_hand(size_t first, size_t end, double *lost) {
    const size_t vocab = model->hp.vocab;
    float *logits = malloc((end - first) * vocab * sizeof *logits);
    tern_engine_rewind(engine, 0);
    cr_assert(tern_engine_feed(engine, ids + first, end - first, 1, logits, NULL) == TERN_OK);
    for (size_t i = first + 1; i < end; i++) {
        const float *row = logits + (i - 1 - first) * vocab;
        double sum = 0;
        for (size_t v = 0; v < vocab; v++) sum += exp((double)row[v] - (double)row[ids[i]]);
        lost[i] = log(sum);
    }
    free(logits);
}

static struct tern_perplexity measure(size_t context, size_t stride, size_t count) {
    const struct tern_perplexity_options o = {context, stride, 1};
    struct tern_perplexity p;
    struct tern_error e = {""};
    const enum tern_status s = tern_perplexity_of(engine, model->hp.vocab, ids, count, &o, &p, &e);
    cr_assert(s == TERN_OK, "%s", e.text);
    return p;
}

Test(perplexity, of_one_window_is_the_mean_of_all_tokens_but_the_first) {
    double lost[COUNT] = {0}, sum = 0;
    by_hand(0, 60, lost);
    for (size_t i = 1; i < 60; i++) sum += lost[i];
    const struct tern_perplexity p = measure(64, 32, 60);
    cr_assert(eq(sz, p.windows, 1));
    cr_assert(eq(sz, p.tokens, 59));
    cr_assert(epsilon_eq(dbl, p.nll, sum / 59, 1e-9 * sum));
    cr_assert(isnan(p.error));
}

Test(perplexity, counts_every_token_once_with_the_text_before_it) {
    double lost[COUNT] = {0}, seen[COUNT] = {0}, sum = 0;
    by_hand(0, 48, lost);
    for (size_t i = 1; i < 48; i++) sum += lost[i];
    for (size_t at = 20, done = 48; done < COUNT; at += 20) {
        const size_t end = at + 48 < COUNT ? at + 48 : COUNT;
        by_hand(at, end, seen);
        for (size_t i = done; i < end; i++) sum += seen[i];
        done = end;
    }
    const struct tern_perplexity p = measure(48, 20, COUNT);
    cr_assert(eq(sz, p.windows, 4)); /* 0-48, 20-68, 40-88, 60-100 */
    cr_assert(eq(sz, p.tokens, COUNT - 1));
    cr_assert(epsilon_eq(dbl, p.nll, sum / (COUNT - 1), 1e-9 * sum));
    cr_assert(epsilon_eq(dbl, p.perplexity, exp(p.nll), 1e-9 * p.perplexity));
    cr_assert(p.error > 0 && fabs(p.error - p.perplexity * p.nll_error) < 1e-9 * p.error);
}

Test(perplexity, has_defaults_and_limits) {
    const struct tern_perplexity usual = measure(0, 0, COUNT);
    cr_assert(usual.context == 64 && usual.stride == 32 && usual.tokens == COUNT - 1);
    const struct {
        size_t context, stride, count;
        const char *why;
    } bad[] = {
        {65, 0, COUNT, "context"}, {1, 0, COUNT, "context"}, {16, 16, COUNT, "stride"}, {0, 0, 1, "two"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct tern_perplexity_options o = {bad[i].context, bad[i].stride, 1};
        struct tern_perplexity p;
        struct tern_error e = {""};
        cr_assert(tern_perplexity_of(engine, model->hp.vocab, ids, bad[i].count, &o, &p, &e) ==
                  TERN_BAD_INPUT);
        cr_assert(strstr(e.text, bad[i].why) != NULL, "%s", e.text);
    }
}

Test(perplexity, leaves_the_engine_empty_and_repeats_itself) {
    const struct tern_perplexity a = measure(32, 16, COUNT), b = measure(32, 16, COUNT);
    cr_assert(memcmp(&a, &b, sizeof a) == 0);
    cr_assert(eq(sz, tern_engine_position(engine), 0));
}
