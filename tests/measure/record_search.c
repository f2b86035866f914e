#define _GNU_SOURCE
#include "measure/records/record.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *line_of(void) {
    static const struct tern_search_variant variant[] = {{"gemv_a__avx2", "p64", 409600},
                                                         {"gemv_b__avx2", NULL, NAN}};
    static const struct tern_search_trial trial[] = {{1, "-", 2, 30, 1, 29, 1, 4, "slower"},
                                                     {0, "prefetch=0", 6, 20.5, 0.5, 19, 2, 8, NULL},
                                                     {0, "prefetch=1", 1, 31, NAN, 31, 3, 3, "slower"}};
    static const struct tern_search_answer answer[] = {{2, 0.25, 0}, {4, NAN, 1}};
    static const struct tern_record_search s = {.strategy = "race",
                                                .effort = "quick",
                                                .unit = "ns/call",
                                                .candidates = 7,
                                                .evaluations = 8,
                                                .rounds = 6,
                                                .seconds = NAN,
                                                .variant = variant,
                                                .variants = 2,
                                                .trial = trial,
                                                .trials = 3,
                                                .answer = answer,
                                                .answers = 2};
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "search", r.machine = "m:1", r.search = &s;
    char *line = tern_record_json(&r, NULL);
    cr_assert(line != NULL);
    return line;
}

static int is_record(const char *line) {
    struct tern_records set;
    cr_assert(eq(int, (int)tern_records_parse(line, strlen(line), &set, NULL), TERN_OK));
    const int one = set.count == 1;
    tern_records_free(&set);
    return one;
}

/* The line with the first `from` replaced. */
static char *with(const char *line, const char *from, const char *to) {
    const char *at = strstr(line, from);
    cr_assert(at != NULL, "%s", line);
    char *out = NULL;
    cr_assert(asprintf(&out, "%.*s%s%s", (int)(at - line), line, to, at + strlen(from)) > 0);
    return out;
}

Test(record_search, comes_back_as_it_was_written) {
    char *line = line_of();
    struct tern_records set;
    cr_assert(eq(int, (int)tern_records_parse(line, strlen(line), &set, NULL), TERN_OK));
    cr_assert(eq(sz, set.count, 1));
    const struct tern_record_search *s = set.item[0].search;
    cr_assert(s != NULL);
    cr_assert(eq(sz, s->trials, 3));
    cr_assert(eq(str, (char *)s->variant[s->trial[1].variant].name, "gemv_a__avx2"));
    cr_assert(eq(dbl, s->trial[1].median, 20.5));
    cr_assert(s->trial[1].dropped == NULL);
    cr_assert(eq(str, (char *)s->trial[2].dropped, "slower"));
    cr_assert(isnan(s->trial[2].mad));
    cr_assert(isnan(s->seconds));
    cr_assert(eq(sz, s->answers, 2));
    cr_assert(isnan(s->answer[1].seconds));
    cr_assert(eq(sz, set.item[0].est.n, 0), "it is no measurement to compare");
    char *again = tern_record_json(&set.item[0], NULL);
    const char *stamp = strstr(line, "\"machine\"");
    cr_assert(strstr(again, stamp) != NULL, "%s", again);
    free(again);
    free(line);
    tern_records_free(&set);
}

Test(record_search, with_a_place_that_is_none_is_no_record) {
    static const char *const broken[][2] = {
        {"[1,\"-\",2", "[2,\"-\",2"},           /* no such variant */
        {"[1,\"-\",2", "[-1,\"-\",2"},          /* nor that */
        {"[4,null,1]", "[4,null,3]"},           /* no such trial */
        {",4,0]", ",4,1]"},                     /* no such reason */
        {"\"-\",2,30.0", "\"-\",2,\"thirty\""}, /* no number */
        {"[4,null,1]", "[4,null]"},             /* too short */
        {"\"trials\":[", "\"trials\":[5,"},     /* no row */
    };
    char *line = line_of();
    cr_assert(is_record(line));
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char *bad = with(line, broken[i][0], broken[i][1]);
        cr_expect(not(is_record(bad)), "%s", bad);
        free(bad);
    }
    free(line);
}
