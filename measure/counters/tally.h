/* The tally: what tern itself has computed in this process, counted where it is done.
 *
 * Unlike a processor's counters these are exact and always there. With libsde they are also software-defined
 * events, which any PAPI program can read under the names "sde:::tern::kernel_calls" and so on. */
#ifndef TERN_MEASURE_COUNTERS_TALLY_H
#define TERN_MEASURE_COUNTERS_TALLY_H

#include <stddef.h>
#include <stdint.h>

enum tern_tally_kind {
    TERN_TALLY_CALLS,   /* "kernel_calls": matrix products, each over all threads */
    TERN_TALLY_WEIGHTS, /* "weights_read": weights (trits) of those */
    TERN_TALLY_BYTES,   /* "weight_bytes": bytes of packed weights of those */
    TERN_TALLY_MACS,    /* "macs": multiply-adds of those */
    TERN_TALLY_KINDS
};

/* Adds `calls` products of `weights` weights in `bytes` bytes with `macs` multiply-adds each. Safe from any
 * thread; a few nanoseconds. */
void tern_tally_add(uint64_t calls, uint64_t weights, uint64_t bytes, uint64_t macs);
/* Since the process began. */
uint64_t tern_tally(enum tern_tally_kind kind);
/* "kernel_calls", "weights_read", "weight_bytes", "macs" */
const char *tern_tally_name(enum tern_tally_kind kind);
const char *tern_tally_about(enum tern_tally_kind kind);
/* 1 for the name of such an event ("sde:::..."). It counts the whole process: only one thread may open it. */
int tern_tally_is_event(const char *name);

#endif
