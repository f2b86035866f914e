#define _GNU_SOURCE
#include "base/pool.h"

#include "base/isa/relax.h"
#include "base/memory.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SPINS 4000 /* of tern_relax(), about 40 us: longer than any wait inside one layer of a model */

struct worker {
    struct tern_pool *pool;
    pthread_t thread;
    size_t index;
    int cpu; /* -1: not pinned */
};

#define USED_BITS 12 /* of the job word: the workers in use less one; tern_pool_new allows no more */

struct tern_pool {
    size_t workers, used;
    struct worker *team;
    tern_pool_fn fn;
    void *ctx;
    cpu_set_t former;
    int pinned;
    _Alignas(64) _Atomic uint32_t job;  /* number of the run, and who takes part; the sleepers' futex word */
    _Alignas(64) _Atomic uint32_t left; /* workers that have not reached the barrier yet */
    _Alignas(64) _Atomic uint32_t turn; /* barrier generation */
    _Atomic int quit;
};

static void wait_while(_Atomic uint32_t *word, uint32_t old) {
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(word, memory_order_acquire) != old) return;
        tern_relax();
    }
    while (atomic_load_explicit(word, memory_order_acquire) == old)
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, old, NULL, NULL, 0);
}

static void wake_all(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

void tern_pool_barrier(struct tern_pool *p) {
    const uint32_t turn = atomic_load_explicit(&p->turn, memory_order_relaxed);
    if (p->used == 1) {
        atomic_store_explicit(&p->turn, turn + 1, memory_order_relaxed);
        return;
    }
    if (atomic_fetch_sub_explicit(&p->left, 1, memory_order_acq_rel) == 1) {
        atomic_store_explicit(&p->left, (uint32_t)p->used, memory_order_relaxed);
        atomic_store_explicit(&p->turn, turn + 1, memory_order_release);
        wake_all(&p->turn);
    } else {
        wait_while(&p->turn, turn);
    }
}

static int pin(pthread_t t, int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    return pthread_setaffinity_np(t, sizeof set, &set);
}

static void *work(void *arg) {
    struct worker *w = arg;
    struct tern_pool *p = w->pool;
    uint32_t seen = 0;
    for (;;) {
        wait_while(&p->job, seen);
        seen = atomic_load_explicit(&p->job, memory_order_acquire);
        if (atomic_load(&p->quit)) return NULL;
        const size_t used = (seen & ((1u << USED_BITS) - 1)) + 1;
        if (w->index >= used) continue; /* the next run may have begun: touch nothing */
        p->fn(p->ctx, w->index, used);
        tern_pool_barrier(p);
    }
}

enum tern_status tern_pool_new(size_t workers, const int *cpus, struct tern_pool **out,
                               struct tern_error *e) {
    *out = NULL;
    if (workers == 0 || workers > 4096)
        return tern_fail(e, TERN_BAD_INPUT, "threads: %zu: must be between 1 and 4096", workers);
    struct tern_pool *p = tern_alloc(sizeof *p);
    struct worker *team = tern_alloc(workers * sizeof *team);
    if (!p || !team) {
        tern_free(p);
        tern_free(team);
        return tern_fail(e, TERN_NO_MEMORY, "threads: %zu: out of memory", workers);
    }
    p->team = team;
    p->workers = 1;
    p->used = workers;
    atomic_store(&p->left, (uint32_t)workers);
    if (cpus && pthread_getaffinity_np(pthread_self(), sizeof p->former, &p->former) == 0) {
        p->pinned = 1;
        int rc = pin(pthread_self(), cpus[0]);
        if (rc) {
            tern_pool_free(p);
            return tern_fail(e, TERN_UNSUPPORTED, "threads: cannot pin to CPU %d: %s", cpus[0], strerror(rc));
        }
    }
    for (size_t i = 1; i < workers; i++) {
        team[i] = (struct worker){.pool = p, .index = i, .cpu = cpus ? cpus[i] : -1};
        int rc = pthread_create(&team[i].thread, NULL, work, &team[i]);
        if (rc) {
            tern_pool_free(p);
            return tern_fail(e, TERN_NO_MEMORY, "threads: cannot start thread %zu: %s", i, strerror(rc));
        }
        p->workers = i + 1;
        rc = cpus ? pin(team[i].thread, cpus[i]) : 0;
        if (rc) {
            tern_pool_free(p);
            return tern_fail(e, TERN_UNSUPPORTED, "threads: cannot pin to CPU %d: %s", cpus[i], strerror(rc));
        }
    }
    *out = p;
    return TERN_OK;
}

void tern_pool_free(struct tern_pool *p) {
    if (!p) return;
    atomic_store(&p->quit, 1);
    atomic_fetch_add(&p->job, 1u << USED_BITS);
    wake_all(&p->job);
    for (size_t i = 1; i < p->workers; i++) pthread_join(p->team[i].thread, NULL);
    if (p->pinned) pthread_setaffinity_np(pthread_self(), sizeof p->former, &p->former);
    tern_free(p->team);
    tern_free(p);
}

size_t tern_pool_workers(const struct tern_pool *p) {
    return p->workers;
}

void tern_pool_use(struct tern_pool *p, size_t workers) {
    p->used = tern_max(tern_min(workers, p->workers), 1);
    atomic_store(&p->left, (uint32_t)p->used);
}

uint32_t tern_pool_barriers(const struct tern_pool *p) {
    return atomic_load_explicit(&p->turn, memory_order_relaxed);
}

void tern_pool_run(struct tern_pool *p, tern_pool_fn fn, void *ctx) {
    if (p->used > 1) {
        p->fn = fn;
        p->ctx = ctx;
        const uint32_t run = atomic_load_explicit(&p->job, memory_order_relaxed) >> USED_BITS;
        atomic_store_explicit(&p->job, (run + 1) << USED_BITS | (uint32_t)(p->used - 1),
                              memory_order_release);
        wake_all(&p->job);
    }
    fn(ctx, 0, p->used);
    tern_pool_barrier(p);
}

void tern_share(size_t items, size_t step, size_t w, size_t workers, size_t *from, size_t *to) {
    const size_t blocks = (items + step - 1) / step;
    *from = tern_min(blocks * w / workers * step, items);
    *to = tern_min(blocks * (w + 1) / workers * step, items);
}
