/* Synthetic weights: seeded random trits and dense rows, made on demand, the same on every machine.
 *
 * Each row has a random stream of its own, so threads may make any rows in any order. A trit takes 16
 * random bits: it is zero when they are below a threshold, otherwise the lowest bit is its sign. A dense
 * value is the sum of four random bytes (nearly normal) times a power of two that brings the deviation near
 * 1/sqrt(cols). f16 holds every such value exactly. */
#ifndef TERN_MODELS_SYNTHETIC_H
#define TERN_MODELS_SYNTHETIC_H

#include <stddef.h>
#include <stdint.h>

/* Rows [r0, r1) of k trits. `zeros` in [0, 1] is rounded to a multiple of 2^-15. */
void tern_synth_trits(uint64_t seed, double zeros, size_t k, size_t r0, size_t r1, int8_t *trits);

/* Row r of a synthetic dense tensor. Seed 0 gives ones. */
void tern_synth_dense_row(uint64_t seed, size_t cols, size_t r, float *out);

#endif
