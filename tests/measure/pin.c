#define _GNU_SOURCE
#include "measure/machine/pin.h"
#include "measure/machine/machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sched.h>
#include <string.h>

static int seen[TERN_MAX_CPUS];

static void look(void *ctx, size_t w, size_t workers) {
    (void)ctx, (void)workers;
    seen[w] = sched_getcpu();
}

Test(pin, puts_every_worker_where_it_should_be) {
    const struct tern_machine *m;
    struct tern_pool *pool;
    struct tern_error e = {0};
    cr_assert(tern_machine_get(&m, &e) == TERN_OK, "%s", e.text);
    cr_assert(tern_pool_new(m->cpus, NULL, &pool, &e) == TERN_OK, "%s", e.text);
    cr_assert(tern_pin_team(pool, m->cpu, &e) == TERN_OK, "%s", e.text);
    for (int turn = 0; turn < 20; turn++) {
        tern_pool_run(pool, look, NULL);
        for (size_t i = 0; i < m->cpus; i++) cr_assert(eq(int, seen[i], m->cpu[i]));
    }
    tern_pool_free(pool);
}

Test(pin, refuses_a_processor_that_is_not_there) {
    struct tern_pool *pool;
    struct tern_error e = {0};
    const int cpu = 1000;
    cr_assert(tern_pool_new(1, NULL, &pool, &e) == TERN_OK);
    cr_assert(eq(int, tern_pin_team(pool, &cpu, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "pin: worker 0: processor 1000") != NULL, "%s", e.text);
    tern_pool_free(pool);
}
