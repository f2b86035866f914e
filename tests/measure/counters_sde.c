/* The tally read back through PAPI_start and PAPI_read: the same road that processor events take, on machines
 * that have none. */
#include "measure/counters/counters.h"
#include "measure/counters/tally.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <string.h>

static const char *const all[] = {"sde:::tern::kernel_calls", "sde:::tern::weights_read",
                                  "sde:::tern::weight_bytes", "sde:::tern::macs"};

static struct tern_counters *open_all(void) {
    struct tern_counters *c;
    struct tern_error e = {0};
    const enum tern_status s = tern_counters_open(all, 4, &c, &e);
#ifdef TERN_HAVE_SDE
    cr_assert(s == TERN_OK, "%s", e.text);
#else
    cr_assert(s == TERN_UNSUPPORTED);
    cr_skip_test("built without libsde: %s", e.text);
#endif
    return c;
}

Test(counters_sde, count_the_known_number_of_calls_through_PAPI) {
    struct tern_counters *c = open_all();
    int64_t v[4];
    tern_tally_add(1000, 1, 1, 1); /* before the start: not counted */
    cr_assert(eq(int, tern_counters_start(c, NULL), TERN_OK));
    tern_tally_add(7, 100, 25, 300);
    cr_assert(eq(int, tern_counters_read(c, v, NULL), TERN_OK));
    cr_assert(v[0] == 7 && v[1] == 700 && v[2] == 175 && v[3] == 2100);
    tern_tally_add(3, 100, 25, 300);
    cr_assert(eq(int, tern_counters_stop(c, v, NULL), TERN_OK));
    cr_assert(v[0] == 10 && v[1] == 1000 && v[2] == 250 && v[3] == 3000);
    tern_tally_add(5, 1, 1, 1); /* after the stop */
    cr_assert(eq(int, tern_counters_start(c, NULL), TERN_OK));
    cr_assert(eq(int, tern_counters_stop(c, v, NULL), TERN_OK));
    cr_assert(v[0] == 0 && v[1] == 0 && v[2] == 0 && v[3] == 0, "a second start begins from zero");
    tern_counters_close(c);
}

static void *add_from_elsewhere(void *ctx) {
    (void)ctx;
    for (int i = 0; i < 1000; i++) tern_tally_add(1, 2, 3, 4);
    return NULL;
}

Test(counters_sde, count_the_work_of_all_threads) {
    struct tern_counters *c = open_all();
    pthread_t t[3];
    int64_t v[4];
    cr_assert(eq(int, tern_counters_start(c, NULL), TERN_OK));
    for (int i = 0; i < 3; i++) cr_assert(pthread_create(&t[i], NULL, add_from_elsewhere, NULL) == 0);
    for (int i = 0; i < 3; i++) pthread_join(t[i], NULL);
    cr_assert(eq(int, tern_counters_stop(c, v, NULL), TERN_OK));
    cr_assert(v[0] == 3000 && v[1] == 6000 && v[2] == 9000 && v[3] == 12000);
    tern_counters_close(c);
}

Test(counters_sde, refuse_an_event_that_is_not_ours) {
    const char *const name = "sde:::tern::wishes";
    struct tern_counters *c;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_counters_open(&name, 1, &c, &e), TERN_UNSUPPORTED));
    cr_assert(e.text[0] && c == NULL);
}

Test(counters_sde, tally_is_there_without_PAPI) {
    const uint64_t before = tern_tally(TERN_TALLY_MACS);
    tern_tally_add(2, 10, 3, 50);
    cr_assert(eq(u64, tern_tally(TERN_TALLY_MACS) - before, 100));
    cr_assert(eq(str, (char *)tern_tally_name(TERN_TALLY_CALLS), "kernel_calls"));
}
