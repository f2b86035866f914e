#define _GNU_SOURCE
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if TERN_REGION_GAP
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#define CANARY 0xA5

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 /* since Linux 5.14 */
#endif

void *tern_alloc(size_t bytes) {
    if (bytes > SIZE_MAX - TERN_CACHE_LINE) return NULL;
    size_t n = tern_round_up(bytes ? bytes : 1, TERN_CACHE_LINE);
    void *p = aligned_alloc(TERN_CACHE_LINE, n);
    if (p) memset(p, 0, n);
    return p;
}

void tern_free(void *p) {
    free(p);
}

size_t tern_mul_size(size_t a, size_t b) {
    size_t r;
    return __builtin_mul_overflow(a, b, &r) ? 0 : r;
}

int tern_pages_get(struct tern_pages *p, size_t bytes) {
    memset(p, 0, sizeof *p);
    if (bytes == 0 || bytes > SIZE_MAX / 2) return -1;
    size_t want = tern_round_up(bytes, TERN_HUGE_PAGE) + TERN_HUGE_PAGE;
    void *map = mmap(NULL, want, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED) return -1;
    p->map = map;
    p->map_bytes = want;
    p->data = (void *)(uintptr_t)tern_round_up((uintptr_t)map, TERN_HUGE_PAGE);
    p->bytes = bytes;
    madvise(p->data, tern_round_up(bytes, TERN_HUGE_PAGE),
            MADV_HUGEPAGE); /* a wish; small pages still work */
    return 0;
}

void tern_pages_drop(struct tern_pages *p) {
    if (p->map) {
        ASAN_UNPOISON_MEMORY_REGION(p->map, p->map_bytes);
        munmap(p->map, p->map_bytes);
    }
    memset(p, 0, sizeof *p);
}

int tern_pages_show(void *data, size_t bytes, int fd, size_t offset) {
    return mmap(data, bytes, PROT_READ, MAP_SHARED | MAP_FIXED, fd, (off_t)offset) == data ? 0 : -1;
}

int tern_pages_blank(void *data, size_t bytes) {
    const int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    if (mmap(data, bytes, PROT_READ | PROT_WRITE, how, -1, 0) != data) return -1;
    madvise(data, bytes, MADV_HUGEPAGE);
    return 0;
}

void tern_pages_fetch(void *data, size_t bytes) {
    madvise(data, bytes, MADV_POPULATE_READ);
}

void *tern_region_take(struct tern_region *r, size_t count, size_t size) {
    size_t own, bytes, end;
    if (__builtin_mul_overflow(count, size, &own) ||
        __builtin_add_overflow(own, TERN_REGION_GAP + TERN_CACHE_LINE - 1, &bytes) ||
        __builtin_add_overflow(r->used, bytes / TERN_CACHE_LINE * TERN_CACHE_LINE, &end))
        end = SIZE_MAX;
    unsigned char *part = r->base ? r->base + r->used : NULL;
    if (part) {
        ASAN_UNPOISON_MEMORY_REGION(part, own);
        ASAN_POISON_MEMORY_REGION(part + own, end - r->used - own);
    }
    r->used = end;
    return part;
}

int tern_guard_get(struct tern_guard *g, size_t bytes, int end) {
    memset(g, 0, sizeof *g);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t body = tern_round_up(bytes ? bytes : 1, page);
    unsigned char *map =
        mmap(NULL, body + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) return -1;
    g->map = map;
    g->map_bytes = body + 2 * page;
    g->bytes = bytes;
    g->data = end ? map + page + body - bytes : map + page;
    memset(map + page, CANARY, body);
    memset(g->data, 0, bytes);
    if (mprotect(map, page, PROT_NONE) || mprotect(map + page + body, page, PROT_NONE)) {
        tern_guard_drop(g);
        return -1;
    }
    return 0;
}

int tern_guard_intact(const struct tern_guard *g) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const unsigned char *from = (const unsigned char *)g->map + page;
    const unsigned char *to = (const unsigned char *)g->map + g->map_bytes - page;
    for (const unsigned char *p = from; p < g->data; p++)
        if (*p != CANARY) return 0;
    for (const unsigned char *p = g->data + g->bytes; p < to; p++)
        if (*p != CANARY) return 0;
    return 1;
}

void tern_guard_protect(struct tern_guard *g) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    mprotect((unsigned char *)g->map + page, g->map_bytes - 2 * page, PROT_READ);
}

void tern_guard_drop(struct tern_guard *g) {
    if (g->map) munmap(g->map, g->map_bytes);
    memset(g, 0, sizeof *g);
}
