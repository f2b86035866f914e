/* JSON of model files. Names that repeat, NUL bytes and deep nesting (jansson stops at 2048) are refused. */
#ifndef TERN_MODELS_HF_JSON_H
#define TERN_MODELS_HF_JSON_H

#include "base/status.h"

#include <jansson.h>

/* Parses an object. `what` and `path` begin the error text. TERN_BAD_INPUT when the text is not a JSON
 * object. */
enum tern_status tern_json_parse(const char *what, const char *path, const char *text, size_t bytes,
                                 json_t **out, struct tern_error *e);
/* The same from a file of at most `limit` bytes. */
enum tern_status tern_json_read(const char *what, const char *path, size_t limit, json_t **out,
                                struct tern_error *e);

#endif
