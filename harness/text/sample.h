/* Choosing the next token from its logits: greedy, or temperature with top-k, min-p and top-p, from a seeded
 * generator; a penalty for what was said before. */
#ifndef TERN_HARNESS_TEXT_SAMPLE_H
#define TERN_HARNESS_TEXT_SAMPLE_H

#include "base/status.h"
#include "harness/head/exact.h"

#include <stddef.h>
#include <stdint.h>

struct tern_sampling {
    double temperature; /* 0: the largest logit, the lowest id winning ties; top_k, top_p, min_p do nothing
                           then */
    size_t top_k;       /* only the k likeliest; 0: all */
    double min_p;       /* of those the ones at least this much as likely as the likeliest; 0: all */
    double top_p;       /* of those the fewest whose probabilities sum to this or more; 1: all */
    /* Logits of the last `repeat_last` tokens that were told are divided by this when positive and multiplied
     * when negative, before all else (Keskar et al., "CTRL", 2019). 0 or 1: not at all. */
    double repeat_penalty;
    size_t repeat_last; /* 0: 64 */
    uint64_t seed;
};

/* The logits that such sampling looks at: with these alone it draws the same tokens. `all` zero: every one.
 */
void tern_sample_wanted(const struct tern_sampling *s, struct tern_wanted *out);

struct tern_sample;

/* For logits of `vocab` values. The same seed and logits give the same tokens. */
enum tern_status tern_sample_new(const struct tern_sampling *s, size_t vocab, struct tern_sample **out,
                                 struct tern_error *e);
void tern_sample_free(struct tern_sample *s);
/* Tells a token of the text so far (prompt and what was drawn), for the penalty. */
void tern_sample_tell(struct tern_sample *s, int32_t id);
/* The next token; logits of penalised ids are changed in place. Does not tell it. */
int32_t tern_sample_next(struct tern_sample *s, float *logits);

#endif
