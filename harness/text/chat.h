/* A conversation. The model's template says how turns are written. They stay in the engine's key/value cache,
 * so each turn costs only its own tokens. */
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

/* One turn. on_text gets the answer in parts, always whole characters of UTF-8. When it returns a value other
 * than 0 the answer stops, and the conversation can go on. TERN_BAD_INPUT when the turn does not fit into the
 * context any more: nothing was said then, and only tern_chat_reset helps. The names of control tokens in
 * `user` are plain text. */
enum tern_status tern_chat_say(struct tern_chat *c, const char *user,
                               int (*on_text)(void *ctx, const char *text, size_t bytes), void *ctx,
                               struct tern_generation_facts *out, struct tern_error *e);
/* Forgets all turns. */
void tern_chat_reset(struct tern_chat *c);

#endif
