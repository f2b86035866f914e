#include "measure/counters/count.h"
#include "measure/counters/tally.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

/* A matrix of 100 weights in 25 bytes. */
static void work(void *ctx, uint64_t calls) {
    volatile uint64_t *sink = ctx;
    for (uint64_t i = 0; i < calls * 1000; i++) *sink += i;
    tern_tally_add(calls, 100, 25, 100);
}

static struct tern_count_work some_work(uint64_t *sink, struct tern_pool *pool) {
    return (struct tern_count_work){.work = work,
                                    .ctx = sink,
                                    .calls = 50,
                                    .pool = pool,
                                    .bytes = 25,
                                    .weights = 100,
                                    .macs = 100,
                                    .read_peak = NAN,
                                    .mac_peak = NAN};
}

static double metric(const struct tern_counter_group *g, const struct tern_counted *c, const char *name) {
    for (size_t i = 0; i < g->metrics; i++)
        if (!strcmp(g->metric[i].name, name)) return c->metric[i].value;
    cr_assert(0, "no metric %s", name);
    return NAN;
}

static void count_tally(struct tern_pool *pool) {
    struct tern_counter_group g;
    struct tern_counted c;
    struct tern_error e = {0};
    uint64_t sink = 0;
    const struct tern_count_work w = some_work(&sink, pool);
    cr_assert(eq(int, tern_group_find("tern", &g, &e), TERN_OK));
    const enum tern_status s = tern_count_group(&g, &w, &c, &e);
#ifdef TERN_HAVE_SDE
    cr_assert(s == TERN_OK, "%s", e.text);
    cr_assert(eq(dbl, metric(&g, &c, "calls_counted_per_call"), 1));
    cr_assert(eq(dbl, metric(&g, &c, "bits_per_weight"), 2));
    cr_assert(c.passes == 1 && c.calls == 50 && c.ns > 0);
#else
    cr_assert(eq(int, s, TERN_UNSUPPORTED));
#endif
}

Test(count, the_group_of_our_own_events_counts_every_call) {
    count_tally(NULL);
}

Test(count, events_of_the_process_are_counted_once_however_many_threads) {
    struct tern_pool *pool;
    cr_assert(tern_pool_new(2, NULL, &pool, NULL) == TERN_OK);
    count_tally(pool);
    tern_pool_free(pool);
}

Test(count, a_group_without_events_needs_ceilings_only) {
    struct tern_counter_group g;
    struct tern_counted c;
    struct tern_error e = {0};
    uint64_t sink = 0;
    struct tern_count_work w = some_work(&sink, NULL);
    w.read_peak = 1e-9, w.mac_peak = 1e9;
    cr_assert(eq(int, tern_group_find("roofline", &g, &e), TERN_OK));
    cr_assert(tern_count_group(&g, &w, &c, &e) == TERN_OK, "%s", e.text);
    cr_assert(eq(dbl, metric(&g, &c, "intensity"), 4));
    cr_assert(metric(&g, &c, "of_roof") > 1, "a broken ceiling is shown, not clipped");
    cr_assert(eq(dbl, metric(&g, &c, "of_roof"), metric(&g, &c, "of_read_peak")));
    w.read_peak = NAN;
    cr_assert(eq(int, tern_count_group(&g, &w, &c, &e), TERN_OK));
    cr_assert(isnan(metric(&g, &c, "of_roof")));
    cr_assert(eq(dbl, metric(&g, &c, "intensity"), 4));
}

Test(count, every_group_counts_here_or_every_value_says_why) {
    uint64_t sink = 0;
    const struct tern_count_work w = some_work(&sink, NULL);
    for (size_t i = 0; i < tern_groups_count(); i++) {
        struct tern_counter_group g;
        struct tern_counted c;
        struct tern_error e = {0};
        tern_group_builtin(i, &g, NULL);
        const enum tern_status s = tern_count_group(&g, &w, &c, &e);
        cr_assert(s == TERN_OK || (s == TERN_UNSUPPORTED && strstr(e.text, g.name)), "%s", e.text);
        for (size_t k = 0; k < g.events; k++)
            cr_assert(isnan(c.event[k].value) ? c.event[k].why[0] != 0 : c.event[k].value >= 0, "%s: %s",
                      g.name, g.event[k].name);
        for (size_t k = 0; k < g.metrics; k++)
            cr_assert(isnan(c.metric[k].value) == (c.metric[k].why[0] != 0), "%s: %s", g.name,
                      g.metric[k].name);
    }
}
