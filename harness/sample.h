/* Choosing the next token from its logits: greedy, or temperature with top-k and top-p, from a seeded
 * generator. */
#ifndef TERN_HARNESS_SAMPLE_H
#define TERN_HARNESS_SAMPLE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct tern_sampling {
    double temperature; /* 0: the largest logit, the lowest id winning ties; nothing else matters then */
    size_t top_k;       /* only the k likeliest; 0: all */
    double top_p;       /* of those the fewest whose probabilities sum to this or more; 1: all */
    uint64_t seed;
};

struct tern_sample;

/* For logits of `vocab` values. The same seed and logits give the same tokens. */
enum tern_status tern_sample_new(const struct tern_sampling *s, size_t vocab, struct tern_sample **out,
                                 struct tern_error *e);
void tern_sample_free(struct tern_sample *s);
int32_t tern_sample_next(struct tern_sample *s, const float *logits);

#endif
