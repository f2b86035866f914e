#include "base/memory.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdint.h>

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
