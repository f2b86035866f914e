/* The proxy for shared runners: instructions of one call instead of its time. The same on every run, blind
 * for memory, caches, frequency and for instructions that are slow: a proxy, and always called so.
 *
 * The program counted is `tern gate --count-calls N ...`, which makes everything ready, raises SIGUSR2 when
 * TERN_GATE_MARK is set, makes N calls, and raises it again. Counted by, in this order: the hardware's
 * counter of user-mode instructions; callgrind, which collects inside tern_trial_run only, when the variant's
 * instructions are among those that valgrind knows; single steps from the first mark to the second. */
#ifndef TERN_REPORTS_GATE_COUNT_H
#define TERN_REPORTS_GATE_COUNT_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum tern_count_method { TERN_COUNT_AUTO, TERN_COUNT_COUNTER, TERN_COUNT_VALGRIND, TERN_COUNT_STEP };
/* "auto", "counter", "valgrind", "step". */
enum tern_status tern_count_method_named(const char *name, enum tern_count_method *out, struct tern_error *e);
/* "hardware counter", "valgrind", "single steps". */
const char *tern_count_method_text(enum tern_count_method m);

struct tern_count_job {
    const char *program;
    const char *variant, *problem; /* problem: MxKxN */
    const char *params;            /* "prefetch=0 panels=2"; NULL: the variant's initial values */
    const char *isa;               /* level of the variant, "avx2": valgrind knows none above that */
    uint64_t calls;
    uint64_t steps_max; /* of single steps; they take microseconds each */
};
/* Whether the method can work here for this variant; `why` when not. */
int tern_count_possible(enum tern_count_method m, const char *isa, char *why, size_t why_bytes);
/* Instructions of one call. TERN_UNSUPPORTED when this method cannot count here. */
enum tern_status tern_count_instructions(const struct tern_count_job *job, enum tern_count_method m,
                                         double *out, struct tern_error *e);

#endif
