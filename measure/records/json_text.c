#define _GNU_SOURCE
#include "measure/records/json_text.h"

#include <stdlib.h>
#include <string.h>

json_t *tern_json_text(const char *text) {
    json_t *value = json_string(text);
    char *copy = value ? NULL : strdup(text);
    if (!copy) return value;
    for (char *p = copy; *p; p++)
        if ((unsigned char)*p >= 0x80) *p = '?';
    value = json_string(copy);
    free(copy);
    return value;
}
