#include "tuner/search/trace.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(trace, counts_every_candidate_of_every_round) {
    struct tern_search_trace t;
    cr_assert(tern_search_trace_begin(&t, 4));
    tern_search_trace_round(&t, (const size_t[]){2, 0}, 2);
    tern_search_trace_round(&t, (const size_t[]){0, 3}, 2);
    cr_assert(eq(sz, t.evaluations, 4));
    cr_assert(eq(sz, t.first[2], 1));
    cr_assert(eq(sz, t.first[0], 2));
    cr_assert(eq(sz, t.last[0], 3));
    cr_assert(eq(sz, t.first[3], 4));
    cr_assert(eq(sz, t.first[1], 0), "never measured");
    tern_search_trace_free(&t);
}

Test(trace, keeps_an_answer_when_it_changes) {
    struct tern_search_trace t;
    cr_assert(tern_search_trace_begin(&t, 3));
    tern_search_trace_answer(&t, SIZE_MAX, 0);
    cr_assert(eq(sz, t.answers, 0), "nobody was named");
    for (size_t i = 0; i < 100; i++) {
        tern_search_trace_round(&t, (const size_t[]){0}, 1);
        tern_search_trace_answer(&t, i / 50, (double)i);
    }
    cr_assert(eq(sz, t.answers, 2));
    cr_assert(eq(sz, t.answer[1].evaluations, 51));
    cr_assert(eq(dbl, t.answer[1].seconds, 50));
    cr_assert(eq(sz, t.answer[1].trial, 1));
    tern_search_trace_free(&t);
}
