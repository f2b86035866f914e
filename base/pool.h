/* A fixed team of pinned threads and a barrier that spins briefly and then sleeps.
 *
 * One call runs one function on every worker (single program, multiple data); inside it the workers meet at
 * `tern_pool_barrier`. Worker 0 is the calling thread. Spinning makes a wake-up cost about a microsecond while a
 * token is being computed; sleeping keeps an idle program at 0 % CPU. */
#ifndef TERN_BASE_POOL_H
#define TERN_BASE_POOL_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct tern_pool;

typedef void (*tern_pool_fn)(void *ctx, size_t worker, size_t workers);

/* `workers` >= 1 threads; `cpus` (may be NULL: no pinning) gives the processor number of each worker, and pins the
 * calling thread to cpus[0] as well. The pool is owned by the caller; it is not safe to call from two threads. */
enum tern_status tern_pool_new(size_t workers, const int *cpus, struct tern_pool **out, struct tern_error *e);
/* Ends the threads and gives the calling thread its former affinity back. NULL is allowed. */
void tern_pool_free(struct tern_pool *p);

size_t tern_pool_workers(const struct tern_pool *p);
/* How many of them, the first ones, take part in the runs that follow; at first all. Not inside a run. */
void tern_pool_use(struct tern_pool *p, size_t workers);

/* Runs fn(ctx, 0..workers-1, workers) on the workers in use and returns when all have returned, which is a barrier
 * too. */
void tern_pool_run(struct tern_pool *p, tern_pool_fn fn, void *ctx);

/* Only inside tern_pool_run: returns when every worker in use has called it. */
void tern_pool_barrier(struct tern_pool *p);
/* Barriers met since the pool was made, modulo 2^32; the ends of runs are among them. */
uint32_t tern_pool_barriers(const struct tern_pool *p);

/* The contiguous share [*from, *to) of worker `w` of `n` items, cut at multiples of `step`. */
void tern_share(size_t items, size_t step, size_t w, size_t workers, size_t *from, size_t *to);

#endif
