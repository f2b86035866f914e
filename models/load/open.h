/* Opens the file behind a model, whether or not the model can run. tern_model_open (models/model.h) opens the
 * model itself. */
#ifndef TERN_MODELS_LOAD_OPEN_H
#define TERN_MODELS_LOAD_OPEN_H

#include "models/gguf/gguf.h"

/* `source` is a GGUF file, or a folder of safetensors, which is seen as one (models/hf/hf.h). Options behind
 * the name ("FILE,i2s=...") are ignored. Close it with tern_gguf_close. */
enum tern_status tern_model_file_open(const char *source, struct tern_gguf **out, struct tern_error *e);

#endif
