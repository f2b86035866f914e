#include "base/memory.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#if TERN_REGION_GAP
#include <sanitizer/asan_interface.h>
#endif

Test(memory, aligned_blocks_are_zero_and_on_a_cache_line) {
    unsigned char *p = tern_alloc(1000);
    cr_assert(eq(sz, (uintptr_t)p % TERN_CACHE_LINE, 0));
    for (int i = 0; i < 1000; i++) cr_assert(eq(int, p[i], 0));
    tern_free(p);
}

Test(memory, a_product_that_overflows_is_seen) {
    cr_assert(eq(sz, tern_mul_size(SIZE_MAX / 2, 3), 0));
    cr_assert(eq(sz, tern_mul_size(6, 7), 42));
}

Test(memory, pages_are_on_a_huge_page_boundary_and_writable_to_the_end) {
    struct tern_pages p;
    cr_assert(eq(int, tern_pages_get(&p, 5000000), 0));
    cr_assert(eq(sz, (uintptr_t)p.data % (2u << 20), 0));
    ((char *)p.data)[4999999] = 1;
    tern_pages_drop(&p);
}

Test(memory, parts_of_a_region_are_aligned_apart_and_as_large_as_counted) {
    static const size_t count[] = {1, 3, 0, 64, 7}, size[] = {1, 100, 8, 64, 4};
    struct tern_region r = {.base = NULL};
    for (int i = 0; i < 5; i++) cr_assert(tern_region_take(&r, count[i], size[i]) == NULL);
    struct tern_pages p;
    cr_assert(eq(int, tern_pages_get(&p, r.used), 0));
    struct tern_region laid = {.base = p.data};
    unsigned char *end = p.data;
    for (int i = 0; i < 5; i++) {
        unsigned char *part = tern_region_take(&laid, count[i], size[i]);
        cr_assert(part >= end && (uintptr_t)part % TERN_CACHE_LINE == 0);
        end = part + count[i] * size[i];
        memset(part, i, count[i] * size[i]);
    }
    cr_assert(eq(sz, laid.used, r.used));
    cr_assert(end <= (unsigned char *)p.data + r.used);
    tern_pages_drop(&p);
}

Test(memory, a_region_larger_than_an_address_space_is_seen) {
    struct tern_region r = {.base = NULL};
    tern_region_take(&r, SIZE_MAX / 2, 3);
    cr_assert(eq(sz, r.used, SIZE_MAX));
    tern_region_take(&r, 1, 64);
    cr_assert(eq(sz, r.used, SIZE_MAX));
    struct tern_pages p;
    cr_assert(eq(int, tern_pages_get(&p, r.used), -1));
    r.used = SIZE_MAX - 100;
    tern_region_take(&r, 1, 64);
    tern_region_take(&r, 1, 64);
    cr_assert(eq(sz, r.used, SIZE_MAX));
}

#if TERN_REGION_GAP
/* Also a part that ends at a cache line, whose neighbour would otherwise begin there. */
Test(memory, the_byte_behind_a_part_is_watched_until_the_pages_are_laid_anew_or_dropped) {
    struct tern_pages p;
    cr_assert(eq(int, tern_pages_get(&p, 4096), 0));
    struct tern_region r = {.base = p.data};
    unsigned char *a = tern_region_take(&r, 1, 64), *b = tern_region_take(&r, 5, 7);
    cr_assert(__asan_address_is_poisoned(a + 64) && __asan_address_is_poisoned(b + 35));
    cr_assert(__asan_address_is_poisoned(a + 63) == 0 && __asan_address_is_poisoned(b + 34) == 0);
    r = (struct tern_region){.base = p.data};
    unsigned char *c = tern_region_take(&r, 1, 1000);
    for (int i = 0; i < 1000; i++) cr_assert(eq(int, __asan_address_is_poisoned(c + i), 0));
    tern_pages_drop(&p);
    for (int i = 0; i < 2000; i++) cr_assert(eq(int, __asan_address_is_poisoned(c + i), 0));
}
#endif

Test(memory, a_guard_notices_a_byte_written_in_front) {
    struct tern_guard g;
    cr_assert(eq(int, tern_guard_get(&g, 100, 1), 0));
    cr_assert(tern_guard_intact(&g));
    g.data[-1] = 0;
    cr_assert(not(tern_guard_intact(&g)));
    tern_guard_drop(&g);
}

Test(memory, a_guard_faults_one_byte_after_the_end, .signal = SIGSEGV) {
    struct tern_guard g;
    if (tern_guard_get(&g, 100, 1)) return;
    signal(SIGSEGV, SIG_DFL);
    const unsigned char seen = *(volatile unsigned char *)(g.data + 100);
    (void)seen;
}

Test(memory, a_protected_guard_faults_on_write, .signal = SIGSEGV) {
    struct tern_guard g;
    if (tern_guard_get(&g, 100, 0)) return;
    tern_guard_protect(&g);
    signal(SIGSEGV, SIG_DFL);
    *(volatile unsigned char *)g.data = 1;
}

Test(memory, a_common_multiple_is_the_smallest) {
    cr_assert(tern_common_multiple(64, 80) == 320 && tern_common_multiple(192, 64) == 192);
    cr_assert(tern_common_multiple(1, 7) == 7 && tern_common_multiple(5, 5) == 5);
}
