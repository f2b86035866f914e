#include "base/talk/nearest.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static const char *const words[] = {"tune", "run", NULL, "report", "e2e", "ceilings", "2b-4t"};

static const char *near(const char *typed) {
    const char *found = tern_nearest(typed, words, sizeof words / sizeof *words);
    return found ? found : "none";
}

Test(nearest, one_mistake_of_each_kind) {
    cr_assert(eq(str, (char *)near("tnue"), "tune"), "changed places");
    cr_assert(eq(str, (char *)near("repot"), "report"), "missing");
    cr_assert(eq(str, (char *)near("ceiilings"), "ceilings"), "too many");
    cr_assert(eq(str, (char *)near("e2f"), "e2e"), "another");
    cr_assert(eq(str, (char *)near("2B4T"), "2b-4t"), "capitals");
}

Test(nearest, too_many_mistakes_are_another_word) {
    cr_assert(eq(str, (char *)near("x"), "none"));
    cr_assert(eq(str, (char *)near(""), "none"));
    cr_assert(eq(str, (char *)near("rxy"), "none"));
    char longer[200];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    cr_assert(eq(str, (char *)near(longer), "none"));
}

Test(nearest, the_text_is_empty_when_none_is_near) {
    char text[64];
    tern_nearest_text("rnu", words, sizeof words / sizeof *words, text, sizeof text);
    cr_assert(eq(str, text, "; did you mean run?"));
    tern_nearest_text("something", words, sizeof words / sizeof *words, text, sizeof text);
    cr_assert(eq(str, text, ""));
}
