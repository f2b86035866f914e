/* What everything that measures is given: work that can be repeated. */
#ifndef TERN_MEASURE_WORK_H
#define TERN_MEASURE_WORK_H

#include <stdint.h>

/* Does the work `calls` times back to back. Whoever implements it consumes the result, so that the compiler
 * cannot leave the work out. */
typedef void (*tern_work_fn)(void *ctx, uint64_t calls);

#endif
