/* What the files of models/hf/ share. */
#ifndef TERN_MODELS_HF_INTERNAL_H
#define TERN_MODELS_HF_INTERNAL_H

#include "models/gguf/gguf.h"
#include "models/keys/keys.h"

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
    uint64_t vocab;  /* rows of the embedding */
    json_t *end;     /* ids of all tokens that end a text, each once */
    json_t *unknown; /* names of keys that are not in the table, as "config.json: name" */
};

/* Reads from config.json what decides how tensors are taken, and writes the keys. */
enum tern_status tern_hf_put_config(struct tern_hf_config *c, struct tern_gguf_writer *w,
                                    struct tern_error *e);
/* Writes the keys of tokenizer.json and tokenizer_config.json, if the folder has these files. */
enum tern_status tern_hf_put_tokenizer(const struct tern_hf_config *c, struct tern_gguf_writer *w,
                                       struct tern_error *e);

/* Refuses values that are not built in and types that a key cannot have; collects the unknown keys. `path` is for
 * messages. */
enum tern_status tern_hf_check_keys(const struct tern_hf_config *c, enum tern_key_file file, const char *path,
                                    const json_t *root, struct tern_error *e);

/* Adds the ids of a value (one or a list; NULL and null: none) to c->end. TERN_BAD_INPUT, naming `key`, for what is
 * no token. */
enum tern_status tern_hf_add_ends(const struct tern_hf_config *c, const char *path, const char *key,
                                  const json_t *ids, struct tern_error *e);
/* Reads generation_config.json, if there is one. */
enum tern_status tern_hf_read_generation(const struct tern_hf_config *c, struct tern_error *e);
/* Writes the lists of end tokens and unknown keys. The last step. */
enum tern_status tern_hf_put_lists(const struct tern_hf_config *c, struct tern_gguf_writer *w,
                                   struct tern_error *e);

/* A tokenizer.json that is being taken over. */
struct tern_hf_tokens {
    const struct tern_hf_config *c;
    struct tern_gguf_writer *w;
    const char *path;
    const json_t *root, *model;
    size_t count;
    struct tern_gguf_string *text;
    int32_t *kind;
    char (*filler)[16];
    int spm; /* SentencePiece in the clothes of BPE: bytes without a token are spelled "<0x0A>" */
    struct tern_error *e;
};

enum tern_status tern_hf_bad_token(const struct tern_hf_tokens *t, const char *key, const char *why);
/* A part of the tokenizer that is not built in, with its name or value. */
enum tern_status tern_hf_refuse(const struct tern_hf_tokens *t, const char *key, const char *value);
enum tern_status tern_hf_stored(const struct tern_hf_tokens *t, enum tern_status s);
/* The id of a token's text; -1 when there is none. */
int32_t tern_hf_token_id(const struct tern_hf_tokens *t, const char *text);

/* The normalizer, and the space before a text. */
enum tern_status tern_hf_put_normalizer(struct tern_hf_tokens *t);
/* The tokens around a text, which the post-processor or (NULL: none) tokenizer_config.json names. */
enum tern_status tern_hf_put_around(struct tern_hf_tokens *t, const json_t *config);
/* tokenizer_config.json (NULL: none) and the files of the chat template. */
enum tern_status tern_hf_put_manners(struct tern_hf_tokens *t, const json_t *config, const char *config_path);

#endif
