#define _GNU_SOURCE
#include "measure/records/json_text.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

json_t *tern_json_text(const char *text) {
    json_t *value = json_string(text);
    const size_t bytes = text ? strlen(text) : 0;
    char *copy = value || !text ? NULL : malloc(3 * bytes + 1), *out = copy;
    if (!copy) return value;
    for (size_t at = 0, n; at < bytes; at += n ? n : 1) {
        n = tern_utf8_next(text + at, bytes - at, NULL);
        out = n ? mempcpy(out, text + at, n) : mempcpy(out, "\xef\xbf\xbd", 3);
    }
    *out = 0;
    value = json_string(copy);
    free(copy);
    return value;
}
