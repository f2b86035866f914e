/* The tokens that end a text. */
#ifndef TERN_MODELS_LOAD_ENDS_H
#define TERN_MODELS_LOAD_ENDS_H

#include "models/gguf/gguf.h"
#include "models/model.h"

/* Fills in m->end from the hyper-parameters and the file: end of text, of turn and of message, and the list of
 * TERN_KEY_ENDS. TERN_BAD_INPUT, naming the key, for an id outside the vocabulary. */
enum tern_status tern_ends_load(const struct tern_gguf *g, struct tern_model *m, struct tern_error *e);

#endif
