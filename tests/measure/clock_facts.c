#include "measure/clock.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

Test(clock, never_goes_back) {
    uint64_t last = tern_now_ns();
    for (int i = 0; i < 100000; i++) {
        uint64_t now = tern_now_ns();
        cr_assert(now >= last);
        last = now;
    }
}

Test(clock, facts_are_positive_and_named) {
    const struct tern_clock_facts *f = tern_clock_facts();
    cr_assert(eq(str, (char *)f->name, "CLOCK_MONOTONIC_RAW"));
    cr_assert(gt(dbl, f->overhead_ns, 0));
    cr_assert(ge(dbl, f->resolution_ns, 1));
}

Test(clock, facts_are_measured_once) {
    struct tern_clock_facts first = *tern_clock_facts();
    cr_assert(eq(dbl, tern_clock_facts()->overhead_ns, first.overhead_ns));
    cr_assert(eq(dbl, tern_clock_facts()->resolution_ns, first.resolution_ns));
}

Test(clock, utc_text_is_the_time_of_now) {
    char text[21];
    time_t before = time(NULL);
    tern_utc_text(text, sizeof text);
    time_t after = time(NULL);
    int matched = 0;
    for (time_t t = before; t <= after; t++) {
        char expected[21];
        struct tm *tm = gmtime(&t);
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", tm);
        matched |= !strcmp(text, expected);
    }
    cr_assert(matched, "%s", text);
}

Test(clock, utc_text_without_room_is_empty) {
    char text[20] = "x";
    tern_utc_text(text, sizeof text);
    cr_assert(eq(str, text, ""));
}
