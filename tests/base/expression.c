#include "base/expression.h"
#include "base/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static const struct tern_name names[] = {{"m", 130}, {"k", 640}, {"panels", 2}};

static int64_t value(const char *text) {
    int64_t v = -1;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_expression(text, names, 3, &v, &e), TERN_OK), "%s", e.text);
    return v;
}

Test(expression, operators_bind_as_in_c) {
    cr_assert(eq(i64, value("1 + 2 * 3"), 7));
    cr_assert(eq(i64, value("(1 + 2) * 3"), 9));
    cr_assert(eq(i64, value("7 - 2 - 1"), 4));
    cr_assert(eq(i64, value("17 % 5 / 2"), 1));
    cr_assert(eq(i64, value("1 || 0 && 0"), 1));
    cr_assert(eq(i64, value("2 + 2 == 4 && 3 < 2 + 2"), 1));
    cr_assert(eq(i64, value("!0 == 1"), 1));
    cr_assert(eq(i64, value("- 3 + 5"), 2));
    cr_assert(eq(i64, value("5 >= 5"), 1));
    cr_assert(eq(i64, value("5 > 5"), 0));
    cr_assert(eq(i64, value("5 != 5"), 0));
}

Test(expression, names_and_functions_have_values) {
    cr_assert(eq(i64, value("m"), 130));
    cr_assert(eq(i64, value("up(m, 64)"), 192));
    cr_assert(eq(i64, value("min(m, k) + max(1, panels)"), 132));
    cr_assert(eq(i64, value("panels * 64 <= up(m, 64)"), 1));
    cr_assert(eq(i64, value("panels * 128 <= up(m, 64)"), 0));
}

Test(expression, what_is_malformed_is_refused_with_its_place) {
    static const char *const bad[] = {"",
                                      "1 +",
                                      "(1",
                                      "1)",
                                      "q",
                                      "1 / 0",
                                      "1 % 0",
                                      "min(1)",
                                      "min(1, 2",
                                      "f(1, 2)",
                                      "1 2",
                                      "m k",
                                      "1 = 1",
                                      "up(1, 0)",
                                      "up(-1, 4)",
                                      "& 1",
                                      "1 & 1",
                                      "99999999999999999999",
                                      "9223372036854775807 + 1",
                                      "m *",
                                      "panels panels"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t v;
        struct tern_error e = {""};
        cr_assert(eq(int, tern_expression(bad[i], names, 3, &v, &e), TERN_BAD_INPUT), "%s", bad[i]);
        cr_assert(strstr(e.text, "at character") != NULL, "%s", e.text);
    }
}

Test(expression, deep_nesting_and_random_text_end) {
    char text[4096];
    int64_t v;
    memset(text, '(', sizeof text - 1);
    text[sizeof text - 1] = 0;
    cr_assert(eq(int, tern_expression(text, names, 3, &v, NULL), TERN_BAD_INPUT));
    memset(text, '-', sizeof text - 1);
    cr_assert(eq(int, tern_expression(text, names, 3, &v, NULL), TERN_BAD_INPUT));
    static const char letters[] = "mk(),+-*/%<>=!&|0 19up";
    struct tern_random r = {5};
    for (int i = 0; i < 20000; i++) {
        const size_t n = tern_random_below(&r, 40);
        for (size_t j = 0; j < n; j++) text[j] = letters[tern_random_below(&r, sizeof letters - 1)];
        text[n] = 0;
        const enum tern_status s = tern_expression(text, names, 3, &v, NULL);
        cr_assert(s == TERN_OK || s == TERN_BAD_INPUT);
    }
}
