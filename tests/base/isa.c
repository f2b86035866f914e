#define _GNU_SOURCE
#include "base/isa.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The lines of all architectures, whichever this build is for. */
static const struct line {
    const char *name, *flags;
    uint32_t bit, implies, needs;
} lines[] = {
#define IMPLIES(NAME) TERN_NEEDS_##NAME
#define TERN_LEVEL(NAME, name, bit, implies, flags, features)                                                \
    {#name, flags, TERN_ISA_##NAME, implies, TERN_NEEDS_##NAME},
#include "base/isa/arm.def"
#include "base/isa/x86.def"
#undef TERN_LEVEL
#undef IMPLIES
};
#define N_LINES (sizeof lines / sizeof *lines)

Test(isa, each_level_of_each_architecture_has_a_bit_and_a_name_of_its_own) {
    for (size_t i = 0; i < N_LINES; i++) {
        cr_assert(lines[i].bit != 0 && !(lines[i].bit & (lines[i].bit - 1)), "%s", lines[i].name);
        for (size_t j = 0; j < i; j++)
            cr_assert(lines[i].bit != lines[j].bit && strcmp(lines[i].name, lines[j].name), "%s and %s",
                      lines[i].name, lines[j].name);
    }
}

Test(isa, what_a_level_implies_comes_before_it_and_with_all_that_it_implies) {
    uint32_t before = 0;
    for (size_t i = 0; i < N_LINES; i++) {
        cr_assert(0 == (lines[i].implies & ~before), "%s", lines[i].name);
        for (size_t j = 0; j < i; j++)
            if (lines[i].implies & lines[j].bit)
                cr_assert(0 == (lines[j].needs & ~lines[i].needs), "%s does not imply all of %s",
                          lines[i].name, lines[j].name);
        before |= lines[i].bit;
    }
}

Test(isa, the_levels_of_this_build_are_lines_of_one_table_after_scalar) {
    size_t count;
    const struct tern_isa_level *l = tern_isa_levels(&count);
    cr_assert(eq(str, (char *)l[0].name, "scalar"));
    cr_assert(eq(u32, l[0].needs, 0));
    for (size_t i = 1; i < count; i++) {
        size_t at = 0;
        while (at < N_LINES && lines[at].bit != l[i].bit) at++;
        cr_assert(at < N_LINES, "%s", l[i].name);
        cr_assert(eq(str, (char *)l[i].name, (char *)lines[at].name));
        cr_assert(eq(u32, l[i].needs, lines[at].needs));
    }
}

Test(isa, a_name_stands_for_the_level_and_all_that_it_implies) {
    size_t count;
    const struct tern_isa_level *l = tern_isa_levels(&count);
    for (size_t i = 0; i < count; i++) {
        uint32_t mask;
        cr_assert(eq(int, tern_isa_parse(l[i].name, &mask, NULL), TERN_OK));
        cr_assert(eq(u32, mask, l[i].needs));
    }
}

Test(isa, names_joined_by_a_plus_are_all_of_them) {
    size_t count;
    const struct tern_isa_level *l = tern_isa_levels(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            char text[64];
            uint32_t mask;
            snprintf(text, sizeof text, "%s+%s", l[i].name, l[j].name);
            cr_assert(tern_isa_parse(text, &mask, NULL) == TERN_OK, "%s", text);
            cr_assert(mask == (l[i].needs | l[j].needs), "%s gives %x", text, mask);
        }
}

Test(isa, a_hexadecimal_mask_is_taken_as_it_is) {
    uint32_t mask;
    cr_assert(eq(int, tern_isa_parse("0x13", &mask, NULL), TERN_OK));
    cr_assert(eq(u32, mask, 0x13));
}

Test(isa, a_typo_is_refused_and_the_levels_are_named) {
    static const char *const bad[] = {"avx3",  "",         "scalar+",     "+scalar",       "scalar++scalar",
                                      "0x",    "0x1g",     "0x100000000", "scalar,scalar", "Scalar",
                                      "scala", "scalar 0", "scalar+0x1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t mask;
        struct tern_error e = {{0}};
        cr_expect(tern_isa_parse(bad[i], &mask, &e) == TERN_BAD_INPUT, "'%s'", bad[i]);
        cr_expect(strstr(e.text, bad[i]) && strstr(e.text, "(scalar"), "%s", e.text);
        cr_expect(strchr(e.text, '\n') == NULL);
    }
}

Test(isa, the_name_of_a_mask_is_the_last_level_that_it_holds_all_of) {
    size_t count;
    const struct tern_isa_level *l = tern_isa_levels(&count);
    for (size_t i = 0; i < count; i++)
        cr_expect(eq(str, (char *)tern_isa_level_name(l[i].needs), (char *)l[i].name));
    if (count > 2) /* the bit of the strongest level alone is not enough to run it */
        cr_expect(eq(str, (char *)tern_isa_level_name(l[count - 1].bit), "scalar"));
}

Test(isa, the_text_of_a_mask_names_its_bits) {
    size_t count;
    const struct tern_isa_level *l = tern_isa_levels(&count);
    char text[64];
    for (size_t i = 0; i < count; i++) {
        tern_isa_text(l[i].bit, text, sizeof text);
        cr_expect(eq(str, text, (char *)l[i].name));
    }
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

#ifdef __x86_64__
Test(isa, avx2_is_avx2_and_ssse3) {
    uint32_t mask;
    cr_assert(eq(int, tern_isa_parse("avx2", &mask, NULL), TERN_OK));
    cr_assert(eq(u32, mask, TERN_ISA_SSSE3 | TERN_ISA_AVX2));
    cr_assert(eq(u32, TERN_NEEDS_AVX512VNNI,
                 TERN_ISA_SSSE3 | TERN_ISA_AVX2 | TERN_ISA_AVX512BW | TERN_ISA_AVX512VNNI));
}

/* Levels are a set: VNNI of AVX-512 does not bring that of VEX along, nor the other way round. */
Test(isa, the_two_kinds_of_vnni_do_not_imply_each_other) {
    uint32_t mask;
    cr_assert(eq(int, tern_isa_parse("avxvnni+avx512vnni", &mask, NULL), TERN_OK));
    cr_assert(eq(u32, mask, TERN_NEEDS_AVXVNNI | TERN_NEEDS_AVX512VNNI));
    cr_assert(0 == (TERN_NEEDS_AVX512VNNI & TERN_ISA_AVXVNNI) &&
              0 == (TERN_NEEDS_AVXVNNI & TERN_ISA_AVX512BW));
}
#endif
