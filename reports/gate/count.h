/* The proxy for shared runners: the number of instructions of one call instead of its time. It is the same
 * on every run. It does not see memory, caches, frequency or slow instructions, so it is always called a
 * proxy.
 *
 * The program that is counted is `tern gate --count-calls N ...`. It makes everything ready, raises SIGUSR2
 * when TERN_GATE_MARK is set, makes N calls, and raises SIGUSR2 again. The methods are tried in this order:
 * 1. the hardware's counter of user-mode instructions;
 * 2. callgrind, which collects inside tern_trial_run only, when valgrind knows the variant's instructions;
 * 3. single steps from the first mark to the second. */
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
    const char *isa;               /* level of the variant; "avx2" is the highest that valgrind knows */
    uint64_t calls;
    uint64_t steps_max; /* of single steps, which take microseconds each */
};
/* 1 when the method can work here for this variant; otherwise `why` says why not. */
int tern_count_possible(enum tern_count_method m, const char *isa, char *why, size_t why_bytes);
/* Instructions of one call. TERN_UNSUPPORTED when this method cannot count here. */
enum tern_status tern_count_instructions(const struct tern_count_job *job, enum tern_count_method m,
                                         double *out, struct tern_error *e);

#endif
