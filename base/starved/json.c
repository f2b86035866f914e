#include "base/starved/json.h"

#include "base/starved/starved.h"

#include <stdlib.h>

static void *allocate(size_t bytes) {
    void *p = malloc(bytes);
    if (!p) tern_starve();
    return p;
}

void tern_json_watch(void) {
    json_set_alloc_funcs(allocate, free);
}

char *tern_json_dump(const json_t *value, size_t flags) {
    char *text = value && !tern_starved() ? json_dumps(value, flags) : NULL;
    if (!tern_starved()) return text;
    free(text);
    return NULL;
}
