/* Perplexity of a text: how surprised the model is by each of its tokens.
 *
 * The tokens are one row, cut into windows of `context` tokens that begin every `stride` tokens; of each
 * window those tokens count that no earlier window has counted. So every token but the first counts once, and
 * from the second window on it is predicted from at least context - stride tokens before it. Summed in f64 in
 * a fixed order: the result is as equal between plans, threads and ISA levels as the logits are. */
#ifndef TERN_HARNESS_TEXT_PERPLEXITY_H
#define TERN_HARNESS_TEXT_PERPLEXITY_H

#include "harness/engine.h"

struct tern_perplexity_options {
    size_t context; /* tokens of a window, >= 2; 0: the positions of the engine */
    size_t stride;  /* 1 .. context - 1; 0: half the context */
    int quiet;      /* no progress bar */
};

struct tern_perplexity {
    double perplexity; /* exp(nll) */
    double error;      /* one standard error of it; NaN with fewer than two windows */
    double nll;        /* mean negative log-likelihood of a token, in nats */
    double nll_error;  /* its standard error over windows: neighbours in a text are not independent */
    size_t tokens;     /* that count */
    size_t windows, context, stride; /* as used */
};

/* Forgets what the engine holds. TERN_BAD_INPUT for fewer than two tokens, an id outside the vocabulary, or a
 * context or stride that cannot be; TERN_BAD_INPUT, naming the position, when a logit is not finite. */
enum tern_status tern_perplexity_of(struct tern_engine *en, size_t vocab, const int32_t *ids, size_t count,
                                    const struct tern_perplexity_options *o, struct tern_perplexity *out,
                                    struct tern_error *e);

#endif
