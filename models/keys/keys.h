/* The table of keys of model files (keys.def): each key is obeyed, or neutral, or refused with its value. A key that
 * is not in the table is unknown: it is ignored, and the user is told. */
#ifndef TERN_MODELS_KEYS_KEYS_H
#define TERN_MODELS_KEYS_KEYS_H

#include "base/status.h"
#include "models/gguf/gguf.h"

#include <stddef.h>

enum tern_key_file {
    TERN_KEYS_GGUF,
    TERN_KEYS_CONFIG,
    TERN_KEYS_GENERATION,
    TERN_KEYS_TOKENIZER,
    TERN_KEYS_TOKENIZER_CONFIG
};
enum tern_key_use { TERN_KEY_OBEYED, TERN_KEY_NEUTRAL, TERN_KEY_ONLY };

struct tern_key {
    enum tern_key_file file;
    const char *name;
    enum tern_key_use use;
    const char *values;
};

const struct tern_key *tern_keys(size_t *count);

/* The row of a name of `bytes` bytes; NULL when it is unknown. `arch`: what "*" stands for; may be NULL. */
const struct tern_key *tern_key_find(enum tern_key_file file, const char *name, size_t bytes,
                                     const char *arch);

/* Whether an obeyed key may have a value of this type. A whole number is a number, too. */
int tern_key_takes(const struct tern_key *k, const char *type);

/* Whether `value` is one of the row's values. Numbers are compared as numbers. */
int tern_key_has(const struct tern_key *k, const char *value);

/* Refuses a GGUF file (or a folder seen as one) that asks for something that is not built in (TERN_UNSUPPORTED with
 * key and value), or whose key has a value of a type that it cannot have (TERN_BAD_INPUT). `group`: only keys that begin with this ("" for all). */
enum tern_status tern_gguf_check_keys(const struct tern_gguf *g, const char *group, struct tern_error *e);

/* Calls `say` with the name of each unknown key, as printable text. Of a folder: the unknown keys of its JSON files,
 * as "config.json: name". Keys outside of the groups of the specification belong to other programs and are not
 * told. */
void tern_gguf_unknown_keys(const struct tern_gguf *g, void (*say)(void *ctx, const char *name), void *ctx);

/* Where the folder reader puts the unknown keys of JSON files: an array of strings. */
#define TERN_KEY_UNKNOWN "tern.unknown_keys"

#endif
