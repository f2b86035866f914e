/* A folder of Hugging Face safetensors, seen as a GGUF file: one loader, one tokenizer and one set of
 * checks serve both kinds of file.
 *
 * config.json and tokenizer.json become metadata under their GGUF names. Tensors get their GGUF names and
 * stay where they are in the mapping. GGUF has no word for three things:
 * - Weights packed as uint8 have the type id TERN_TYPE_HFU8 (models/gguf/types.h).
 * - Master weights become trits when they are read, and rows of q and k of the `llama` family are put into
 *   GGUF's order when they are read: struct tern_gguf_folder (models/gguf/file.h) says so.
 * - A `weight_scale` tensor becomes "<linear>.scale", which is always a factor. Where the checkpoint
 *   divides by it (linear class bitlinear), its reciprocal is taken. */
#ifndef TERN_MODELS_HF_HF_H
#define TERN_MODELS_HF_HF_H

#include "models/gguf/gguf.h"

#include <jansson.h>

/* 1 for a folder, a .safetensors file or the index of a sharded checkpoint. */
int tern_hf_is(const char *path);

/* TERN_BAD_INPUT and TERN_UNSUPPORTED with file, tensor or key, and reason. Close it with tern_gguf_close. */
enum tern_status tern_hf_open(const char *path, struct tern_gguf **out, struct tern_error *e);

/* For writing such a folder. */

/* The name that a tensor has in checkpoints ("model.norm.weight"): 1, or 0 when the GGUF name is not one that
 * the loader knows. */
int tern_hf_checkpoint_name(const char *gguf, char *out, size_t capacity);

/* The tokenizer.json of a byte-level BPE vocabulary, a new reference. NULL, with the reason in *why, when a
 * tokenizer.json cannot hold this vocabulary. */
json_t *tern_hf_tokenizer_json(const struct tern_gguf *g, const char **why);

#endif
