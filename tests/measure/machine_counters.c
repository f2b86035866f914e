#include "machine_tree.h"

#include "measure/counters/backend.h"
#include "measure/counters/counters.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

/* A back-end whose events count what the test says. */
static int64_t counts[TERN_MAX_COUNTERS];
static int refuse_open, opened, closed;
static size_t events;

static enum tern_status fake_open(const char *const *names, size_t count, void **state,
                                  struct tern_error *e) {
    if (refuse_open) return tern_fail(e, TERN_UNSUPPORTED, "fake: %s: no such event", names[count - 1]);
    *state = counts;
    events = count;
    opened++;
    return TERN_OK;
}

static enum tern_status fake_start(void *state, struct tern_error *e) {
    (void)state, (void)e;
    return TERN_OK;
}

static enum tern_status fake_read(void *state, int64_t *value, struct tern_error *e) {
    (void)e;
    memcpy(value, state, events * sizeof *value);
    return TERN_OK;
}

static void fake_close(void *state) {
    (void)state;
    closed++;
}

static const struct tern_counters_backend fake = {.name = "fake",
                                                  .cycles = "cycles",
                                                  .instructions = "instructions",
                                                  .open = fake_open,
                                                  .start = fake_start,
                                                  .read = fake_read,
                                                  .stop = fake_read,
                                                  .close = fake_close};
static const char *const two[] = {"cycles", "misses"};

Test(counters, opens_events_that_move) {
    struct tern_counters *c;
    struct tern_error e = {0};
    int64_t v[2];
    counts[0] = 1000, counts[1] = 7;
    cr_assert(tern_counters_open_on(&fake, two, 2, &c, &e) == TERN_OK, "%s", e.text);
    cr_assert(tern_counters_start(c, &e) == TERN_OK && tern_counters_stop(c, v, &e) == TERN_OK);
    cr_assert(v[0] == 1000 && v[1] == 7);
    tern_counters_close(c);
    cr_assert(opened == 1 && closed == 1);
}

Test(counters, refuses_by_name_an_event_that_does_not_move) {
    struct tern_counters *c;
    struct tern_error e = {0};
    counts[0] = 1000, counts[1] = 0;
    cr_assert(eq(int, tern_counters_open_on(&fake, two, 2, &c, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "misses") && !strstr(e.text, "cycles"));
    cr_assert(c == NULL && closed == 1);
}

Test(counters, passes_on_the_reason_of_the_back_end) {
    struct tern_counters *c;
    struct tern_error e = {0};
    refuse_open = 1;
    cr_assert(eq(int, tern_counters_open_on(&fake, two, 2, &c, &e), TERN_UNSUPPORTED));
    cr_assert(eq(str, e.text, "fake: misses: no such event"));
}

Test(counters, opens_between_one_and_eight_events) {
    struct tern_counters *c;
    cr_assert(eq(int, tern_counters_open_on(&fake, two, 0, &c, NULL), TERN_BAD_INPUT));
    cr_assert(eq(int, tern_counters_open_on(&fake, two, TERN_MAX_COUNTERS + 1, &c, NULL), TERN_BAD_INPUT));
}

Test(counters, probe_believes_a_plausible_count_of_instructions) {
    counts[0] = 3000000, counts[1] = 2000000;
    cr_assert(eq(int, tern_counters_probe(&fake, NULL), TERN_OK));
    cr_assert(eq(int, closed, 1));
}

Test(counters, probe_refuses_frozen_cycles_and_absurd_instructions) {
    struct tern_error e = {0};
    counts[0] = 0, counts[1] = 2000000;
    cr_assert(eq(int, tern_counters_probe(&fake, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "does not move") != NULL);
    counts[0] = 3000000, counts[1] = 12;
    cr_assert(eq(int, tern_counters_probe(&fake, &e), TERN_UNSUPPORTED));
    counts[1] = INT64_MAX;
    cr_assert(eq(int, tern_counters_probe(&fake, &e), TERN_UNSUPPORTED));
    cr_assert(eq(int, closed, 3));
}

static void explained(const char *reason, const char *in_why, const char *in_remedy) {
    char why[256], remedy[256];
    tern_counters_explain(reason, why, sizeof why, remedy, sizeof remedy);
    cr_expect(strstr(why, in_why) != NULL, "%s", why);
    cr_expect(strstr(remedy, in_remedy) != NULL, "%s", remedy);
}

Test(counters, explains_a_hardened_kernel, .init = tree_begin, .fini = tree_end) {
    tree_put("/proc/sys/kernel/perf_event_paranoid", "4\n");
    explained("PAPI: start: Permission denied", "perf_event_paranoid is 4",
              "sysctl kernel.perf_event_paranoid=2");
}

Test(counters, explains_a_guest_without_a_PMU, .init = tree_begin, .fini = tree_end) {
    tree_put("/proc/sys/kernel/perf_event_paranoid", "2\n");
    tree_put("/sys/bus/event_source/devices/software/type", "1\n");
    tree_put("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor sse2\n");
    explained("PAPI: no event", "found no PMU, in a virtual machine", "virtual PMU");
}

Test(counters, gives_the_bare_reason_where_the_kernel_has_a_PMU, .init = tree_begin, .fini = tree_end) {
    char why[256], remedy[256];
    tree_put("/proc/sys/kernel/perf_event_paranoid", "1\n");
    tree_put("/sys/bus/event_source/devices/cpu_core/type", "4\n");
    tern_counters_explain("PAPI: no event", why, sizeof why, remedy, sizeof remedy);
    cr_assert(eq(str, why, "PAPI: no event"));
}

Test(counters, explains_a_kernel_without_perf_and_a_build_without_papi, .init = tree_begin,
     .fini = tree_end) {
    explained("PAPI: no event", "no perf events", "CONFIG_PERF_EVENTS");
    explained(NULL, "not built in", "libpapi-dev");
}

Test(counters, this_machine_counts_or_says_why_not) {
    const char *const cycles[] = {strcmp(tern_counters_facts()->backend, "perf") ? "PAPI_TOT_CYC"
                                                                                 : "perf:cycles"};
    struct tern_counters *c;
    struct tern_error e = {0};
    const char *why = tern_counters_why_not();
    const enum tern_status s = tern_counters_open(cycles, 1, &c, &e);
    if (!why) {
        int64_t v = 0;
        cr_assert(s == TERN_OK, "%s", e.text);
        cr_assert(tern_counters_start(c, &e) == TERN_OK && tern_counters_stop(c, &v, &e) == TERN_OK);
        cr_assert(v > 0);
        tern_counters_close(c);
        return;
    }
    cr_assert(eq(int, s, TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, why) != NULL, "%s", e.text);
    cr_assert(tern_counters_facts()->remedy != NULL);
}
