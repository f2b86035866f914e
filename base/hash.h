/* FNV-1a, 64 bits: short keys for machines, problems and files. Not for adversaries. */
#ifndef TERN_BASE_HASH_H
#define TERN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define TERN_HASH_START 0xcbf29ce484222325ull

static inline uint64_t tern_hash(uint64_t h, const void *data, size_t bytes) {
    const unsigned char *p = data;
    for (size_t i = 0; i < bytes; i++) h = (h ^ p[i]) * 0x100000001b3ull;
    return h;
}

#endif
