/* A folder of Hugging Face safetensors seen as a GGUF file: config.json and tokenizer.json become metadata
 * under their GGUF names, tensors are renamed and stay where they are in the mapping. So one loader, one
 * tokenizer and one set of checks serve both kinds of file.
 *
 * What GGUF has no word for stays in struct tern_hf (gguf_file.h): packed uint8 weights have the type id
 * TERN_TYPE_HFU8, master weights are ternarised when they are read, and the rows of q and k of the `llama`
 * family are put into GGUF's order when they are read. `weight_scale` tensors become "<linear>.scale", a
 * factor in every case: where the checkpoint divides by it (linear class bitlinear), its reciprocal. */
#ifndef TERN_MODELS_HF_HF_H
#define TERN_MODELS_HF_HF_H

#include "models/gguf/gguf.h"
#include "models/hf/safetensors.h"

#include <jansson.h>

/* Not a ggml type: an id that no file may use. */
#define TERN_TYPE_HFU8 0xffff0008u

struct tern_hf;

/* 1 for a folder, a .safetensors file or the index of a sharded checkpoint. */
int tern_hf_is(const char *path);

/* TERN_BAD_INPUT and TERN_UNSUPPORTED with file, tensor or key, and reason. Closed with tern_gguf_close. */
enum tern_status tern_hf_open(const char *path, struct tern_gguf **out, struct tern_error *e);
void tern_hf_drop(struct tern_hf *hf);

/* The parts, private to models/hf*.c. */

/* The GGUF name of a tensor, up to `capacity` bytes: 1, or 0 when no model has such a name (it is then kept).
 */
int tern_hf_tensor_name(const char *name, char *out, size_t capacity);

/* The reverse, with "model." before it. The name must be one that the loader knows. */
int tern_hf_checkpoint_name(const char *gguf, char *out, size_t capacity);

/* tokenizer.json of a byte-level BPE vocabulary; NULL, with the reason in *why, when it has no place there.
 */
json_t *tern_hf_tokenizer_json(const struct tern_gguf *g, const char **why);

struct tern_hf_config {
    const char *path, *folder;
    const json_t *root;
    char arch[32];
    int divides; /* by weight_scale */
    int absmean; /* unpacked linear layers are master weights */
    int tied;
    uint64_t vocab; /* rows of the embedding */
};

/* Reads what decides how tensors are taken, and writes the keys. */
enum tern_status tern_hf_put_config(struct tern_hf_config *c, struct tern_gguf_writer *w,
                                    struct tern_error *e);
/* tokenizer.json and tokenizer_config.json, where they are there. */
enum tern_status tern_hf_put_tokenizer(const struct tern_hf_config *c, struct tern_gguf_writer *w,
                                       struct tern_error *e);

#endif
