#include "harness/text/sample.h"

#include "base/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

enum { VOCAB = 5, DRAWS = 20000 };
/* Probabilities 0.1, 0.4, 0.2, 0.25, 0.05. */
static const double p[VOCAB] = {0.1, 0.4, 0.2, 0.25, 0.05};
static float logits[VOCAB];
static size_t seen[VOCAB];

static void make_logits(void) {
    for (int i = 0; i < VOCAB; i++) logits[i] = (float)log(p[i]);
}

TestSuite(sample, .init = make_logits);

static struct tern_sample *with(double temperature, size_t top_k, double top_p, uint64_t seed) {
    struct tern_sample *s = NULL;
    const struct tern_sampling how = {
        .temperature = temperature, .top_p = top_p, .top_k = top_k, .seed = seed};
    cr_assert(tern_sample_new(&how, VOCAB, &s, NULL) == TERN_OK);
    return s;
}

static void draw(struct tern_sample *s) {
    for (int i = 0; i < VOCAB; i++) seen[i] = 0;
    for (int i = 0; i < DRAWS; i++) seen[tern_sample_next(s, logits)]++;
    tern_sample_free(s);
}

/* Within five standard deviations of the expected count. */
static void shares_are(const double *expected) {
    for (int i = 0; i < VOCAB; i++) {
        const double q = expected[i], slack = 5 * sqrt(DRAWS * q * (1 - q));
        cr_assert(le(dbl, fabs((double)seen[i] - DRAWS * q), slack), "id %d: %zu", i, seen[i]);
    }
}

Test(sample, temperature_zero_takes_the_likeliest) {
    struct tern_sample *s = with(0, 0, 1, 1);
    for (int i = 0; i < 10; i++) cr_assert(eq(i32, tern_sample_next(s, logits), 1));
    tern_sample_free(s);
}

Test(sample, temperature_one_draws_by_the_probabilities) {
    draw(with(1, 0, 1, 7));
    shares_are(p);
}

Test(sample, temperature_two_flattens_by_the_square_root) {
    double q[VOCAB], sum = 0;
    for (int i = 0; i < VOCAB; i++) sum += sqrt(p[i]);
    for (int i = 0; i < VOCAB; i++) q[i] = sqrt(p[i]) / sum;
    draw(with(2, 0, 1, 7));
    shares_are(q);
}

Test(sample, top_k_keeps_the_k_likeliest) {
    draw(with(1, 2, 1, 7));
    shares_are((const double[]){0, 0.4 / 0.65, 0, 0.25 / 0.65, 0});
}

Test(sample, top_p_keeps_the_fewest_that_reach_it) {
    draw(with(1, 0, 0.8, 7)); /* 0.4, 0.65, 0.85 */
    shares_are((const double[]){0, 0.4 / 0.85, 0.2 / 0.85, 0.25 / 0.85, 0});
}

Test(sample, top_p_counts_after_top_k) {
    draw(with(1, 2, 0.61, 7)); /* 0.4 of 0.65 is 0.615 already */
    shares_are((const double[]){0, 1, 0, 0, 0});
}

static struct tern_sample *made(struct tern_sampling how) {
    struct tern_sample *s = NULL;
    how.top_p = how.top_p > 0 ? how.top_p : 1;
    cr_assert(tern_sample_new(&how, VOCAB, &s, NULL) == TERN_OK);
    return s;
}

Test(sample, min_p_keeps_what_is_likely_enough_beside_the_likeliest) {
    draw(made((struct tern_sampling){.temperature = 1, .min_p = 0.4, .seed = 7})); /* 0.16 and more */
    shares_are((const double[]){0, 0.4 / 0.85, 0.2 / 0.85, 0.25 / 0.85, 0});
}

Test(sample, top_p_counts_after_min_p) {
    draw(made((struct tern_sampling){.temperature = 1, .min_p = 0.4, .top_p = 0.7, .seed = 7}));
    shares_are((const double[]){0, 0.4 / 0.65, 0, 0.25 / 0.65, 0});
}

Test(sample, a_penalty_divides_what_was_said_and_forgets_it_after_the_window) {
    struct tern_sample *s = made((struct tern_sampling){.repeat_penalty = 2, .repeat_last = 2});
    const float before[VOCAB] = {4, 5, -1, -3, 0};
    float y[VOCAB];
    tern_sample_tell(s, 1);
    tern_sample_tell(s, 1);
    memcpy(y, before, sizeof y);
    cr_assert(eq(i32, tern_sample_next(s, y), 0));
    cr_assert(eq(flt, y[1], 2.5f)); /* once, though said twice */
    tern_sample_tell(s, 2);
    memcpy(y, before, sizeof y);
    tern_sample_next(s, y);
    cr_assert(y[1] == 2.5f && y[2] == -2 && y[0] == 4);
    tern_sample_tell(s, 0);
    memcpy(y, before, sizeof y);
    cr_assert(eq(i32, tern_sample_next(s, y), 1));
    tern_sample_free(s);
}

/* The wish is honoured by hiding every logit that it does not cover; the draws must not notice. */
Test(sample, draws_need_no_logits_but_the_wanted_ones) {
    enum { MANY = 500 };
    static const struct tern_sampling how[] = {
        {.temperature = 0.8, .top_k = 20, .top_p = 0.9},
        {.temperature = 1.5, .min_p = 0.1, .top_p = 1},
        {.temperature = 1, .min_p = 0.01, .top_k = 9, .top_p = 0.8},
        {.temperature = 1, .top_k = 5, .top_p = 1, .repeat_penalty = 1.7},
        {.top_p = 1, .repeat_penalty = 3, .repeat_last = 9},
        {.top_p = 1}};
    for (size_t c = 0; c < sizeof how / sizeof *how; c++) {
        struct tern_sample *a, *b;
        struct tern_wanted want;
        struct tern_random r = {c + 1};
        size_t hidden = 0;
        cr_assert(tern_sample_new(&how[c], MANY, &a, NULL) == TERN_OK);
        cr_assert(tern_sample_new(&how[c], MANY, &b, NULL) == TERN_OK);
        tern_sample_wanted(&how[c], &want);
        cr_assert(tern_exact_can(&want));
        for (int step = 0; step < 300; step++) {
            float x[MANY], y[MANY];
            double top = -1e9;
            for (size_t i = 0; i < MANY; i++) {
                x[i] = (float)(12 * tern_random_unit(&r) - 6);
                if (x[i] > (float)top) top = (double)x[i];
            }
            for (size_t i = 0; i < MANY; i++) {
                size_t above = 0;
                for (size_t j = 0; j < MANY; j++) above += x[j] > x[i];
                const int needed = (!want.top || above < want.top) &&
                                   (!(want.margin > 0) || (double)x[i] >= top - want.margin);
                y[i] = needed ? x[i] : -INFINITY;
                hidden += !needed;
            }
            const int32_t id = tern_sample_next(a, x);
            cr_assert(eq(i32, tern_sample_next(b, y), id), "case %zu step %d", c, step);
            tern_sample_tell(a, id);
            tern_sample_tell(b, id);
        }
        cr_assert(gt(sz, hidden, 300u * MANY / 2));
        tern_sample_free(a);
        tern_sample_free(b);
    }
}

Test(sample, sampling_from_all_probabilities_wants_all_logits) {
    static const struct tern_sampling how[] = {
        {.temperature = 1, .top_p = 0.9},
        {.temperature = 1, .top_k = 5, .top_p = 1, .repeat_penalty = 0.5},
        {.temperature = 1, .top_k = 5000, .top_p = 1}};
    for (size_t c = 0; c < 3; c++) {
        struct tern_wanted want;
        tern_sample_wanted(&how[c], &want);
        cr_assert(tern_exact_can(&want) == 0, "%zu", c);
    }
}

Test(sample, one_seed_gives_one_sequence) {
    struct tern_sample *a = with(1, 0, 1, 3), *b = with(1, 0, 1, 3), *c = with(1, 0, 1, 4);
    int differ = 0;
    for (int i = 0; i < 50; i++) {
        const int32_t id = tern_sample_next(a, logits);
        cr_assert(eq(i32, tern_sample_next(b, logits), id));
        differ |= tern_sample_next(c, logits) != id;
    }
    cr_assert(differ);
    tern_sample_free(a);
    tern_sample_free(b);
    tern_sample_free(c);
}

Test(sample, logits_that_are_no_numbers_still_give_an_id) {
    struct tern_sample *s = with(1, 0, 0.9, 3);
    float bad[VOCAB] = {NAN, NAN, NAN, NAN, NAN}, huge[VOCAB] = {-INFINITY, 3e38f, -3e38f, 0, INFINITY};
    for (int i = 0; i < 50; i++) {
        const int32_t id = tern_sample_next(s, i % 2 ? bad : huge);
        cr_assert(id >= 0 && id < VOCAB);
    }
    tern_sample_free(s);
}

Test(sample, refuses_what_cannot_be_sampled) {
    struct tern_sample *s = NULL;
    const struct tern_sampling bad[] = {
        {.temperature = -1, .top_p = 1},    {.temperature = 1, .top_p = 0},
        {.temperature = 1, .top_p = 1.5},   {.temperature = NAN, .top_p = 1},
        {.top_p = 1, .min_p = 1.5},         {.top_p = 1, .repeat_penalty = -1},
        {.top_p = 1, .repeat_penalty = NAN}};
    for (size_t i = 0; i < 7; i++)
        cr_assert(tern_sample_new(&bad[i], VOCAB, &s, NULL) == TERN_BAD_INPUT, "%zu", i);
}
