/* Chooses the next token from the logits: the largest, or one drawn with a temperature, top-k, min-p and
 * top-p by a seeded generator. What was said before can get a penalty. */
#ifndef TERN_HARNESS_TEXT_SAMPLE_H
#define TERN_HARNESS_TEXT_SAMPLE_H

#include "base/status.h"
#include "harness/head/exact.h"

#include <stddef.h>
#include <stdint.h>

struct tern_sampling {
    /* 0: the largest logit, of equal ones the lowest id; top_k, min_p and top_p do nothing then. */
    double temperature;
    size_t top_k; /* only the k likeliest; 0: all */
    double min_p; /* of those only the ones whose probability is at least this part of the largest; 0: all */
    double top_p; /* of those only the fewest whose probabilities sum to this or more; 1: all */
    /* Before all else, the logits of the last `repeat_last` tokens of the text are divided by this if they
     * are positive, and multiplied if negative (Keskar et al., "CTRL", 2019). 0 or 1: no penalty. */
    double repeat_penalty;
    size_t repeat_last; /* 0: 64 */
    uint64_t seed;
};

/* The logits that such sampling looks at. With these alone it draws the same tokens. All
 * zeros: it looks at every logit. */
void tern_sample_wanted(const struct tern_sampling *s, struct tern_wanted *out);

struct tern_sample;

/* For logits of `vocab` values. The same seed and logits give the same tokens. */
enum tern_status tern_sample_new(const struct tern_sampling *s, size_t vocab, struct tern_sample **out,
                                 struct tern_error *e);
void tern_sample_free(struct tern_sample *s);
/* Says that this token is the next one of the text (of the prompt, or drawn). The penalty needs to know. */
void tern_sample_tell(struct tern_sample *s, int32_t id);
/* Draws the next token; call tern_sample_tell() if it becomes part of the text. Logits that get a penalty are
 * changed in place. */
int32_t tern_sample_next(struct tern_sample *s, float *logits);

#endif
