#include "harness/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

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
    const float bad[VOCAB] = {NAN, NAN, NAN, NAN, NAN}, huge[VOCAB] = {-INFINITY, 3e38f, -3e38f, 0, INFINITY};
    for (int i = 0; i < 50; i++) {
        const int32_t id = tern_sample_next(s, i % 2 ? bad : huge);
        cr_assert(id >= 0 && id < VOCAB);
    }
    tern_sample_free(s);
}

Test(sample, refuses_what_cannot_be_sampled) {
    struct tern_sample *s = NULL;
    const struct tern_sampling bad[] = {{.temperature = -1, .top_p = 1},
                                        {.temperature = 1, .top_p = 0},
                                        {.temperature = 1, .top_p = 1.5},
                                        {.temperature = NAN, .top_p = 1}};
    for (size_t i = 0; i < 4; i++)
        cr_assert(tern_sample_new(&bad[i], VOCAB, &s, NULL) == TERN_BAD_INPUT, "%zu", i);
}
