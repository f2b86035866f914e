/* From a GGUF file to struct tern_model, in two steps: hyper-parameters (model_hparams.c), tensors
 * (model_gguf.c). */
#ifndef TERN_MODELS_GGUF_MODEL_H
#define TERN_MODELS_GGUF_MODEL_H

#include "models/arch.h"
#include "models/gguf/gguf.h"
#include "models/model.h"

/* The architecture's row and the checked hyper-parameters. `sub_norms`, `tied` and the rest agree with the
 * file. */
enum tern_status tern_gguf_hparams(const struct tern_gguf *g, const struct tern_arch **arch,
                                   struct tern_hparams *hp, struct tern_error *e);

/* The file behind a model, whether it can run or not: a GGUF file, or a folder of safetensors seen as one
 * (models/hf/hf.h). Options behind the name ("FILE,i2s=...") are left aside. */
enum tern_status tern_model_file_open(const char *path, struct tern_gguf **out, struct tern_error *e);

/* Its model. */
enum tern_status tern_model_open_gguf(const char *path, struct tern_model **out, struct tern_error *e);

#endif
