#include "base/json.h"

#include <stdatomic.h>
#include <stdlib.h>

static atomic_int lost;

static void *allocate(size_t bytes) {
    void *p = malloc(bytes);
    if (!p) atomic_store(&lost, 1);
    return p;
}

void tern_json_watch(void) {
    json_set_alloc_funcs(allocate, free);
}

int tern_json_lost(void) {
    return atomic_load(&lost);
}

char *tern_json_dump(const json_t *value, size_t flags) {
    char *text = value && !tern_json_lost() ? json_dumps(value, flags) : NULL;
    if (!tern_json_lost()) return text;
    free(text);
    return NULL;
}
