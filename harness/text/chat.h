/* A conversation: turns are written as the model's template says and stay in the engine's key/value cache, so
 * that each one costs only its own tokens. */
#ifndef TERN_HARNESS_TEXT_CHAT_H
#define TERN_HARNESS_TEXT_CHAT_H

#include "harness/text/generate.h"
#include "models/tokenizer/chat_template.h"
#include "models/tokenizer/tokenizer.h"

struct tern_chat_options {
    const struct tern_chat_template *frame;
    const char *system;            /* NULL: none */
    struct tern_sampling sampling; /* the seed grows by one with each turn */
    size_t most;                   /* tokens of an answer; SIZE_MAX: until its end or the context's */
};

struct tern_chat;

/* Everything is borrowed and must outlive the conversation. */
enum tern_status tern_chat_new(struct tern_engine *en, const struct tern_model *m,
                               const struct tern_tokenizer *t, const struct tern_chat_options *o,
                               struct tern_chat **out, struct tern_error *e);
void tern_chat_free(struct tern_chat *c);

/* One turn. The answer's text goes to on_text piece by piece, always whole characters of UTF-8; a value other
 * than 0 stops the answer, and the conversation can go on. TERN_BAD_INPUT, with nothing said, when the turn
 * does not fit into the context any more: only tern_chat_reset helps then. Control tokens written out in
 * `user` are plain text. */
enum tern_status tern_chat_say(struct tern_chat *c, const char *user,
                               int (*on_text)(void *ctx, const char *text, size_t bytes), void *ctx,
                               struct tern_generation_facts *out, struct tern_error *e);
/* Forgets all turns. */
void tern_chat_reset(struct tern_chat *c);

#endif
