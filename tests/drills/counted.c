/* Counts a loop of two instructions a turn and prints what an event makes of one more turn. On a processor, or an emulator,
 * that counts exactly, instructions come to 2 to the last digit: everything but the turns is the same in both runs.
 * Usage: drill-counted EVENT [...], events as in measure/counters/counters.h. An event that cannot be counted has its reason
 * instead of a number. */
#include "measure/counters/counters.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#define TURNS UINT64_C(1000000)

static void loop(uint64_t turns) {
#if defined(__aarch64__)
    __asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(turns)::"cc");
#elif defined(__x86_64__)
    __asm__ volatile("1: subq $1, %0\n\tjnz 1b" : "+r"(turns)::"cc");
#else
#error "a loop of two instructions is not known for this architecture"
#endif
}

static enum tern_status count(struct tern_counters *c, uint64_t turns, int64_t *value, struct tern_error *e) {
    const enum tern_status s = tern_counters_start(c, e);
    if (s) return s;
    loop(turns);
    return tern_counters_stop(c, value, e);
}

static int show(const char *name) {
    struct tern_counters *c;
    struct tern_error e = {""};
    int64_t first = 0, second = 0;
    enum tern_status s = tern_counters_open(&name, 1, &c, &e);
    if (!s) s = count(c, TURNS, &first, &e);
    if (!s) s = count(c, 3 * TURNS, &second, &e);
    if (s)
        printf("%s: %s\n", name, e.text);
    else
        printf("%s = %.6f a turn (%" PRId64 ", %" PRId64 ")\n", name,
               (double)(second - first) / (double)(2 * TURNS), first, second);
    tern_counters_close(c);
    return s == TERN_OK;
}

int main(int argc, char **argv) {
    int counted = 0;
    for (int i = 1; i < argc; i++) counted += show(argv[i]);
    return counted ? 0 : 1;
}
