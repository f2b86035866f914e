/* Weights to measure with: seeded random trits of one shape, packed once per format, in as many copies as it
 * takes to be cold. Every candidate of a format shares them, and shares the place where the rotation stands:
 * were each candidate to start at copy 0, the second would find in cache what the first has just read. */
#ifndef TERN_TUNER_TRIAL_TEST_WEIGHTS_H
#define TERN_TUNER_TRIAL_TEST_WEIGHTS_H

#include "base/pool.h"
#include "kernels/format.h"
#include "kernels/quantise.h"

#include <stddef.h>
#include <stdint.h>

struct tern_packed {
    const struct tern_format *format;
    const unsigned char *data; /* copy i begins at data + i * stride */
    size_t bytes, stride;      /* of one copy; stride is a multiple of 4096 plus a cache line */
    size_t copies;             /* valid ones */
    size_t next;               /* copy that the next call reads */
};

struct tern_test_weights;

/* `cold_bytes`: what the copies of one format add up to, at least, when they rotate. Owned by the caller. */
enum tern_status tern_test_weights_new(size_t cold_bytes, uint64_t seed, struct tern_test_weights **out,
                                       struct tern_error *e);
void tern_test_weights_free(struct tern_test_weights *s);

/* Turns to another shape: what was packed before is gone, its memory is used again. */
enum tern_status tern_test_weights_shape(struct tern_test_weights *s, size_t m, size_t k,
                                         struct tern_pool *pool, struct tern_error *e);
/* The shape's weights in this format: one copy, or with `rotate` enough of them. Packs on the pool at the
 * first request. The test weights keeps ownership; valid until the next shape. */
enum tern_status tern_test_weights_get(struct tern_test_weights *s, const struct tern_format *format,
                                       int rotate, struct tern_pool *pool, struct tern_packed **out,
                                       struct tern_error *e);
/* Activations and room for results of n tokens, shared by all trials of the problem: x with its f32 rows
 * drawn, the i8 side not yet filled; y of n rows of *ldy 32-bit elements. A request for another n ends those
 * before it. */
enum tern_status tern_test_weights_tokens(struct tern_test_weights *s, size_t n, struct tern_tokens *x,
                                          void **y, size_t *ldy, struct tern_error *e);
/* Scratch that all trials share, as an engine's steps do: `bytes` of it, 2 MB aligned, valid until more is
 * asked for. NULL: no memory. */
void *tern_test_weights_scratch(struct tern_test_weights *s, size_t bytes);
/* The weights that tern_test_weights_get packed in this format, row-major m x k: trits, or signs for a binary
 * format. */
const int8_t *tern_test_weights_trits(const struct tern_test_weights *s, const struct tern_format *format);

#endif
