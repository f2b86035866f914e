/* Prompt in, tokens out, timed token by token. */
#ifndef TERN_HARNESS_TEXT_GENERATE_H
#define TERN_HARNESS_TEXT_GENERATE_H

#include "harness/engine.h"
#include "harness/text/sample.h"
#include "measure/statistics.h"

enum tern_end {
    TERN_END_COUNT,   /* as many as asked for */
    TERN_END_TOKEN,   /* the model's end of text or turn */
    TERN_END_CONTEXT, /* no position left */
    TERN_END_CALLER   /* a callback said stop */
};

struct tern_generation {
    const int32_t *prompt;     /* >= 1 token */
    size_t prompt_count, most; /* most: SIZE_MAX for no limit but the context */
    struct tern_sampling sampling;
    int ignore_end;      /* goes on after the model's end tokens */
    const int32_t *stop; /* more tokens that end the text */
    size_t stops;
    /* A full context is shifted (tern_engine_shift) instead of ending the text. The first `keep` positions
     * stay; 0: as many as the prompt has, at most a quarter of the context. The model then continues the
     * remaining tokens, which is not what it would say after all of them. */
    int shift;
    size_t keep;
    /* Gets the logits of the prompt's positions in order, `rows` x vocab at a time. May be NULL. A value
     * other than 0 ends the generation with TERN_END_CALLER. */
    int (*on_logits)(void *ctx, const float *logits, size_t rows);
    /* Gets every token, also the one that ends the text. A value other than 0 stops. */
    int (*on_token)(void *ctx, int32_t id);
    void *ctx;
};

struct tern_generation_facts {
    size_t prompt_tokens, tokens;
    double prompt_seconds; /* one run; includes the head at every position when on_logits is set */
    /* Of the first 4096 decoding steps. Every token after the first is one; n == 0: there were none. */
    struct tern_estimate token_ns;
    enum tern_end end;
    int32_t last;  /* the last token, which the engine has not been fed; -1: none */
    size_t shifts; /* of the context */
};

/* Continues the engine's sequence with the prompt and then up to `most` tokens. */
enum tern_status tern_generate(struct tern_engine *en, const struct tern_model *m,
                               const struct tern_generation *g, struct tern_generation_facts *out,
                               struct tern_error *e);

#endif
