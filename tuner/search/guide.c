#include "tuner/search/guide.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define CACHE_LINE 64
#define NEAR_READ  0.80 /* of the read ceiling and above: memory */
#define FAR_READ   0.60 /* below it memory is not what is waited for */
#define NO_READ    0.10
#define NEAR_INT8  0.50 /* of the multiply-add peak; unpacking takes the other half of the slots */
#define FEW_IPC    1.0
#define MANY_IPC   2.0 /* a core of three instructions and more does not wait then */
#define NEAR_PEAK                                                                                            \
    0.75 /* of the instructions per cycle of a loop that never waits: a narrow core does not wait either */

const struct tern_guide_counts tern_guide_nothing = {NAN, NAN, NAN};

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

double tern_guide_missed(double llc_misses, double ns, double read_gbps) {
    return llc_misses * CACHE_LINE / ns / read_gbps;
}

/* The share of the read bandwidth that a candidate uses; NaN: not known. */
static double traffic(const struct tern_guide_facts *f) {
    return isfinite(f->missed) ? f->missed : f->hot ? 0 : f->of_read;
}

/* So many instructions a cycle show a core that is not waiting. A loop that does less than one a cycle, as where a
 * multiplication takes two, is no measure. */
static double busy_ipc(const struct tern_guide_facts *f) {
    return isfinite(f->peak_ipc) ? fmin(MANY_IPC, NEAR_PEAK * fmax(FEW_IPC, f->peak_ipc)) : MANY_IPC;
}

static enum tern_bound by_counters(const struct tern_guide_facts *f, const char **why) {
    const double used = traffic(f);
    const int busy = f->ipc >= busy_ipc(f), counted = isfinite(f->missed);
    if (used >= FAR_READ && !busy) {
        *why = counted
                   ? "counters: cache misses alone fill most of the read bandwidth"
                   : "counters: few instructions a cycle, and its weights fill most of the read bandwidth";
        return TERN_BOUND_MEMORY;
    }
    if (used < FAR_READ && busy) {
        *why = counted
                   ? "counters: many instructions a cycle, few cache misses"
                   : "counters: many instructions a cycle, and its weights fill little of the read bandwidth";
        return TERN_BOUND_COMPUTE;
    }
    if (used < NO_READ && f->ipc > FEW_IPC) {
        *why = counted ? "counters: next to no cache misses" : "counters: next to nothing comes from memory";
        return TERN_BOUND_COMPUTE;
    }
    *why = counted ? "counters: neither misses nor instructions stand out"
                   : "counters: neither bytes nor instructions stand out";
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

struct tern_guide_counts tern_guide_take(const struct tern_counter_group *g,
                                         const struct tern_counted *counted) {
    struct tern_guide_counts out = tern_guide_nothing;
    for (size_t k = 0; k < g->events; k++) {
        const char *name = g->event[k].name;
        double *to = !strcmp(name, "cycles")         ? &out.cycles
                     : !strcmp(name, "instructions") ? &out.instructions
                     : !strcmp(name, "l3_misses")    ? &out.llc_misses
                                                     : NULL;
        if (to) *to = counted->event[k].value;
    }
    return out;
}

enum tern_bound tern_bound_of(const struct tern_guide_facts *f, const char **why) {
    const char *unused;
    if (!why) why = &unused;
    if (isfinite(f->ipc) && isfinite(traffic(f))) return by_counters(f, why);
    if (isfinite(f->of_read) || isfinite(f->of_int8)) return by_ceilings(f, why);
    *why = "neither counters nor ceilings are known";
    return TERN_BOUND_UNKNOWN;
}

int tern_guide_skips(enum tern_bound b, enum tern_bears p) {
    return (b == TERN_BOUND_MEMORY && p == TERN_BEARS_COMPUTE) ||
           (b == TERN_BOUND_COMPUTE && p == TERN_BEARS_MEMORY);
}
