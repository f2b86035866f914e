/* The race at the first load: it keeps to its time, by a clock of the test's own, and what it finds is weaker than
 * anything tuned. */
#define _GNU_SOURCE
#include "base/isa.h"
#include "entries.h"
#include "folder.h"
#include "tuner/first_load/race.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/ranks/gather.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

static const struct tern_machine *machine;
static struct tern_wisdom found;

/* Every look at this clock takes `tick` seconds. */
struct clock {
    double seconds, tick;
    size_t looks;
};

static double look(void *ctx) {
    struct clock *c = ctx;
    c->looks++;
    return c->seconds += c->tick;
}

static void begin(void) {
    cr_assert(eq(int, tern_machine_get(&machine, NULL), TERN_OK));
}

static void end(void) {
    tern_wisdom_free(&found);
}

TestSuite(first_load, .init = begin, .fini = end);

static enum tern_status race(struct clock *c, size_t ubatch) {
    const struct tern_first_race r = {.machine = machine,
                                      .m = 640,
                                      .k = 1280,
                                      .ubatch = ubatch,
                                      .threads_decode = 1,
                                      .threads_prefill = 1,
                                      .now = look,
                                      .ctx = c};
    return tern_first_race_run(&r, &found, NULL);
}

Test(first_load, decode_and_prefill_get_one_layout_and_are_marked_as_raced) {
    struct clock c = {.tick = 1e-6};
    cr_assert(eq(int, race(&c, 16), TERN_OK));
    cr_assert(eq(sz, found.count, 2));
    cr_assert(eq(str, found.machine, (char *)machine->key));
    const struct tern_variant *v[2];
    for (size_t i = 0; i < 2; i++) {
        cr_assert(eq(str, found.entry[i].effort, "race"));
        cr_assert(eq(int, found.entry[i].complete, 0));
        v[i] = tern_variant_named(found.entry[i].variant);
    }
    cr_assert(eq(sz, found.entry[0].problem.n, 1));
    cr_assert(eq(sz, found.entry[1].problem.n, 16));
    cr_assert(eq(ptr, (void *)v[0]->format, (void *)v[1]->format));
}

Test(first_load, without_prefill_there_is_one_entry) {
    struct clock c = {.tick = 1e-6};
    cr_assert(eq(int, race(&c, 1), TERN_OK));
    cr_assert(eq(sz, found.count, 1));
}

Test(first_load, it_ends_within_its_second) {
    struct clock c = {.tick = 1e-6}, slow = {.tick = 0.012};
    cr_assert(eq(int, race(&c, 16), TERN_OK));
    cr_assert(gt(dbl, (double)c.looks * slow.tick, 1.05), "so many looks would take longer than a second");
    tern_wisdom_free(&found);
    cr_assert(eq(int, race(&slow, 16), TERN_OK));
    cr_assert(le(dbl, slow.seconds, 1 + 4 * slow.tick), "%.2f s", slow.seconds);
}

Test(first_load, a_clock_that_is_too_fast_for_a_round_leaves_no_result) {
    struct clock c = {.tick = 2};
    cr_assert(eq(int, race(&c, 16), TERN_INCONCLUSIVE));
    cr_assert(eq(sz, found.count, 0));
}

Test(first_load, of_many_rows_only_some_are_raced) {
    struct clock c = {.tick = 1e-6};
    const struct tern_first_race r = {.machine = machine,
                                      .m = 1000000,
                                      .k = 65536,
                                      .ubatch = 1,
                                      .threads_decode = 1,
                                      .threads_prefill = 1,
                                      .now = look,
                                      .ctx = &c};
    cr_assert(eq(int, tern_first_race_run(&r, &found, NULL), TERN_OK));
    cr_assert(eq(sz, found.entry[0].problem.m, 128));
    cr_assert(eq(sz, found.entry[0].problem.k, 65536));
}

Test(first_load, a_tuned_entry_replaces_a_raced_one_and_never_the_other_way_round) {
    struct clock c = {.tick = 1e-6};
    cr_assert(eq(int, race(&c, 1), TERN_OK));
    struct tern_wisdom tuned = {.count = 0};
    struct tern_wisdom_entry en = found.entry[0];
    size_t taken = 9;
    snprintf(en.effort, sizeof en.effort, "quick");
    snprintf(en.date, sizeof en.date, "2001-01-01T00:00:00Z"); /* older, and better all the same */
    cr_assert(eq(int, tern_wisdom_put(&tuned, &en, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_merge(&tuned, &found, &taken, NULL), TERN_OK));
    cr_assert(eq(sz, taken, 0));
    cr_assert(eq(int, tern_wisdom_merge(&found, &tuned, &taken, NULL), TERN_OK));
    cr_assert(eq(sz, taken, 1));
    cr_assert(eq(str, found.entry[0].effort, "quick"));
    tern_wisdom_free(&tuned);
}

Test(first_load, what_is_kept_is_found_again_on_this_machine_only) {
    struct clock c = {.tick = 1e-6};
    const struct folder folder = folder_new("races");
    struct tern_ranks known;
    struct tern_machine other = *machine;
    char *path = tern_first_race_path(folder.path, machine);
    cr_assert(eq(int, tern_first_race_known(path, machine, &known, NULL), TERN_OK));
    cr_assert(eq(sz, known.count, 0), "nothing is kept yet");
    cr_assert(eq(int, race(&c, 16), TERN_OK));
    cr_assert(eq(int, tern_wisdom_write(path, &found, NULL), TERN_OK));
    cr_assert(eq(int, tern_first_race_known(path, machine, &known, NULL), TERN_OK));
    cr_assert(ge(sz, known.count, 2));
    cr_assert(eq(int, known.source, TERN_RANKS_RACE));
    tern_ranks_free(&known);
    snprintf(other.key, sizeof other.key, "m:0123456789abcdef");
    cr_assert(eq(int, tern_first_race_known(path, &other, &known, NULL), TERN_UNSUPPORTED));
    char *its = tern_first_race_path(folder.path, &other);
    cr_assert(ne(str, path, its));
    free(its);
    free(path);
    folder_drop(&folder);
}
