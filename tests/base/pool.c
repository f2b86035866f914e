#include "base/pool.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdatomic.h>
#include <stdint.h>

struct count {
    struct tern_pool *pool;
    _Atomic int arrived;
    int seen[8];
};

static void add_then_read(void *ctx, size_t worker, size_t workers) {
    struct count *c = ctx;
    for (int round = 1; round <= 200; round++) {
        atomic_fetch_add(&c->arrived, 1);
        tern_pool_barrier(c->pool);
        if (atomic_load(&c->arrived) == round * (int)workers) c->seen[worker]++;
        tern_pool_barrier(c->pool);
    }
}

Test(pool, nobody_passes_a_barrier_before_all_have_come) {
    for (size_t workers = 1; workers <= 5; workers++) {
        struct count c = {0};
        cr_assert(eq(int, tern_pool_new(workers, NULL, &c.pool, NULL), TERN_OK));
        tern_pool_run(c.pool, add_then_read, &c);
        for (size_t w = 0; w < workers; w++) cr_assert(eq(int, c.seen[w], 200));
        tern_pool_free(c.pool);
    }
}

static void add_one(void *ctx, size_t worker, size_t workers) {
    (void)worker, (void)workers;
    atomic_fetch_add((_Atomic int *)ctx, 1);
}

Test(pool, every_run_reaches_every_worker_once) {
    struct tern_pool *p;
    _Atomic int n = 0;
    cr_assert(eq(int, tern_pool_new(3, NULL, &p, NULL), TERN_OK));
    for (int i = 0; i < 1000; i++) tern_pool_run(p, add_one, (void *)&n);
    cr_assert(eq(int, n, 3000));
    tern_pool_free(p);
}

Test(pool, a_processor_that_does_not_exist_is_an_error) {
    struct tern_pool *p;
    struct tern_error e;
    const int cpu[1] = {1000};
    cr_assert(eq(int, tern_pool_new(1, cpu, &p, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "1000") != NULL);
}

Test(pool, zero_threads_are_refused) {
    struct tern_pool *p;
    cr_assert(eq(int, tern_pool_new(0, NULL, &p, NULL), TERN_BAD_INPUT));
}

Test(pool, shares_cover_all_items_once_and_are_cut_at_steps) {
    for (size_t items = 0; items < 400; items += 7) {
        for (size_t workers = 1; workers < 6; workers++) {
            size_t at = 0;
            for (size_t w = 0; w < workers; w++) {
                size_t from, to;
                tern_share(items, 64, w, workers, &from, &to);
                cr_assert(eq(sz, from, at));
                cr_assert(to == items || to % 64 == 0);
                at = to;
            }
            cr_assert(eq(sz, at, items));
        }
    }
}

static void mark(void *ctx, size_t worker, size_t workers) {
    _Atomic int *seen = ctx;
    atomic_fetch_add(&seen[worker], (int)workers);
}

Test(pool, only_the_workers_in_use_take_part) {
    struct tern_pool *p;
    _Atomic int seen[4] = {0};
    cr_assert(eq(int, tern_pool_new(4, NULL, &p, NULL), TERN_OK));
    for (int i = 0; i < 500; i++) {
        for (size_t used = 1; used <= 4; used++) {
            tern_pool_use(p, used);
            tern_pool_run(p, mark, (void *)seen);
        }
    }
    cr_assert(eq(int, seen[0], 500 * (1 + 2 + 3 + 4)));
    cr_assert(eq(int, seen[1], 500 * (2 + 3 + 4)));
    cr_assert(eq(int, seen[2], 500 * (3 + 4)));
    cr_assert(eq(int, seen[3], 500 * 4));
    tern_pool_free(p);
}

Test(pool, counts_its_barriers) {
    for (size_t workers = 1; workers <= 3; workers++) {
        struct count c = {0};
        cr_assert(eq(int, tern_pool_new(workers, NULL, &c.pool, NULL), TERN_OK));
        const uint32_t before = tern_pool_barriers(c.pool);
        tern_pool_run(c.pool, add_then_read, &c);
        cr_assert(eq(u32, tern_pool_barriers(c.pool) - before, 401)); /* the end of the run is one */
        tern_pool_free(c.pool);
    }
}
