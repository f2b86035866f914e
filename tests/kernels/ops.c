/* Which level of the float operations and of the quantiser is used. */
#include "base/isa.h"
#include "kernels/dense/f32_ops.h"
#include "kernels/dense/head_ops.h"
#include "kernels/epilogue.h"
#include "kernels/ops_levels.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

/* Whatever is usable, the level chosen is usable, and no compiled level that is usable needs more than it. */
#define CHOICE(kind)                                                                                         \
    Test(ops, the_strongest_usable_level_of_##kind##_is_chosen) {                                            \
        size_t count;                                                                                        \
        const struct tern_isa_level *l = tern_isa_levels(&count);                                            \
        for (size_t i = 0; i < count; i++) {                                                                 \
            const uint32_t usable = l[i].needs;                                                              \
            const struct tern_##kind##_ops *o = tern_##kind##_ops_for(usable);                               \
            cr_assert(o && !(o->needs & ~usable), "%s", l[i].name);                                          \
            for (size_t j = 0; tern_##kind##_ops_levels[j]; j++) {                                           \
                const struct tern_##kind##_ops *other = tern_##kind##_ops_levels[j];                         \
                if (!(other->needs & ~usable))                                                               \
                    cr_assert(0 == (other->needs & ~o->needs), "%s rather than %s at %s", o->level,          \
                              other->level, l[i].name);                                                      \
            }                                                                                                \
        }                                                                                                    \
    }                                                                                                        \
    Test(ops, the_levels_of_##kind##_are_those_of_the_table_the_scalar_one_first) {                          \
        cr_assert(eq(str, (char *)tern_##kind##_ops_levels[0]->level, "scalar"));                            \
        for (size_t j = 0; tern_##kind##_ops_levels[j]; j++) {                                               \
            uint32_t needs = ~0u;                                                                            \
            cr_assert(eq(int, tern_isa_parse(tern_##kind##_ops_levels[j]->level, &needs, NULL), TERN_OK));   \
            cr_assert(eq(u32, needs, tern_##kind##_ops_levels[j]->needs));                                   \
        }                                                                                                    \
    }

CHOICE(f32)
CHOICE(head)
CHOICE(epilogue)

Test(ops, the_strongest_usable_quantiser_is_chosen) {
    size_t count;
    const struct tern_isa_level *l = tern_isa_levels(&count);
    for (size_t i = 0; i < count; i++) {
        tern_quantise_fn *last = tern_quantise_reference;
#define LEVEL(level, LEVEL_)                                                                                 \
    if (!strcmp(#level, l[i].name)) last = tern_quantise_##level;
#define DECLARE(name, NAME) tern_quantise_fn tern_quantise_##name;
        TERN_QUANTISE_LEVELS(DECLARE)
        TERN_QUANTISE_LEVELS(LEVEL)
#undef DECLARE
#undef LEVEL
        if (last != tern_quantise_reference)
            cr_assert(tern_quantise_for(l[i].needs) == last, "%s", l[i].name);
    }
    cr_assert(tern_quantise_for(0) == tern_quantise_reference);
}
