/* Weights to measure with: random trits of one shape from a seed, packed once per format, in as many copies
 * as the caches need to stay cold. All candidates of a format share the copies and the position in the
 * rotation. If each candidate started at copy 0, the second one would find in the cache what the first one
 * has just read. */
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

/* `cold_bytes`: the least sum of all copies of one format when they rotate. The caller frees the result. */
enum tern_status tern_test_weights_new(size_t cold_bytes, uint64_t seed, struct tern_test_weights **out,
                                       struct tern_error *e);
void tern_test_weights_free(struct tern_test_weights *s);

/* Changes the shape. Everything packed before is gone; its memory is used again. */
enum tern_status tern_test_weights_shape(struct tern_test_weights *s, size_t m, size_t k,
                                         struct tern_pool *pool, struct tern_error *e);
/* The shape's weights in this format: one copy, or with `rotate` enough of them. Packs on the pool at the
 * first request. The result belongs to `s` and is valid until the shape changes. */
enum tern_status tern_test_weights_get(struct tern_test_weights *s, const struct tern_format *format,
                                       int rotate, struct tern_pool *pool, struct tern_packed **out,
                                       struct tern_error *e);
/* While `on`, a format that is asked for the first time gets one copy only, for a look at warm weights. Asking again
 * afterwards makes the others. */
void tern_test_weights_sparing(struct tern_test_weights *s, int on);
/* Activations and room for results of n tokens, shared by all trials of the problem: x with its f32 rows
 * drawn, the i8 side not yet filled; y of n rows of *ldy 32-bit elements. A request for another n
 * makes earlier ones invalid. */
enum tern_status tern_test_weights_tokens(struct tern_test_weights *s, size_t n, struct tern_tokens *x,
                                          void **y, size_t *ldy, struct tern_error *e);
/* Scratch that all trials share, as an engine's steps do: `bytes` of it, 2 MB aligned, valid until more is
 * asked for. NULL: no memory. */
void *tern_test_weights_scratch(struct tern_test_weights *s, size_t bytes);
/* The weights that tern_test_weights_get packed in this format, row-major m x k: trits, or signs for a binary
 * format. */
const int8_t *tern_test_weights_trits(const struct tern_test_weights *s, const struct tern_format *format);

#endif
