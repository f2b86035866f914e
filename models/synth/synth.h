/* Synthetic weights: seeded random trits and dense rows, made on demand, the same on every machine.
 *
 * Each row has a stream of its own, so threads may make any rows in any order. Trits take 16 random bits
 * each: zero below a threshold, else the lowest bit is the sign. Dense values are sums of four random bytes
 * (nearly normal), times a power of two that brings their deviation near 1/sqrt(cols); all of them are exact
 * in f16. */
#ifndef TERN_MODELS_SYNTH_SYNTH_H
#define TERN_MODELS_SYNTH_SYNTH_H

#include "models/model.h"

/* Rows [r0, r1) of k trits. `zeros` in [0, 1] is rounded to a multiple of 2^-15. */
void tern_synth_trits(uint64_t seed, double zeros, size_t k, size_t r0, size_t r1, int8_t *trits);

/* Row r of a synthetic dense tensor. Seed 0 gives ones. */
void tern_synth_dense_row(uint64_t seed, size_t cols, size_t r, float *out);

struct tern_synth_options {
    uint64_t seed;
    double zeros;
    uint32_t layers, vocab; /* 0: as the built-in model */
};

/* A model of the shape of the built-in `name`. TERN_BAD_INPUT when there is none, or an option is out of
 * range. */
enum tern_status tern_synth_model(const char *name, const struct tern_synth_options *o,
                                  struct tern_model **out, struct tern_error *e);

/* The same from "NAME[,layers=N][,vocab=N][,seed=N][,zeros=P]". */
enum tern_status tern_synth_open(const char *spec, struct tern_model **out, struct tern_error *e);

/* Writes a synthetic model (or any other whose layers the format accepts) as a GGUF: linear layers in I2_S,
 * embedding and untied head in F16, norms in F32, and a byte vocabulary. `progress` (may be NULL) is called
 * with the share of bytes done, 0 to 1. */
enum tern_status tern_synth_write(const struct tern_model *m, const char *path,
                                  void (*progress)(void *ctx, double done), void *ctx, struct tern_error *e);

#endif
