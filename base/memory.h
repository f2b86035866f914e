/* Aligned, huge-page and guarded memory.
 *
 * Three kinds of block: aligned heap (`tern_alloc`), big mappings that ask for 2 MB pages (`tern_pages_*`), and
 * test buffers with an unreadable page on each side (`tern_guard_*`). All are zero-filled when returned. */
#ifndef TERN_BASE_MEMORY_H
#define TERN_BASE_MEMORY_H

#include <stddef.h>

#define TERN_CACHE_LINE 64

/* n rounded up to a multiple of `step` (> 0). */
static inline size_t tern_round_up(size_t n, size_t step) {
    return (n + step - 1) / step * step;
}

static inline size_t tern_min(size_t a, size_t b) {
    return a < b ? a : b;
}

static inline size_t tern_max(size_t a, size_t b) {
    return a > b ? a : b;
}

/* The smallest multiple of both; a, b > 0. */
static inline size_t tern_common_multiple(size_t a, size_t b) {
    size_t x = a, y = b;
    while (y) {
        const size_t t = x % y;
        x = y;
        y = t;
    }
    return a / x * b;
}

/* Zero-filled, 64-byte aligned block; NULL when there is no memory. Free with `tern_free`. */
void *tern_alloc(size_t bytes);
void tern_free(void *p);

/* a*b without overflow; returns 0 on overflow (so that an allocation of it is seen to fail). */
size_t tern_mul_size(size_t a, size_t b);

/* A private anonymous mapping, 2 MB aligned, advised for huge pages. */
struct tern_pages {
    void *data;
    size_t bytes; /* as asked */
    void *map;    /* start and length of the whole mapping, for the release */
    size_t map_bytes;
};

/* 0 on success, -1 when the kernel refuses. Pages are not touched: the thread that first writes them owns them. */
int tern_pages_get(struct tern_pages *p, size_t bytes);
void tern_pages_drop(struct tern_pages *p);

#define TERN_HUGE_PAGE ((size_t)2 << 20)

/* Shows bytes of a file in place of the pages at `data`, which lie within a mapping of tern_pages_get() and begin a page of
 * it. They can only be read. Where `data` and `offset` are multiples of TERN_HUGE_PAGE, the kernel can use huge pages.
 * 0 on success; -1 when the kernel refuses, and then nothing has changed. A file that gets shorter later ends the process. */
int tern_pages_show(void *data, size_t bytes, int fd, size_t offset);
/* Zeros again in place of what tern_pages_show() showed. -1: the kernel refuses, and it is shown still. */
int tern_pages_blank(void *data, size_t bytes);
/* Makes those pages present at once, not one after another when they are read; a wish. */
void tern_pages_fetch(void *data, size_t bytes);

#if defined(__SANITIZE_ADDRESS__)
#define TERN_REGION_GAP TERN_CACHE_LINE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TERN_REGION_GAP TERN_CACHE_LINE
#endif
#endif
#ifndef TERN_REGION_GAP
#define TERN_REGION_GAP                                                                                      \
    0 /* bytes behind each part that nobody may touch: builds with AddressSanitizer watch them */
#endif

/* Parts of one mapping of huge pages, which lie alike in every process: look-up tables took 1 % less time there, and
 * processes differed by half as much. Laid out twice by the same code: first with `base` NULL, which only counts, then
 * with the pages of `used` bytes. */
struct tern_region {
    unsigned char *base;
    size_t used; /* SIZE_MAX: more than an address space has */
};

/* The next `count` elements of `size` bytes, 64-byte aligned; NULL while counting. With AddressSanitizer
 * what lies between the end of a part and the next one is poisoned until the region is laid out anew or its pages are
 * dropped. */
void *tern_region_take(struct tern_region *r, size_t count, size_t size);

/* `bytes` of memory that end exactly at an unreadable page (`end` != 0) or begin exactly after one (`end` == 0).
 * The other side is followed by slack filled with a canary up to the next unreadable page. */
struct tern_guard {
    unsigned char *data;
    size_t bytes;
    void *map;
    size_t map_bytes;
};

int tern_guard_get(struct tern_guard *g, size_t bytes, int end);
/* 1 while the canary bytes around the data are intact. */
int tern_guard_intact(const struct tern_guard *g);
/* Makes the data pages read-only, so that a kernel that writes its input faults. */
void tern_guard_protect(struct tern_guard *g);
void tern_guard_drop(struct tern_guard *g);

#endif
