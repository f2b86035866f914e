#define _GNU_SOURCE
#include "measure/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { BATCHES = 101, READINGS_PER_BATCH = 64 };

uint64_t tern_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static struct tern_clock_facts facts = {.name = "CLOCK_MONOTONIC_RAW"};
static pthread_once_t facts_once = PTHREAD_ONCE_INIT;

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure_facts(void) {
    double cost[BATCHES];
    uint64_t smallest = 0;
    for (int b = 0; b < BATCHES; b++) {
        uint64_t first = tern_now_ns(), last = first;
        for (int i = 0; i < READINGS_PER_BATCH; i++) {
            uint64_t now = tern_now_ns(), step = now - last;
            if (step && (!smallest || step < smallest)) smallest = step;
            last = now;
        }
        cost[b] = (double)(last - first) / READINGS_PER_BATCH;
    }
    /* A clock too coarse to have ticked during all of that: wait for one tick. */
    for (uint64_t from = tern_now_ns(); !smallest;) smallest = tern_now_ns() - from;
    qsort(cost, BATCHES, sizeof *cost, ascending);
    facts.overhead_ns = cost[BATCHES / 2];
    facts.resolution_ns = (double)smallest;
}

const struct tern_clock_facts *tern_clock_facts(void) {
    pthread_once(&facts_once, measure_facts);
    return &facts;
}

void tern_utc_text(char *out, unsigned long out_bytes) {
    time_t now = time(NULL);
    struct tm tm;
    if (!out_bytes) return;
    if (!gmtime_r(&now, &tm) || !strftime(out, out_bytes, "%Y-%m-%dT%H:%M:%SZ", &tm)) out[0] = 0;
}
