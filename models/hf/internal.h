/* What the files of models/hf/ share. */
#ifndef TERN_MODELS_HF_INTERNAL_H
#define TERN_MODELS_HF_INTERNAL_H

#include "models/gguf/gguf.h"

#include <jansson.h>

/* The GGUF name of a tensor of a checkpoint, up to `capacity` bytes: 1, or 0 when GGUF has no name for it. */
int tern_hf_tensor_name(const char *name, char *out, size_t capacity);

struct tern_hf_config {
    const char *path, *folder;
    const json_t *root;
    char arch[32];
    int divides; /* by weight_scale */
    int absmean; /* unpacked linear layers are master weights */
    int tied;
    uint64_t vocab; /* rows of the embedding */
};

/* Reads from config.json what decides how tensors are taken, and writes the keys. */
enum tern_status tern_hf_put_config(struct tern_hf_config *c, struct tern_gguf_writer *w,
                                    struct tern_error *e);
/* Writes the keys of tokenizer.json and tokenizer_config.json, if the folder has these files. */
enum tern_status tern_hf_put_tokenizer(const struct tern_hf_config *c, struct tern_gguf_writer *w,
                                       struct tern_error *e);

#endif
