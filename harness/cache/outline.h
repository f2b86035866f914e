/* The head of a packed cache, and where its parts lie. Private to cache/. */
#ifndef TERN_HARNESS_CACHE_OUTLINE_H
#define TERN_HARNESS_CACHE_OUTLINE_H

#include "harness/cache/file.h"

#include <stdint.h>

#define TERN_CACHE_CHUNK ((size_t)1 << 20)
#define TERN_CACHE_ALIGN 4096

/* The head of the file: this, the key, the sizes of the parts, the checksums of their chunks; all
 * little-endian. Then each part, from a multiple of TERN_CACHE_ALIGN, or of TERN_HUGE_PAGE. */
struct file_head {
    char magic[8];
    uint64_t version, key_bytes, parts, chunks, file_bytes, check;
};
extern const char tern_cache_magic[8];

/* The head as it must be for these parts; checksums of chunks still zero. */
struct outline {
    unsigned char *data;
    size_t bytes;
    uint64_t *check; /* in data */
    size_t *offset;  /* of each part */
    size_t *first;   /* chunk of each part */
    int *shown;      /* 1: the part is mapped, 0: it is read */
};

/* 0 without memory. Free it in both cases. */
int tern_outline_new(struct outline *p, const char *key, const struct tern_cache_part *part, size_t count);
void tern_outline_free(struct outline *p);
/* Puts the checksum of the head into the head. */
void tern_outline_seal(struct outline *p);

/* What the part begins at a multiple of. */
size_t tern_cache_alignment(const struct tern_cache_part *part);
uint64_t tern_cache_checksum(const void *data, size_t bytes);

static inline size_t tern_cache_chunks(size_t bytes) {
    return (bytes + TERN_CACHE_CHUNK - 1) / TERN_CACHE_CHUNK;
}

#endif
