#define _GNU_SOURCE
#include "base/isa.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

Test(isa, a_level_includes_all_weaker_ones) {
    size_t count;
    const struct tern_isa_level *l = tern_isa_levels(&count);
    uint32_t before = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t mask;
        cr_assert(eq(int, tern_isa_parse(l[i].name, &mask, NULL), TERN_OK));
        cr_assert(eq(u32, mask, before | l[i].adds));
        before = mask;
    }
}

Test(isa, a_hexadecimal_mask_is_taken_as_it_is) {
    uint32_t mask;
    cr_assert(eq(int, tern_isa_parse("0x13", &mask, NULL), TERN_OK));
    cr_assert(eq(u32, mask, 0x13));
}

Test(isa, a_typo_is_refused_and_the_levels_are_named) {
    uint32_t mask;
    struct tern_error e;
    cr_assert(eq(int, tern_isa_parse("avx3", &mask, &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "avx3") && strstr(e.text, "scalar"));
}

Test(isa, a_malformed_TERN_ISA_is_an_error_and_never_everything) {
    uint32_t mask = 1;
    struct tern_error e;
    setenv("TERN_ISA", "fastest", 1);
    cr_assert(eq(int, tern_isa_usable(&mask, &e), TERN_BAD_INPUT));
    cr_assert(eq(u32, mask, 0));
    cr_assert(strstr(e.text, "TERN_ISA") != NULL);
}

Test(isa, TERN_ISA_scalar_leaves_nothing) {
    uint32_t mask = 1;
    setenv("TERN_ISA", "scalar", 1);
    cr_assert(eq(int, tern_isa_usable(&mask, NULL), TERN_OK));
    cr_assert(eq(u32, mask, 0));
    cr_assert(eq(str, (char *)tern_isa_level_name(mask), "scalar"));
}
