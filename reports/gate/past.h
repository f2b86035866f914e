/* The gate against the past: this machine now against its own earlier runs of the same cases. What it finds is a change of
 * anything: a kernel, a library, the BIOS, the cooling. */
#ifndef TERN_REPORTS_GATE_PAST_H
#define TERN_REPORTS_GATE_PAST_H

#include "reports/gate/gate.h"

enum { TERN_GATE_PAST_LEAST = 5 }; /* earlier runs */

/* The median over all processes of both sides of a live run, which are the same build here; n == 0 where it gave none. */
struct tern_estimate tern_gate_now(const struct tern_gate_row *r);

/* Judges a row by earlier runs' values (ns) and those of now and, when it was measured again, of then (NaN: not measured
 * again). Slower means: by more than the threshold against the median of the earlier ones, slower than each of them, and so
 * when it was measured again. Where nothing changed, the first two happen by luck in at most one of n + 1 runs.
 * `suspected` is set when a value that may be a regression was not measured again yet. */
void tern_gate_judge_past(struct tern_gate_row *r, const double *before, size_t runs, double now,
                          double again, double threshold);

#endif
