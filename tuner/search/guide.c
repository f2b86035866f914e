#include "tuner/search/guide.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define CACHE_LINE 64
#define NEAR_READ  0.80 /* of the read ceiling and above: memory */
#define FAR_READ   0.60 /* below it memory is not what is waited for */
#define NEAR_INT8  0.50 /* of the multiply-add peak; unpacking takes the other half of the slots */
#define FEW_IPC    1.0
#define MANY_IPC   2.0

const char *tern_bound_name(enum tern_bound b) {
    static const char *const names[] = {"unknown", "memory", "compute"};
    return (unsigned)b < sizeof names / sizeof *names ? names[b] : "unknown";
}

enum tern_bears tern_param_bears(const char *name) {
    /* Streams (rows, panels) and blocks decide about both. */
    if (!strcmp(name, "prefetch")) return TERN_BEARS_MEMORY;
    if (!strcmp(name, "unroll") || !strcmp(name, "flush")) return TERN_BEARS_COMPUTE;
    return TERN_BEARS_BOTH;
}

static enum tern_bound by_counters(const struct tern_guide_facts *f, const char **why) {
    const double ipc = f->instructions / f->cycles;
    const double missed = f->llc_misses * CACHE_LINE / f->ns / f->read_gbps;
    if (missed >= FAR_READ && ipc <= MANY_IPC) {
        *why = "counters: cache misses alone fill most of the read bandwidth";
        return TERN_BOUND_MEMORY;
    }
    if (missed < FAR_READ && ipc >= MANY_IPC) {
        *why = "counters: two instructions a cycle or more, few cache misses";
        return TERN_BOUND_COMPUTE;
    }
    if (missed < 0.1 && ipc > FEW_IPC) {
        *why = "counters: next to no cache misses";
        return TERN_BOUND_COMPUTE;
    }
    *why = "counters: neither misses nor instructions stand out";
    return TERN_BOUND_UNKNOWN;
}

static enum tern_bound by_ceilings(const struct tern_guide_facts *f, const char **why) {
    if (f->of_read >= NEAR_READ && !(f->of_int8 > f->of_read)) {
        *why = "ceilings: near the read bandwidth";
        return TERN_BOUND_MEMORY;
    }
    if (f->of_int8 >= NEAR_INT8 && !(f->of_read >= FAR_READ)) {
        *why = "ceilings: near the multiply-add peak, far from the read bandwidth";
        return TERN_BOUND_COMPUTE;
    }
    *why = "ceilings: near neither";
    return TERN_BOUND_UNKNOWN;
}

void tern_guide_take(struct tern_guide_facts *f, const struct tern_counter_group *g,
                     const struct tern_counted *counted) {
    const struct {
        const char *name;
        double *to;
    } wanted[] = {{"cycles", &f->cycles}, {"instructions", &f->instructions}, {"l3_misses", &f->llc_misses}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        *wanted[i].to = NAN;
        for (size_t k = 0; k < g->events; k++)
            if (!strcmp(g->event[k].name, wanted[i].name)) *wanted[i].to = counted->event[k].value;
    }
}

enum tern_bound tern_bound_of(const struct tern_guide_facts *f, const char **why) {
    const char *unused;
    if (!why) why = &unused;
    if (isfinite(f->cycles) && isfinite(f->instructions) && isfinite(f->llc_misses) && f->cycles > 0 &&
        f->ns > 0 && f->read_gbps > 0)
        return by_counters(f, why);
    if (isfinite(f->of_read) || isfinite(f->of_int8)) return by_ceilings(f, why);
    *why = "neither counters nor ceilings are known";
    return TERN_BOUND_UNKNOWN;
}

int tern_guide_skips(enum tern_bound b, enum tern_bears p) {
    return (b == TERN_BOUND_MEMORY && p == TERN_BEARS_COMPUTE) ||
           (b == TERN_BOUND_COMPUTE && p == TERN_BEARS_MEMORY);
}
