/* How a model wants a conversation to be written. A file carries its template as a Jinja program. The
 * program is not run: a known template is recognised by what it must contain. An unknown one is reported,
 * never guessed. */
#ifndef TERN_MODELS_TOKENIZER_CHAT_TEMPLATE_H
#define TERN_MODELS_TOKENIZER_CHAT_TEMPLATE_H

#include "base/status.h"
#include "models/model.h"

#include <stddef.h>

/* The text around a system text, a user text and an answer. The text of a control token stands for the
 * token. */
struct tern_chat_template {
    const char *name;
    const char *models; /* a line for people */
    int bos;            /* the conversation begins with the model's beginning-of-text token if it has one */
    const char *system_before, *system_after;
    const char *user_before, *user_after; /* user_after begins the answer */
    const char *answer_after;             /* goes before the next turn; its first token ends an answer */
};

/* All templates. The last one is "none": texts stay as they are. */
const struct tern_chat_template *tern_chat_templates(size_t *count);
/* TERN_BAD_INPUT with the list of names. */
enum tern_status tern_chat_template_named(const char *name, const struct tern_chat_template **out,
                                          struct tern_error *e);
/* The template that this Jinja text is; NULL when it is not known. *note (may be NULL) becomes a remark for
 * the user, or NULL. */
const struct tern_chat_template *tern_chat_template_of(const char *jinja, size_t bytes, const char **note);
/* The template of the model's file. "none", with a note, when the file has no template; TERN_UNSUPPORTED
 * for a template that is not known. */
enum tern_status tern_chat_template_find(const struct tern_model *m, const struct tern_chat_template **out,
                                         const char **note, struct tern_error *e);

/* The text of one turn, heap (free()): the end of the last answer (unless `first`), the system text (only
 * when `first`; NULL: none), the user's text, the beginning of the answer. Texts are trimmed as the
 * templates do it. NULL: no memory. */
char *tern_chat_turn(const struct tern_chat_template *t, int first, const char *system, const char *user);

#endif
