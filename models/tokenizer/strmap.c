#include "models/tokenizer/strmap.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

int tern_strmap_init(struct tern_strmap *m, size_t keys) {
    *m = (struct tern_strmap){0};
    if (keys > SIZE_MAX / 8 / sizeof *m->slot) return -1;
    size_t slots = 8;
    while (slots < keys * 2) slots *= 2;
    m->slot = calloc(slots, sizeof *m->slot);
    if (!m->slot) return -1;
    m->mask = slots - 1;
    return 0;
}

void tern_strmap_free(struct tern_strmap *m) {
    free(m->slot);
    *m = (struct tern_strmap){0};
}

/* The slot of this key, or the empty one where it belongs. */
static struct tern_strmap_slot *find(const struct tern_strmap *m, const void *key, size_t bytes) {
    const uint64_t h = tern_hash(TERN_HASH_START, key, bytes);
    for (size_t i = (size_t)(h ^ h >> 32) & m->mask;; i = (i + 1) & m->mask) {
        struct tern_strmap_slot *s = &m->slot[i];
        if (!s->key || (s->bytes == bytes && !memcmp(s->key, key, bytes))) return s;
    }
}

int tern_strmap_put(struct tern_strmap *m, const void *key, uint32_t bytes, int32_t value) {
    struct tern_strmap_slot *s = find(m, key, bytes);
    if (s->key || m->count > m->mask / 2) return 0;
    *s = (struct tern_strmap_slot){key, bytes, value};
    m->count++;
    return 1;
}

int32_t tern_strmap_get(const struct tern_strmap *m, const void *key, size_t bytes) {
    if (!m->slot) return -1;
    const struct tern_strmap_slot *s = find(m, key, bytes);
    return s->key ? s->value : -1;
}
