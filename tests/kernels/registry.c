#include "kernels/variant.h"

#include "base/isa.h"
#include "kernels/formats/memory/b80.h"
#include "kernels/reference.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <regex.h>
#include <string.h>

/* <op>_<format>_<act>_<tile>[_<trick>]__<isa> */
static const char grammar[] =
    "^(gemv|gemm)_([a-z0-9]+)_(i8|f32|b1)_r[0-9]+k[0-9]+(n[0-9]+)?(_[a-z0-9]+)?__([a-z0-9]+)$";

Test(registry, every_name_obeys_the_grammar_and_tells_the_truth) {
    regex_t re;
    regmatch_t part[7];
    cr_assert(eq(int, regcomp(&re, grammar, REG_EXTENDED), 0));
    size_t count;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        const char *name = v[i].name;
        cr_assert(regexec(&re, name, 7, part, 0) == 0, "%s", name);
        cr_assert(strncmp(name, v[i].op == TERN_GEMV ? "gemv_" : "gemm_", 5) == 0, "%s", name);
        const size_t f = (size_t)(part[2].rm_eo - part[2].rm_so);
        cr_assert(strlen(v[i].format->name) == f && !strncmp(name + part[2].rm_so, v[i].format->name, f),
                  "%s", name);
        const size_t a = (size_t)(part[3].rm_eo - part[3].rm_so);
        const char *act = tern_act_name(v[i].act);
        cr_assert(strlen(act) == a && !strncmp(name + part[3].rm_so, act, a), "%s", name);
        uint32_t level;
        cr_assert(tern_isa_parse(name + part[6].rm_so, &level, NULL) == TERN_OK, "%s", name);
        cr_assert(0 == (v[i].isa & ~level), "%s needs more than its name says", name);
    }
    regfree(&re);
}

Test(registry, names_are_unique_and_found) {
    size_t count;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) cr_assert(tern_variant_named(v[i].name) == &v[i], "%s", v[i].name);
    cr_assert(tern_variant_named("gemv_none__scalar") == NULL);
}

Test(registry, every_ternary_format_has_a_scalar_variant_for_any_number_of_tokens) {
    size_t count;
    const struct tern_format *const *f = tern_formats(&count);
    for (size_t i = 0; i < count; i++) {
        if (f[i]->bits > 4) continue;
        cr_assert(tern_variant_static(0, TERN_ACT_I8, f[i], 256, 256, 1) != NULL, "%s", f[i]->name);
        cr_assert(tern_variant_static(0, TERN_ACT_I8, f[i], 256, 256, 100) != NULL, "%s", f[i]->name);
    }
}

Test(registry, the_static_choice_never_needs_what_is_not_usable) {
    size_t count;
    const struct tern_isa_level *l = tern_isa_levels(&count);
    for (size_t i = 0; i < count; i++) {
        const uint32_t mask = l[i].needs;
        const struct tern_variant *v = tern_variant_static(mask, TERN_ACT_I8, NULL, 2560, 2560, 1);
        cr_assert(0 == (v->isa & ~mask), "%s at %s", v->name, l[i].name);
    }
}

Test(registry, a_k_whose_sums_may_be_wrong_is_left_to_scalar_code) {
    const struct tern_variant *v = tern_variant_named("gemv_p64_i8_r64k4__avx512vnni");
    const char *why = NULL;
    cr_assert(tern_variant_fits(v, ~0u, 64, TERN_K_MAX, 1, NULL));
    cr_assert(0 == tern_variant_fits(v, ~0u, 64, TERN_K_MAX + 1, 1, &why));
    cr_assert(strstr(why, "32-bit") != NULL, "%s", why);
    v = tern_variant_static(~0u, TERN_ACT_I8, v->format, 64, TERN_K_MAX + 1, 1);
    cr_assert(v != NULL && v->isa == 0);
    v = tern_variant_static(~0u, TERN_ACT_I8, tern_format_named("b80"), 80, TERN_B80_K_MAX + 1, 1);
    cr_assert(v != NULL && v->isa == 0);
}

Test(registry, a_variant_of_a_binary_format_fits_weights_without_a_0_only) {
    const struct tern_variant *v = tern_variant_named("gemm_bin1_i8_r1k1__scalar");
    const char *why = NULL;
    cr_assert(v->format->binary && !tern_variant_fits(v, 0, 64, 64, 1, &why));
    cr_assert(strstr(why, "-1 and +1") != NULL);
    cr_assert(tern_variant_fits_signs(v, 0, 64, 64, 1, NULL));
    cr_assert(tern_variant_static(0, TERN_ACT_I8, NULL, 64, 64, 1)->format->binary == 0);
}

Test(registry, signs_of_activations_are_never_taken_for_int8_ones) {
    size_t count, signs = 0;
    const struct tern_variant *v = tern_variants(&count);
    const uint32_t all = ~0u;
    for (size_t i = 0; i < count; i++) {
        if (v[i].act != TERN_ACT_B1) continue;
        signs++;
        cr_assert(0 == tern_variant_fits(&v[i], all, 640, 2560, v[i].n_min, NULL), "%s", v[i].name);
        for (size_t n = 1; n < 64; n *= 2) {
            cr_assert(tern_variant_static(all, TERN_ACT_I8, v[i].format, 640, 2560, n)->act == TERN_ACT_I8);
            cr_assert(tern_variant_static(all, TERN_ACT_I8, NULL, 640, 2560, n)->act == TERN_ACT_I8);
            cr_assert(tern_variant_static(0, TERN_ACT_B1, v[i].format, 640, 2560, n)->act == TERN_ACT_B1);
        }
    }
    cr_assert(signs >= 9, "only %zu", signs);
}

Test(registry, the_sign_of_an_activation_is_plus_for_0) {
    const int8_t w[3] = {1, 1, -1}, q[3] = {0, -1, 127};
    cr_assert(tern_reference_of(TERN_ACT_B1)(w, q, 3) == 1 - 1 - 1);
    cr_assert(tern_reference_of(TERN_ACT_I8)(w, q, 3) == -128);
    cr_assert(tern_reference_of(TERN_ACT_F32) == NULL);
}

Test(registry, parameters_survive_the_way_through_text) {
    size_t count;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        int param[TERN_MAX_PARAMS], back[TERN_MAX_PARAMS];
        tern_variant_defaults(&v[i], param);
        for (size_t p = 0; p < v[i].space->count; p++) param[p] = v[i].space->params[p].values[0];
        char text[128];
        tern_variant_params_text(&v[i], param, text, sizeof text);
        cr_assert(eq(int, tern_variant_params_parse(&v[i], text, back, NULL), TERN_OK));
        cr_assert(memcmp(param, back, sizeof param) == 0, "%s: %s", v[i].name, text);
    }
}

Test(registry, a_parameter_that_is_no_value_of_the_space_is_refused) {
    const struct tern_variant *v = tern_variant_named("gemm_p64_i8_r1k1__scalar");
    int param[TERN_MAX_PARAMS];
    struct tern_error e;
    cr_assert(eq(int, tern_variant_params_parse(v, "prefetch=17", param, &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "prefetch=17") != NULL);
}

Test(registry, every_variant_carries_a_code_key) {
    size_t count;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) cr_assert(eq(sz, strlen(tern_variant_code_key(&v[i])), 16));
}
