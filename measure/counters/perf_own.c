/* Generic events by the numbers that a PMU of ARM itself has for them. Sources: the Arm architecture's common events; Linux
 * drivers/perf/apple_m1_cpu_pmu.c. */
#include "measure/counters/backend.h"

#include <linux/perf_event.h>
#include <string.h>

#define NONE (-1)
#define LOAD(which, result)                                                                                  \
    (PERF_COUNT_HW_CACHE_##which | PERF_COUNT_HW_CACHE_OP_READ << 8 |                                        \
     PERF_COUNT_HW_CACHE_RESULT_##result << 16)

static const struct {
    unsigned type;
    uint64_t config;
    int arm, apple; /* the architecture's number, and Apple's */
} events[] = {
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 0x11, 0x02},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0x08, 0x8c},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES, 0x04, NONE},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, 0x03, NONE},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 0x21, NONE},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES, 0x10, NONE},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, 0x23, NONE},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_BACKEND, 0x24, NONE},
    {PERF_TYPE_HW_CACHE, LOAD(L1D, ACCESS), 0x04, NONE},
    {PERF_TYPE_HW_CACHE, LOAD(L1D, MISS), 0x03, NONE},
    {PERF_TYPE_HW_CACHE, LOAD(LL, ACCESS), 0x36, NONE},
    {PERF_TYPE_HW_CACHE, LOAD(LL, MISS), 0x37, NONE},
    {PERF_TYPE_HW_CACHE, LOAD(DTLB, ACCESS), 0x25, NONE},
    {PERF_TYPE_HW_CACHE, LOAD(DTLB, MISS), 0x05, NONE},
};

int tern_perf_own_event(const struct tern_core_pmu *pmu, struct tern_perf_event *ev) {
    const int arm = !strncmp(pmu->name, "arm", 3), apple = !strncmp(pmu->name, "apple_", 6);
    for (size_t i = 0; i < sizeof events / sizeof *events && (arm || apple); i++) {
        if (events[i].type != ev->type || events[i].config != ev->config) continue;
        const int number = arm ? events[i].arm : events[i].apple;
        if (number == NONE) return 0;
        ev->type = pmu->type;
        ev->config = (uint64_t)number;
        return 1;
    }
    return 0;
}
