/* Random cases: that what is drawn is legal and reaches every corner, and that a soak counts, repeats and refuses. That it
 * finds fault is shown by tests/broken.sh. */
#include "kernels/verify/soak/soak.h"

#include "base/isa.h"
#include "base/memory.h"
#include "kernels/split.h"
#include "kernels/verify/soak/draw.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static void is_legal(const struct tern_variant *v, const struct tern_case *c) {
    const size_t step = c->slices ? tern_slice_rows(v, c->m, c->k) : v->row_step;
    cr_assert(tern_variant_fits_signs(v, v->isa, c->m, c->k, c->n, NULL), "%s", v->name);
    cr_assert(c->row0 < c->row1 && c->row1 <= c->m, "%s", v->name);
    cr_assert(c->row0 % step == 0 && (c->row1 % step == 0 || c->row1 == c->m), "%s", v->name);
    cr_assert(c->workers >= 1, "%s", v->name);
    cr_assert(c->slices == 0 || (c->n == 1 && tern_variant_splits(v, c->m, c->k, NULL)), "%s", v->name);
    cr_assert(c->together == 0 || (c->slices ? c->slices : c->workers) <= TERN_CASE_TOGETHER_MAX, "%s",
              v->name);
    for (size_t i = 0; i < v->space->count; i++) {
        const struct tern_param *p = &v->space->params[i];
        size_t at = 0;
        while (at < p->count && p->values[at] != c->param[i]) at++;
        cr_assert(at < p->count, "%s: %s=%d", v->name, p->name, c->param[i]);
    }
}

Test(soak, every_variant_has_cases_and_all_are_legal) {
    size_t count;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++)
        for (uint64_t seed = 1; seed <= 300; seed++) {
            struct tern_case c;
            cr_assert(tern_case_draw(&v[i], seed, &c), "%s: seed %llu", v[i].name, (unsigned long long)seed);
            is_legal(&v[i], &c);
        }
}

Test(soak, a_case_is_a_function_of_its_seed) {
    const struct tern_variant *v = tern_variant_named("gemm_p64_i8_r1k1__scalar");
    struct tern_case a, b;
    memset(&a, 1, sizeof a);
    memset(&b, 2, sizeof b);
    tern_case_draw(v, 7, &a);
    tern_case_draw(v, 7, &b);
    cr_assert(memcmp(&a, &b, sizeof a) == 0);
    tern_case_draw(v, 8, &b);
    cr_assert(memcmp(&a, &b, sizeof a) != 0);
}

Test(soak, draws_reach_every_corner) {
    const struct tern_variant *v = tern_variant_named("gemm_p64_i8_r1k1__scalar");
    size_t weights[TERN_W_PATTERNS] = {0}, acts[TERN_A_PATTERNS] = {0};
    size_t longest = 0, one = 0, odd = 0, tall = 0, many = 0, parts = 0, slices = 0, together = 0, apart = 0;
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct tern_case c;
        cr_assert(tern_case_draw(v, seed, &c));
        weights[c.weights]++, acts[c.acts]++;
        longest += c.k == TERN_K_MAX, one += c.k == 1;
        odd += c.m % 2 && c.k % 2, tall += c.m > 1000, many += c.n > 100;
        parts += c.row0 > 0 && c.row1<c.m, slices += c.slices> 1;
        together += c.together && c.workers > 1, apart += c.gap == 0;
    }
    for (int i = 0; i < TERN_W_PATTERNS; i++) cr_assert(gt(sz, weights[i], 100), "%d", i);
    for (int i = 0; i < TERN_A_PATTERNS; i++) cr_assert(gt(sz, acts[i], 100), "%d", i);
    const size_t all[] = {longest, one, odd, tall, many, parts, slices, together, apart};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) cr_assert(gt(sz, all[i], 10), "%zu", i);
}

static void count_turn(void *ctx, const struct tern_soak_subject *s, double done) {
    cr_assert(s->verdict.kind == TERN_PASSED, "%s", s->verdict.text);
    cr_assert(done > 0);
    ++*(size_t *)ctx;
}

Test(soak, each_subject_gets_turns_until_the_time_is_over) {
    struct tern_soak_subject s[3] = {{.variant = tern_variant_named("gemm_p64_i8_r1k1__scalar")},
                                     {.variant = tern_variant_named("gemm_f32_f32_r1k1__scalar")},
                                     {.operation = 0}};
    const struct tern_soak_options o = {.seed = 1, .seconds = 0.3, .jobs = 2};
    size_t turns = 0;
    cr_assert(eq(int, tern_soak(s, 3, &o, count_turn, &turns, NULL), TERN_OK));
    cr_assert(ge(sz, turns, 3));
    for (int i = 0; i < 3; i++) {
        cr_assert(s[i].cases > 0 && !s[i].bad, "%d", i);
        cr_assert(eq(int, s[i].products > 0, s[i].variant != NULL));
    }
}

Test(soak, even_no_time_at_all_is_one_case_for_each) {
    struct tern_soak_subject s[2] = {{.variant = tern_variant_named("gemm_p64_i8_r1k1__scalar")},
                                     {.operation = 0}};
    const struct tern_soak_options o = {.seed = 1, .seconds = 1e-9, .jobs = 1};
    size_t turns = 0;
    cr_assert(eq(int, tern_soak(s, 2, &o, count_turn, &turns, NULL), TERN_OK));
    cr_assert(turns == 2 && s[0].cases == 1 && s[1].cases == 1);
}

Test(soak, it_can_be_stopped) {
    struct tern_soak_subject s = {.variant = tern_variant_named("gemm_p64_i8_r1k1__scalar")};
    const volatile int stop = 1;
    const struct tern_soak_options o = {.seed = 1, .seconds = 1e6, .jobs = 1, .stop = &stop};
    size_t turns = 0;
    cr_assert(eq(int, tern_soak(&s, 1, &o, count_turn, &turns, NULL), TERN_OK));
    cr_assert(turns == 0 && s.cases == 0);
}

Test(soak, one_case_can_be_run_again) {
    struct tern_soak_subject s = {.variant = tern_variant_named("gemm_p64_i8_r1k1__scalar")};
    const struct tern_soak_options o = {.seed = 1, .jobs = 4, .again = 12345};
    struct tern_case c;
    size_t turns = 0;
    cr_assert(eq(int, tern_soak(&s, 1, &o, count_turn, &turns, NULL), TERN_OK));
    cr_assert(turns == 1 && s.cases == 1);
    cr_assert(tern_case_draw(s.variant, 12345, &c));
    cr_assert(s.products == (c.row1 - c.row0) * c.k * c.n);
}

Test(soak, what_is_not_usable_is_not_run_and_says_what_it_needs) {
    size_t count, i = 0;
    const struct tern_variant *v = tern_variants(&count);
    while (i < count && !v[i].isa) i++;
    if (i == count) return; /* a machine with scalar kernels only */
    struct tern_soak_subject s = {.variant = &v[i]};
    const struct tern_soak_options o = {.seed = 1, .seconds = 0.01, .jobs = 1};
    size_t turns = 0;
    cr_assert(eq(int, tern_soak(&s, 1, &o, count_turn, &turns, NULL), TERN_OK));
    cr_assert(turns == 0 && s.cases == 0 && s.verdict.kind == TERN_NOT_RUN);
    cr_assert(strncmp(s.verdict.text, "needs ", 6) == 0, "%s", s.verdict.text);
}

/* A share that no thread has finished leaves rows that the comparison finds. */
Test(soak, shares_and_slices_by_threads_give_the_same_results) {
    const struct tern_variant *v = tern_variant_named("gemm_p64_i8_r1k1__scalar");
    struct tern_case c = {.m = 300, .k = 777, .n = 3, .row1 = 300, .together = 1, .gap = 1};
    char text[160];
    c.weights = TERN_W_MIXED, c.acts = TERN_A_MIXED;
    for (c.workers = 1; c.workers <= TERN_CASE_TOGETHER_MAX; c.workers++)
        cr_assert(tern_case_run(v, &c, text, sizeof text), "%s", text);
    c.n = 1, c.workers = 1;
    for (c.slices = 1; c.slices <= TERN_CASE_TOGETHER_MAX; c.slices++)
        cr_assert(tern_case_run(v, &c, text, sizeof text), "%s", text);
}
