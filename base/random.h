/* A small seeded generator (splitmix64) for test inputs, synthetic weights and shuffles; not for secrets.
 * Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
#ifndef TERN_BASE_RANDOM_H
#define TERN_BASE_RANDOM_H

#include <stdint.h>

struct tern_random {
    uint64_t state;
};

static inline uint64_t tern_random_next(struct tern_random *r) {
    uint64_t z = (r->state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

/* Uniform in [0, n), n > 0 and below 2^32. */
static inline uint32_t tern_random_below(struct tern_random *r, uint32_t n) {
    return (uint32_t)((tern_random_next(r) >> 32) * n >> 32);
}

/* Uniform in [0, 1). */
static inline double tern_random_unit(struct tern_random *r) {
    return (double)(tern_random_next(r) >> 11) * 0x1p-53;
}

#endif
