#include "models/hf/json.h"

#include "base/file.h"
#include "base/placeholder/placeholder.h"

#include <stdlib.h>

enum tern_status tern_json_parse(const char *what, const char *path, const char *text, size_t bytes,
                                 json_t **out, struct tern_error *e) {
    json_error_t why;
    *out = NULL;
    json_t *root = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        char shown[100]; /* the parser quotes the input */
        size_t n = 0;
        for (const char *p = why.text; *p && n + 1 < sizeof shown; p++)
            shown[n++] = *p < ' ' || *p > '~' ? '?' : *p;
        shown[n] = 0;
        return tern_fail(e, TERN_BAD_INPUT, "%s: %s: JSON: %s at byte %d", what, path, shown, why.position);
    }
    if (!json_is_object(root)) {
        json_decref(root);
        return tern_fail(e, TERN_BAD_INPUT, "%s: %s: JSON: not an object", what, path);
    }
    *out = root;
    return TERN_OK;
}

enum tern_status tern_json_read(const char *what, const char *path, size_t limit, json_t **out,
                                struct tern_error *e) {
    char *text = NULL;
    size_t bytes = 0;
    *out = NULL;
    enum tern_status s = tern_file_read(path, limit, &text, &bytes, e);
    if (!s) s = tern_refuse_placeholder(what, path, text, bytes, e);
    if (!s) s = tern_json_parse(what, path, text, bytes, out, e);
    free(text);
    return s;
}
