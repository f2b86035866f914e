/* Byte strings to small numbers: open addressing, linear probing, sized once for the number of keys it will
 * hold.
 *
 * Keys are not copied: they must stay where they are as long as the map lives. */
#ifndef TERN_MODELS_TOKENIZER_STRMAP_H
#define TERN_MODELS_TOKENIZER_STRMAP_H

#include <stddef.h>
#include <stdint.h>

struct tern_strmap_slot {
    const void *key; /* NULL: empty */
    uint32_t bytes;
    int32_t value;
};

struct tern_strmap {
    struct tern_strmap_slot *slot;
    size_t mask, count;
};

/* Room for `keys` keys at a load of at most one half. 0, or -1 when there is no memory. */
int tern_strmap_init(struct tern_strmap *m, size_t keys);
void tern_strmap_free(struct tern_strmap *m);

/* Adds a key (non-NULL) with a value >= 0. 1 when added, 0 when the key was there already (its value stays)
 * or when the map already holds as many keys as it was sized for. */
int tern_strmap_put(struct tern_strmap *m, const void *key, uint32_t bytes, int32_t value);

/* The value of a key, or -1. A zeroed map is an empty one. */
int32_t tern_strmap_get(const struct tern_strmap *m, const void *key, size_t bytes);

#endif
