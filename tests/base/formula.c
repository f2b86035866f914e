#include "base/expression.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

static const struct tern_formula_name names[] = {
    {"cycles", 200}, {"instructions", 500}, {"zero", 0}, {"misses", NAN}, {"min_of", 3}};

static double of(const char *text) {
    double v;
    struct tern_error e = {0};
    cr_assert(tern_formula(text, names, 5, &v, &e) == TERN_OK, "%s", e.text);
    return v;
}

static void refused(const char *text, enum tern_status status, const char *why) {
    double v;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_formula(text, names, 5, &v, &e), status), "%s: %s", text, e.text);
    cr_assert(strstr(e.text, why) != NULL, "%s", e.text);
    cr_assert(isnan(v));
}

Test(formula, follows_the_rules_of_arithmetic) {
    cr_assert(eq(dbl, of("1 + 2 * 3"), 7));
    cr_assert(eq(dbl, of("(1 + 2) * 3"), 9));
    cr_assert(eq(dbl, of("8 / 2 / 2"), 2));
    cr_assert(eq(dbl, of("8 - 2 - 2"), 4));
    cr_assert(eq(dbl, of("-2 * -(3 - 1)"), 4));
    cr_assert(eq(dbl, of("1e3*.5"), 500));
    cr_assert(eq(dbl, of("min(3, 2) + max(1, min(9, 8))"), 10));
}

Test(formula, knows_names) {
    cr_assert(eq(dbl, of("instructions / cycles"), 2.5));
    cr_assert(eq(dbl, of("min_of * 2"), 6));
}

Test(formula, refuses_with_the_place_and_the_reason) {
    refused("", TERN_BAD_INPUT, "character 1: a number");
    refused("1 +", TERN_BAD_INPUT, "character 4: a number");
    refused("1 2", TERN_BAD_INPUT, "character 3: left over: 2");
    refused("(1", TERN_BAD_INPUT, "')' is missing");
    refused("min(1)", TERN_BAD_INPUT, "',' is missing");
    refused("cycle / 2", TERN_BAD_INPUT, "character 1: no such name: cycle");
    refused("cycles / zero", TERN_INCONCLUSIVE, "division by zero");
    refused("cycles / misses", TERN_UNSUPPORTED, "not measured: misses");
    refused("1e308 * 1e308", TERN_INCONCLUSIVE, "not finite");
}

Test(formula, survives_a_thousand_brackets) {
    char text[2001];
    memset(text, '(', 2000);
    text[2000] = 0;
    refused(text, TERN_BAD_INPUT, "nested too deeply");
    memset(text, '-', 2000);
    refused(text, TERN_BAD_INPUT, "nested too deeply");
}

Test(formula, is_checked_without_values) {
    struct tern_error e = {0};
    cr_assert(eq(int, tern_formula_check("misses / zero", names, 5, &e), TERN_OK));
    cr_assert(eq(int, tern_formula_check("misses / other", names, 5, &e), TERN_BAD_INPUT));
}
