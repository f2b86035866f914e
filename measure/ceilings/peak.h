/* The loops behind the ceilings. Internal to measure/.
 *
 * Every loop returns a number that its own arithmetic produced and that a test can predict: a reading returns the sum of
 * the 64-bit words (modulo 2^64, times `calls`), a multiply-add loop returns the multiply-adds it has done (modulo 2^32, or
 * 2^16 for maddubs), because all its factors are 1. So a loop that was shortened or deleted is found out. */
#ifndef TERN_MEASURE_CEILINGS_PEAK_H
#define TERN_MEASURE_CEILINGS_PEAK_H

#include "measure/ceilings/ceilings.h"

/* One step of each of eight or twelve independent sums named s0 to s7 or s11: enough to hide the latency of a step. */
#define TERN_FOUR(STEP, a, b, c, d)                                                                          \
    STEP(a);                                                                                                 \
    STEP(b);                                                                                                 \
    STEP(c);                                                                                                 \
    STEP(d)
#define TERN_EIGHT(STEP)                                                                                     \
    TERN_FOUR(STEP, s0, s1, s2, s3);                                                                         \
    TERN_FOUR(STEP, s4, s5, s6, s7)
#define TERN_TWELVE(STEP)                                                                                    \
    TERN_EIGHT(STEP);                                                                                        \
    TERN_FOUR(STEP, s8, s9, s10, s11)

/* Reads `bytes` (a multiple of 64, 64-byte aligned) `calls` times. */
typedef uint64_t tern_peak_read_fn(const void *data, size_t bytes, uint64_t calls);
typedef uint64_t tern_peak_maths_fn(uint64_t rounds);

/* One loop: a reading in two ways, with `far` asking for the data ahead in software, or multiply-adds. */
struct tern_peak {
    enum tern_ceiling_kind kind;
    uint32_t needs; /* TERN_NEEDS_ of its level */
    const char *name;
    tern_peak_read_fn *near, *far;
    tern_peak_maths_fn *maths;
    unsigned macs; /* multiply-adds in a round */
};

/* The loops of this architecture, the widest of each kind first. measure/ceilings/<architecture>/peaks.c defines them;
 * none.c does for an architecture that has none. */
extern const struct tern_peak *const tern_arch_peaks;
extern const size_t tern_arch_peaks_count;

/* The loops in plain C, which come after them. */
extern const struct tern_peak tern_scalar_peaks[];
extern const size_t tern_scalar_peaks_count;

/* All of them in turn; NULL behind the last. */
const struct tern_peak *tern_peak_at(size_t i);

#endif
