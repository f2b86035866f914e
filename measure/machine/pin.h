/* Pinning that is checked: threads are bound to processors and their memory to the nearest node, through
 * hwloc or, without it, the system call. Then each thread is asked where it runs. */
#ifndef TERN_MEASURE_MACHINE_PIN_H
#define TERN_MEASURE_MACHINE_PIN_H

#include "base/pool.h"
#include "base/status.h"

/* Binds worker i of the pool to cpus[i], its future pages to the memory node of that processor, and checks
 * that it runs there. TERN_UNSUPPORTED when the system refuses, or a worker is found elsewhere, as under a
 * cpuset that has changed: "pin: worker 1: runs on processor 0 instead of 3". */
enum tern_status tern_pin_team(struct tern_pool *pool, const int *cpus, struct tern_error *e);

/* "hwloc 2.9.0" or "sched_setaffinity": what tern_pin_team uses. */
const char *tern_pin_method(void);

#endif
