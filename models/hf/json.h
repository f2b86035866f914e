/* JSON of model files, hostile until parsed: duplicate names, NUL bytes and deep nesting (jansson stops at
 * 2048) are refused. */
#ifndef TERN_MODELS_HF_JSON_H
#define TERN_MODELS_HF_JSON_H

#include "base/status.h"

#include <jansson.h>

/* An object from memory; `what` and `path` begin the error text. TERN_BAD_INPUT when it is not one. */
enum tern_status tern_json_parse(const char *what, const char *path, const char *text, size_t bytes,
                                 json_t **out, struct tern_error *e);
/* The same from a file of at most `limit` bytes. */
enum tern_status tern_json_read(const char *what, const char *path, size_t limit, json_t **out,
                                struct tern_error *e);

#endif
