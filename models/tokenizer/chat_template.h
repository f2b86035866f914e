/* How a model wants a conversation to be written. A file carries its template as a Jinja program; it is not
 * run but recognised by what it must contain, and an unknown one is told, never guessed. */
#ifndef TERN_MODELS_TOKENIZER_CHAT_TEMPLATE_H
#define TERN_MODELS_TOKENIZER_CHAT_TEMPLATE_H

#include "base/status.h"
#include "models/model.h"

#include <stddef.h>

/* The text around a system text, a user text and an answer. Texts of control tokens stand for them. */
struct tern_chat_template {
    const char *name;
    const char *models; /* a line for people */
    int bos;            /* the conversation begins with the model's beginning-of-text token if it has one */
    const char *system_before, *system_after;
    const char *user_before, *user_after; /* user_after begins the answer */
    const char *answer_after;             /* comes before the next turn; its first token ends an answer */
};

/* All of them; the last is "none": texts as they are. */
const struct tern_chat_template *tern_chat_templates(size_t *count);
/* TERN_BAD_INPUT with the list of names. */
enum tern_status tern_chat_template_named(const char *name, const struct tern_chat_template **out,
                                          struct tern_error *e);
/* The template that this Jinja text is, or NULL. *note, when not NULL, is a remark for people or NULL. */
const struct tern_chat_template *tern_chat_template_of(const char *jinja, size_t bytes, const char **note);
/* That of the model's file. "none", with a note, when the file has no template; TERN_UNSUPPORTED for one that
 * is not known. */
enum tern_status tern_chat_template_find(const struct tern_model *m, const struct tern_chat_template **out,
                                         const char **note, struct tern_error *e);

/* The text of one turn, heap (free()): the rest of the former answer (unless `first`), the system text (NULL:
 * none; only when `first`), the user's text, the beginning of the answer. Texts are trimmed as the templates
 * do. NULL: no memory. */
char *tern_chat_turn(const struct tern_chat_template *t, int first, const char *system, const char *user);

#endif
