/* Where the files of real models are: names of public repositories, files and sizes. */
#ifndef TERN_MODELS_PUBLISHED_H
#define TERN_MODELS_PUBLISHED_H

#include "base/status.h"

#include <stddef.h>

struct tern_published {
    const char *name;       /* of the built-in shape */
    const char *repository; /* on Hugging Face */
    const char
        *file; /* GGUF, which runs as it is; NULL: a folder of safetensors, of which all files are needed */
    double gigabytes; /* of the weights, 10^9 bytes */
};

const struct tern_published *tern_published_models(size_t *count);

/* For a model that cannot be opened because no file has its name: adds to the error where to get it, when it is the name
 * of a built-in shape, or which name was meant. */
void tern_published_hint(const char *name, struct tern_error *e);

#endif
