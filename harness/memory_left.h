/* How much memory this process can still take without swapping. */
#ifndef TERN_HARNESS_MEMORY_LEFT_H
#define TERN_HARNESS_MEMORY_LEFT_H

#include <stddef.h>

/* MemAvailable of $TERN_SYSFS/proc/meminfo, in bytes; 0 when it cannot be read. */
size_t tern_memory_left(void);

#endif
