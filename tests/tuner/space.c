#include "tuner/search/space.h"
#include "base/expression.h"
#include "base/isa.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

static uint32_t usable;

static void set_up(void) {
    cr_assert(eq(int, tern_isa_usable(&usable, NULL), TERN_OK));
}

static struct tern_candidates space_of(size_t m, size_t k, size_t n) {
    const struct tern_problem p = {m, k, n, 1, TERN_WCOLD};
    struct tern_candidates c;
    cr_assert(eq(int, tern_space_of(&p, usable, NULL, 0, &c, NULL), TERN_OK));
    return c;
}

TestSuite(space, .init = set_up);

Test(space, every_candidate_fits_and_is_exact) {
    struct tern_candidates c = space_of(640, 2560, 1);
    cr_assert(ge(sz, c.count, 1));
    for (size_t i = 0; i < c.count; i++) {
        cr_assert(tern_variant_fits(c.item[i].variant, usable, 640, 2560, 1, NULL));
        cr_assert(c.item[i].variant->exact);
        cr_assert(eq(int, (int)c.item[i].variant->act, TERN_ACT_I8));
    }
    tern_candidates_free(&c);
}

Test(space, combinations_of_a_variant_are_all_there_once) {
    struct tern_candidates c = space_of(640, 2560, 1);
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    for (size_t v = 0; v < count; v++) {
        size_t expected = 1, seen = 0, without = 0;
        if (all[v].act != TERN_ACT_I8 || all[v].format->bits > 4 ||
            !tern_variant_fits(&all[v], usable, 640, 2560, 1, NULL))
            continue;
        for (size_t i = 0; i < all[v].space->count; i++) expected *= all[v].space->params[i].count;
        for (size_t i = 0; i < c.count; i++) seen += c.item[i].variant == &all[v];
        for (size_t i = 0; i < c.out_count; i++)
            without += c.out[i].variant == &all[v] && !c.out[i].by_k; /* one thread splits nothing */
        cr_assert(eq(sz, seen + without, expected), "%s", all[v].name);
    }
    for (size_t i = 0; i < c.count; i++)
        for (size_t j = i + 1; j < c.count; j++)
            cr_assert(c.item[i].variant != c.item[j].variant ||
                      memcmp(c.item[i].param, c.item[j].param, sizeof c.item[i].param));
    tern_candidates_free(&c);
}

static struct tern_candidates shared_space(size_t m, size_t k, size_t n, size_t threads) {
    const struct tern_problem p = {m, k, n, threads, TERN_WCOLD};
    struct tern_candidates c;
    cr_assert(eq(int, tern_space_of(&p, TERN_ISA_SCALAR, NULL, 0, &c, NULL), TERN_OK));
    return c;
}

static size_t by_k(const struct tern_candidates *c, const char *variant) {
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++)
        n += c->item[i].param[TERN_P_SPLIT] == TERN_SPLIT_K &&
             (!variant || !strcmp(c->item[i].variant->name, variant));
    return n;
}

static const char *why_not_by_k(const struct tern_candidates *c, const char *variant) {
    for (size_t i = 0; i < c->out_count; i++)
        if (c->out[i].by_k && !strcmp(c->out[i].variant->name, variant)) return c->out[i].why;
    return "";
}

#define P64 "gemm_p64_i8_r1k1__scalar"
#define I2S "gemm_i2s_i8_r1k1__scalar"

/* Scalar kernels cut rows anywhere: only fewer rows than threads divide worse than K. */
Test(space, k_is_split_where_rows_divide_badly_and_else_a_reason_is_kept) {
    struct tern_candidates c = shared_space(3, 8192, 1, 8);
    cr_assert(eq(sz, by_k(&c, P64), 1));
    cr_assert(eq(sz, by_k(&c, I2S), 0));
    cr_assert(strstr(why_not_by_k(&c, I2S), "no panels") != NULL);
    tern_candidates_free(&c);
    static const struct {
        size_t m, k, n, threads;
        const char *why;
    } none[] = {{3, 8192, 1, 1, "one thread"},
                {3, 8192, 2, 8, "one token"},
                {3, 64, 1, 8, "fewer slices"},
                {4096, 8192, 1, 8, "as evenly"}};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        c = shared_space(none[i].m, none[i].k, none[i].n, none[i].threads);
        cr_assert(eq(sz, by_k(&c, NULL), 0));
        cr_assert(strstr(why_not_by_k(&c, P64), none[i].why) != NULL, "%s", why_not_by_k(&c, P64));
        tern_candidates_free(&c);
    }
}

Test(space, a_variant_that_may_split_k_has_one_seed_of_it_and_a_coordinate_for_it) {
    const struct tern_problem p = {640, 2560, 1, 16, TERN_WCOLD};
    struct tern_candidates c;
    cr_assert(eq(int, tern_space_of(&p, usable, NULL, 0, &c, NULL), TERN_OK));
    struct tern_candidate_point *place = calloc(c.count + 1, sizeof *place);
    const struct tern_seed_facts facts = {TERN_WCOLD, 2560, 32768, 30};
    tern_space_places(&c, &facts, place);
    for (size_t i = 0; i < c.count; i++) {
        size_t points = 0, seeds = 0;
        for (size_t j = 0; j < c.count; j++) {
            if (place[j].group != place[i].group) continue;
            points += c.item[j].param[TERN_P_SPLIT] == TERN_SPLIT_K;
            seeds += c.item[j].param[TERN_P_SPLIT] == TERN_SPLIT_K && place[j].seed;
        }
        cr_assert(eq(sz, seeds, points > 0), "%s", c.item[i].variant->name);
        cr_assert(eq(sz, place[i].dims, c.item[i].variant->space->count + (points > 0)));
    }
    if (usable) cr_assert(gt(sz, by_k(&c, NULL), 0));
    free(place);
    tern_candidates_free(&c);
}

Test(space, what_is_left_out_has_a_reason) {
    struct tern_candidates c = space_of(64, 256, 1);
    for (size_t i = 0; i < c.out_count; i++) cr_assert(c.out[i].why && c.out[i].why[0]);
    tern_candidates_free(&c);
}

Test(space, a_point_that_breaks_a_constraint_is_left_out_with_its_text) {
    struct tern_candidates c = space_of(64, 256, 1);
    size_t broken = 0;
    for (size_t i = 0; i < c.out_count; i++) broken += c.out[i].must != NULL;
    if (usable) cr_assert(gt(sz, broken, 0));
    for (size_t i = 0; i < c.count; i++) {
        const struct tern_constraint *b = NULL;
        cr_assert(tern_space_allows(c.item[i].variant->space, c.item[i].param, 64, 256, 1, &b));
    }
    tern_candidates_free(&c);
}

Test(space, every_constraint_of_the_registry_can_be_evaluated) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        const struct tern_space *s = all[i].space;
        struct tern_name name[TERN_MAX_PARAMS + 3] = {{"m", 4096}, {"k", 4096}, {"n", 64}};
        for (size_t d = 0; d < s->count; d++)
            name[3 + d] = (struct tern_name){s->params[d].name, s->params[d].values[0]};
        for (size_t d = 0; d < s->constraints; d++) {
            int64_t v;
            struct tern_error e = {""};
            cr_assert(eq(int, tern_expression(s->constraint[d].must, name, 3 + s->count, &v, &e), TERN_OK),
                      "%s: %s", all[i].name, e.text);
            cr_assert(s->constraint[d].why && s->constraint[d].why[0]);
        }
    }
}

Test(space, every_variant_has_a_seed_and_a_place_of_its_own) {
    struct tern_candidates c = space_of(640, 2560, 1);
    struct tern_candidate_point *place = calloc(c.count, sizeof *place);
    const struct tern_seed_facts facts = {TERN_WCOLD, 2560, 32768, 30};
    tern_space_places(&c, &facts, place);
    size_t seeds = 0;
    for (size_t i = 0; i < c.count; i++) {
        size_t own = 0;
        for (size_t j = 0; j < c.count; j++) {
            if (c.item[j].variant != c.item[i].variant) continue;
            own += place[j].seed;
            cr_assert(eq(u32, place[j].group, place[i].group));
            if (i != j) cr_assert(memcmp(place[i].at, place[j].at, sizeof place[i].at) != 0);
        }
        cr_assert(ge(sz, own, 1), "%s", c.item[i].variant->name);
        cr_assert(le(sz, own, 2), "%s", c.item[i].variant->name);
        seeds += place[i].seed;
    }
    if (c.count > 500) cr_assert(lt(sz, seeds * 8, c.count), "the first round is light");
    free(place);
    tern_candidates_free(&c);
}

Test(space, hot_weights_are_seeded_without_prefetch) {
    struct tern_candidates c = space_of(640, 2560, 1);
    struct tern_candidate_point *place = calloc(c.count, sizeof *place);
    const struct tern_seed_facts facts = {TERN_HOT, 2560, 32768, 30};
    tern_space_places(&c, &facts, place);
    size_t with = 0, without = 0;
    for (size_t i = 0; i < c.count; i++) {
        const struct tern_space *s = c.item[i].variant->space;
        if (!s->count || strcmp(s->params[0].name, "prefetch")) continue;
        with++;
        without += place[i].seed && c.item[i].param[0] == 0;
    }
    cr_assert(with == 0 || without > 0);
    free(place);
    tern_candidates_free(&c);
}

Test(space, a_variant_for_other_token_counts_is_left_out) {
    struct tern_candidates c = space_of(64, 256, 1);
    for (size_t i = 0; i < c.count; i++) cr_assert(le(sz, c.item[i].variant->n_min, 1));
    tern_candidates_free(&c);
}

Test(space, dense_formats_are_baselines_and_no_candidates) {
    struct tern_candidates c = space_of(640, 2560, 128);
    for (size_t i = 0; i < c.count; i++) cr_assert(lt(dbl, c.item[i].variant->format->bits, 3));
    tern_candidates_free(&c);
}

Test(space, the_best_ranked_comes_first) {
    struct tern_candidates c = space_of(640, 2560, 128);
    for (size_t i = 1; i < c.count; i++)
        cr_assert(ge(int, c.item[i - 1].variant->rank, c.item[i].variant->rank));
    tern_candidates_free(&c);
}

Test(space, a_binary_format_by_name_brings_no_kernels_of_other_activations) {
    const struct tern_problem p = {640, 2560, 1, 1, TERN_WCOLD};
    struct tern_candidates c;
    cr_assert(eq(int, tern_space_of(&p, usable, tern_format_named("bin1"), 0, &c, NULL), TERN_OK));
    cr_assert(ge(sz, c.count, 1));
    for (size_t i = 0; i < c.count; i++) cr_assert(eq(int, (int)c.item[i].variant->act, TERN_ACT_I8));
    tern_candidates_free(&c);
}

Test(space, without_instructions_only_the_scalar_level_is_left) {
    const struct tern_problem p = {64, 256, 1, 1, TERN_WCOLD};
    struct tern_candidates c;
    cr_assert(eq(int, tern_space_of(&p, TERN_ISA_SCALAR, NULL, 0, &c, NULL), TERN_OK));
    cr_assert(ge(sz, c.count, 1));
    for (size_t i = 0; i < c.count; i++) cr_assert(eq(u32, c.item[i].variant->isa, 0));
    tern_candidates_free(&c);
}
