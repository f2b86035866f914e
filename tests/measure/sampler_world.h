/* A clock that obeys: work advances it by exactly what the test says. */
#ifndef TERN_TESTS_MEASURE_SAMPLER_WORLD_H
#define TERN_TESTS_MEASURE_SAMPLER_WORLD_H

#include "measure/sampling/internal.h"

enum { READING_NS = 20 };

struct world {
    double ns;    /* the time of now */
    double drift; /* added to the speed of everything, per second */
    size_t visits;
    char trace[4096];
};

struct job {
    struct world *world;
    double ns_per_call;
    char name;
    uint64_t calls_last, calls_all;
    int *stop;
    size_t stop_after; /* visits of the world */
};

static inline uint64_t world_now(void *ctx) {
    struct world *w = ctx;
    w->ns += READING_NS;
    return (uint64_t)w->ns;
}

static inline void work(void *ctx, uint64_t calls) {
    struct job *j = ctx;
    struct world *w = j->world;
    w->ns += j->ns_per_call * (double)calls * (1 + w->drift * w->ns * 1e-9);
    j->calls_last = calls;
    j->calls_all += calls;
    if (w->visits + 1 < sizeof w->trace) w->trace[w->visits] = j->name;
    w->visits++;
    if (j->stop && w->visits >= j->stop_after) *j->stop = 1;
}

#endif
