#include "measure/records/store.h"

#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const size_t block_bytes = (size_t)1 << 16;

/* The strings of a set, in blocks that are freed together. */
struct tern_record_block {
    struct tern_record_block *next;
    size_t used, room;
    char text[];
};

char *tern_record_store(struct tern_record_line *l, size_t bytes) {
    struct tern_record_block *b = l->store;
    if (!b || b->room - b->used < bytes) {
        size_t room = tern_max(block_bytes, bytes);
        b = malloc(sizeof *b + room);
        if (!b) return l->no_memory = 1, NULL;
        *b = (struct tern_record_block){.next = l->store, .room = room};
        l->store = b;
    }
    char *p = b->text + b->used;
    b->used += bytes;
    return p;
}

void *tern_record_room(struct tern_record_line *l, size_t n, size_t size) {
    char *bytes = n ? tern_record_store(l, n * size + sizeof(double)) : NULL;
    return bytes ? bytes + (sizeof(double) - (uintptr_t)bytes % sizeof(double)) : NULL;
}

void tern_record_store_free(struct tern_record_block *store) {
    for (struct tern_record_block *b = store, *next; b; b = next) {
        next = b->next;
        free(b);
    }
}

static int is_absent(const json_t *v) {
    return !v || json_is_null(v);
}

const char *tern_record_text(struct tern_record_line *l, const json_t *v) {
    if (is_absent(v)) return NULL;
    if (!json_is_string(v)) return l->bad = 1, NULL;
    const size_t bytes = json_string_length(v) + 1;
    char *copy = tern_record_store(l, bytes);
    return copy ? memcpy(copy, json_string_value(v), bytes) : NULL;
}

double tern_record_number(struct tern_record_line *l, const json_t *v) {
    if (is_absent(v)) return NAN;
    if (!json_is_number(v)) return l->bad = 1, NAN;
    return json_number_value(v);
}

size_t tern_record_count(struct tern_record_line *l, const json_t *v) {
    if (is_absent(v)) return 0;
    const json_int_t n = json_integer_value(v);
    if (!json_is_integer(v) || n < 0 || (uintmax_t)n > SIZE_MAX) return l->bad = 1, 0;
    return (size_t)n;
}
