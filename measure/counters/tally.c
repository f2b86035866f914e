#include "measure/counters/tally.h"

#include <stdatomic.h>
#include <string.h>

static _Atomic uint64_t total[TERN_TALLY_KINDS];

void tern_tally_add(uint64_t calls, uint64_t weights, uint64_t bytes, uint64_t macs) {
    const uint64_t each[TERN_TALLY_KINDS] = {1, weights, bytes, macs};
    for (int i = 0; i < TERN_TALLY_KINDS; i++)
        atomic_fetch_add_explicit(&total[i], calls * each[i], memory_order_relaxed);
}

uint64_t tern_tally(enum tern_tally_kind kind) {
    return atomic_load_explicit(&total[kind], memory_order_relaxed);
}

static const struct {
    const char *name, *about;
} text[TERN_TALLY_KINDS] = {{"kernel_calls", "matrix products, each over all threads"},
                            {"weights_read", "weights of all products"},
                            {"weight_bytes", "bytes of packed weights of all products"},
                            {"macs", "multiply-adds of all products"}};

const char *tern_tally_name(enum tern_tally_kind kind) {
    return (unsigned)kind < TERN_TALLY_KINDS ? text[kind].name : "?";
}

int tern_tally_is_event(const char *name) {
    return !strncmp(name, "sde:::", 6);
}

const char *tern_tally_about(enum tern_tally_kind kind) {
    return (unsigned)kind < TERN_TALLY_KINDS ? text[kind].about : "?";
}
