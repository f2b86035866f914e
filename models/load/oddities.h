/* What a reader of a model file would not expect: missing keys and what is used instead, repeated tensors,
 * spare bytes. */
#ifndef TERN_MODELS_LOAD_ODDITIES_H
#define TERN_MODELS_LOAD_ODDITIES_H

#include "models/gguf/gguf.h"
#include "models/model.h"

/* Calls `say` with one line for each oddity. `m` is the model of the file, or NULL when it could not be
 * loaded: then only the file itself is looked at. */
void tern_model_oddities(const struct tern_gguf *g, const struct tern_model *m,
                         void (*say)(void *ctx, const char *line), void *ctx);

#endif
