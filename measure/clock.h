/* Monotonic time with measured overhead and resolution. */
#ifndef TERN_MEASURE_CLOCK_H
#define TERN_MEASURE_CLOCK_H

#include <stdint.h>

/* Nanoseconds of CLOCK_MONOTONIC_RAW. */
uint64_t tern_now_ns(void);

struct tern_clock_facts {
    const char *name;     /* "CLOCK_MONOTONIC_RAW" */
    double overhead_ns;   /* median cost of one reading */
    double resolution_ns; /* smallest non-zero difference seen */
};
/* Measured once per process, about a millisecond. */
const struct tern_clock_facts *tern_clock_facts(void);

/* "2026-01-02T03:04:05Z" of now; out_bytes >= 21. */
void tern_utc_text(char *out, unsigned long out_bytes);

#endif
