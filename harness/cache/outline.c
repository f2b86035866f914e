#include "harness/cache/outline.h"

#include "base/memory.h"

#include <string.h>

#define LANES   8
#define VERSION 2

const char tern_cache_magic[8] = {'t', 'e', 'r', 'n', 'p', 'a', 'c', 'k'};

/* Eight chains of xor and odd multiplication: each step is one to one, so a single changed word is always
 * seen. */
uint64_t tern_cache_checksum(const void *data, size_t bytes) {
    uint64_t lane[LANES], word[LANES];
    const unsigned char *p = data;
    for (size_t i = 0; i < LANES; i++) lane[i] = 0x9e3779b97f4a7c15u * (i + 1) ^ bytes;
    for (; bytes >= sizeof word; bytes -= sizeof word, p += sizeof word) {
        memcpy(word, p, sizeof word);
        for (size_t i = 0; i < LANES; i++) lane[i] = (lane[i] ^ word[i]) * 0xd1342543de82ef95u;
    }
    memset(word, 0, sizeof word);
    memcpy(word, p, bytes);
    uint64_t all = 0;
    for (size_t i = 0; i < LANES; i++) {
        lane[i] = (lane[i] ^ word[i]) * 0xd1342543de82ef95u;
        all = (all << 17 | all >> 47) * 0x9e3779b97f4a7c15u ^ lane[i] ^ lane[i] >> 31;
    }
    return all;
}

size_t tern_cache_alignment(const struct tern_cache_part *part) {
    return part->pages && part->bytes >= TERN_HUGE_PAGE ? TERN_HUGE_PAGE : TERN_CACHE_ALIGN;
}

int tern_outline_new(struct outline *p, const char *key, const struct tern_cache_part *part, size_t count) {
    const size_t key_bytes = tern_round_up(strlen(key) + 1, 8);
    size_t chunks = 0;
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < count; i++) chunks += tern_cache_chunks(part[i].bytes);
    const size_t used = sizeof(struct file_head) + key_bytes + 8 * (count + chunks);
    p->bytes = tern_round_up(used, TERN_CACHE_ALIGN);
    p->data = tern_alloc(p->bytes);
    p->offset = tern_alloc(count * sizeof *p->offset);
    p->first = tern_alloc(count * sizeof *p->first);
    p->shown = tern_alloc(count * sizeof *p->shown);
    if (!p->data || !p->offset || !p->first || !p->shown) return 0;
    size_t at = p->bytes, chunk = 0;
    for (size_t i = 0; i < count; i++) {
        const uint64_t size = part[i].bytes;
        memcpy(p->data + sizeof(struct file_head) + key_bytes + 8 * i, &size, sizeof size);
        p->offset[i] = at = tern_round_up(at, tern_cache_alignment(&part[i]));
        p->first[i] = chunk;
        at = tern_round_up(at + part[i].bytes, TERN_CACHE_ALIGN);
        chunk += tern_cache_chunks(part[i].bytes);
    }
    struct file_head h = {
        .version = VERSION, .key_bytes = key_bytes, .parts = count, .chunks = chunks, .file_bytes = at};
    memcpy(h.magic, tern_cache_magic, sizeof h.magic);
    memcpy(p->data, &h, sizeof h);
    memcpy(p->data + sizeof h, key, strlen(key));
    p->check = (uint64_t *)(void *)(p->data + sizeof h + key_bytes + 8 * count);
    return 1;
}

void tern_outline_free(struct outline *p) {
    tern_free(p->data);
    tern_free(p->offset);
    tern_free(p->first);
    tern_free(p->shown);
}

void tern_outline_seal(struct outline *p) {
    struct file_head h;
    memcpy(&h, p->data, sizeof h);
    h.check = 0;
    memcpy(p->data, &h, sizeof h);
    h.check = tern_cache_checksum(p->data, p->bytes);
    memcpy(p->data, &h, sizeof h);
}
