/* Perplexity of a text: how surprised the model is by each of its tokens.
 *
 * Windows of `context` tokens begin every `stride` tokens. Of each window only those tokens count that no
 * earlier window has counted. So every token but the first counts once. From the second window on, a token is
 * predicted from at least context - stride tokens before it. Sums are double and have a fixed order: where
 * the logits of two plans, thread counts or ISA levels are equal, the results are equal too. */
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

/* The engine forgets what it holds. TERN_BAD_INPUT for fewer than two tokens, for an id outside the
 * vocabulary, for a context or stride that is out of range, and for a logit that is not finite: the text then
 * names its position. */
enum tern_status tern_perplexity_of(struct tern_engine *en, size_t vocab, const int32_t *ids, size_t count,
                                    const struct tern_perplexity_options *o, struct tern_perplexity *out,
                                    struct tern_error *e);

#endif
