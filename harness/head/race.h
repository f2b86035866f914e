/* Which of two heads with equal logits answers a token faster here: the rows alone, or a scan before them
 * (docs/exact-head.md). Private to harness/. */
#ifndef TERN_HARNESS_HEAD_RACE_H
#define TERN_HARNESS_HEAD_RACE_H

#include "harness/head/head.h"

/* Below this many bytes of rows nothing is raced: they may stay in a cache, and a token's time is elsewhere. */
#define TERN_HEAD_RACE_LEAST ((size_t)32 << 20)

/* The scans that are tried, the usual one first. */
enum { TERN_HEAD_SCANS = 3 };
extern const struct tern_exact_options tern_head_scans[TERN_HEAD_SCANS];

/* Times the rows and each scan over a sample of some 64 MB of rows, whose values do not matter, with the first
 * `workers` of the pool. `share[i]` gets the time of scan i over the time of the rows, the median of a few
 * rounds. Takes about a tenth of a second. The head needs no memory yet. */
enum tern_status tern_head_race(const struct head *h, struct tern_pool *pool, size_t workers,
                                double share[TERN_HEAD_SCANS], struct tern_error *e);

/* The scan to use when it is clearly faster than the rows alone, else -1: the usual one, or a faster one. A scan has more to do than what is
 * timed: the workers meet once more, and some rows are computed after it. */
int tern_head_winner(const double share[TERN_HEAD_SCANS]);

#endif
