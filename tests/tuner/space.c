#include "tuner/space.h"
#include "base/isa.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
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
        for (size_t i = 0; i < c.out_count; i++) without += c.out[i].variant == &all[v];
        cr_assert(eq(sz, seen + without, expected), "%s", all[v].name);
    }
    for (size_t i = 0; i < c.count; i++)
        for (size_t j = i + 1; j < c.count; j++)
            cr_assert(c.item[i].variant != c.item[j].variant ||
                      memcmp(c.item[i].param, c.item[j].param, sizeof c.item[i].param));
    tern_candidates_free(&c);
}

Test(space, what_is_left_out_has_a_reason) {
    struct tern_candidates c = space_of(64, 256, 1);
    for (size_t i = 0; i < c.out_count; i++) cr_assert(c.out[i].why && c.out[i].why[0]);
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
