/* A model written as a folder of safetensors. */
#ifndef TERN_MODELS_CONVERT_HF_H
#define TERN_MODELS_CONVERT_HF_H

#include "models/convert/convert.h"

/* Writes the folder, reads it back and compares before it gets its name. Errors as of tern_convert. */
enum tern_status tern_convert_to_hf(const struct tern_model *m, const char *folder,
                                    const struct tern_convert_options *o, struct tern_convert_facts *facts,
                                    struct tern_error *e);

#endif
