/* Blocks against a make-believe /proc whose counters the work itself moves. */
#define _GNU_SOURCE
#include "machine_tree.h"

#include "measure/sampling/block.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static struct tern_machine m = {.cpus = 1, .cpu = {0}};

static void put_stat(long user, long idle, long steal) {
    char text[128];
    snprintf(text, sizeof text, "cpu  %ld 0 0 %ld 0 0 0 %ld 0 0\n", user, idle, steal);
    tree_put("/proc/stat", text);
}

static unsigned dirt_of(long user, long idle, long steal, struct tern_block *b) {
    put_stat(1000, 5000, 10);
    tern_block_begin(&m, b);
    put_stat(1000 + user, 5000 + idle, 10 + steal);
    tern_block_end(&m, b);
    return b->dirt & ~(unsigned)TERN_DIRT_FREQUENCY; /* that one is real, and not ours to fake */
}

Test(block, a_quiet_one_is_clean, .init = tree_begin, .fini = tree_end) {
    struct tern_block b;
    cr_assert(eq(uint, dirt_of(0, 1000, 5, &b), 0));
    cr_assert(epsilon_eq(dbl, b.steal, 5.0 / 1005, 1e-9));
    cr_assert(eq(dbl, b.others, 0));
}

Test(block, stolen_time_makes_it_dirty, .init = tree_begin, .fini = tree_end) {
    struct tern_block b;
    char flags[64];
    cr_assert(eq(uint, dirt_of(0, 950, 50, &b), TERN_DIRT_STEAL));
    cr_assert(strstr(b.why, "steal 5.0 % (limit 1 %)") != NULL, "%s", b.why);
    b.dirt = TERN_DIRT_STEAL;
    tern_block_flags(&b, flags, sizeof flags);
    cr_assert(eq(str, flags, "dirty dirty-steal"));
}

Test(block, the_work_of_others_makes_it_dirty, .init = tree_begin, .fini = tree_end) {
    struct tern_block b;
    cr_assert(eq(uint, dirt_of(200, 800, 0, &b), TERN_DIRT_LOAD));
    cr_assert(epsilon_eq(dbl, b.others, 0.2, 0.02), "%f", b.others);
}

Test(block, a_throttle_event_makes_it_dirty, .init = tree_begin, .fini = tree_end) {
    struct tern_block b;
    tree_put("/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "7\n");
    tern_block_begin(&m, &b);
    tree_put("/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "9\n");
    tern_block_end(&m, &b);
    cr_assert(ne(uint, b.dirt & TERN_DIRT_THROTTLE, 0));
    cr_assert(strstr(b.why, "throttled 2 times") != NULL, "%s", b.why);
}

Test(block, a_quota_that_is_used_up_makes_it_dirty, .init = tree_begin, .fini = tree_end) {
    struct tern_block b;
    tree_put("/proc/self/cgroup", "0::/a/b\n");
    tree_put("/sys/fs/cgroup/a/cpu.stat", "usage_usec 1\nnr_periods 9\nnr_throttled 4\nthrottled_usec 7\n");
    tree_put("/sys/fs/cgroup/a/b/cpu.stat", "nr_throttled 1\n");
    tern_block_begin(&m, &b);
    cr_assert(eq(i64, b.before.quota_waits, 5));
    tree_put("/sys/fs/cgroup/a/cpu.stat", "usage_usec 1\nnr_periods 9\nnr_throttled 6\nthrottled_usec 7\n");
    tern_block_end(&m, &b);
    cr_assert(eq(uint, b.dirt & ~(unsigned)TERN_DIRT_FREQUENCY, TERN_DIRT_QUOTA));
    cr_assert(strstr(b.why, "waited 2 times for the quota") != NULL, "%s", b.why);
}

Test(block, what_the_system_does_not_tell_is_not_held_against_it, .init = tree_begin, .fini = tree_end) {
    struct tern_block b;
    tern_block_begin(&m, &b);
    tern_block_end(&m, &b);
    cr_assert(eq(uint, b.dirt & ~(unsigned)TERN_DIRT_FREQUENCY, 0));
    cr_assert(b.steal < 0 && b.others < 0);
}

/* Work during whose first `bad` runs of a comparison the hypervisor steals. */
static int visits, bad_visits, stolen;

static void work(void *ctx, uint64_t calls) {
    volatile uint64_t *sink = ctx;
    for (uint64_t i = 0; i < calls * 100; i++) *sink += i;
    if (visits++ < bad_visits) stolen += 100;
    put_stat(1000, 5000 + 100 * visits, stolen);
}

static size_t tries_with(int bad, struct tern_block *b, struct tern_comparison *c) {
    uint64_t sink = 0;
    const struct tern_alternative a = {.name = "a", .work = work, .ctx = &sink};
    const struct tern_sampler_options o = {.epoch_seconds = 1e-5, .rounds_min = 6, .rounds_max = 6};
    struct tern_error e = {0};
    visits = stolen = 0;
    bad_visits = bad;
    put_stat(1000, 5000, 0);
    cr_assert(tern_compare_clean(&m, &a, 1, &o, 3, c, b, &e) == TERN_OK, "%s", e.text);
    cr_assert(eq(sz, c->rounds, 6));
    tern_comparison_free(c);
    return b->tries;
}

Test(block, a_dirty_comparison_is_done_again, .init = tree_begin, .fini = tree_end) {
    struct tern_block b;
    struct tern_comparison c;
    const size_t tries = tries_with(5, &b, &c);
    cr_assert(tries >= 2, "%zu", tries);
    cr_assert(eq(uint, b.dirt & TERN_DIRT_STEAL, 0), "the one that is kept is clean: %s", b.why);
}

Test(block, one_that_stays_dirty_is_kept_and_marked, .init = tree_begin, .fini = tree_end) {
    struct tern_block b;
    struct tern_comparison c;
    cr_assert(eq(sz, tries_with(1 << 30, &b, &c), 3));
    cr_assert(ne(uint, b.dirt & TERN_DIRT_STEAL, 0));
    cr_assert(b.why[0] != 0);
}
