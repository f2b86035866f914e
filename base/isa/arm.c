#include "base/isa/levels.h"
#include "base/isa/relax.h"

#include <sys/auxv.h>

const struct tern_isa_level tern_isa_table[] = {
    TERN_LEVEL_SCALAR,
#define TERN_LEVEL(NAME, name, bit, implies, flags, features) {#name, TERN_ISA_##NAME, TERN_NEEDS_##NAME},
#include "base/isa/arm.def"
#undef TERN_LEVEL
};
const size_t tern_isa_table_count = sizeof tern_isa_table / sizeof *tern_isa_table;

/* The words that base/isa/arm.def writes features with. The kernel tells what all cores have. */
#define HWCAP(bit)  (first >> (bit)&1)
#define HWCAP2(bit) (second >> (bit)&1)

uint32_t tern_isa_detected(void) {
    const unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
    uint32_t m = 0;
#define TERN_LEVEL(NAME, name, bit, implies, flags, features)                                                \
    if (features) m |= TERN_ISA_##NAME;
#include "base/isa/arm.def"
#undef TERN_LEVEL
    return m;
}

void tern_relax(void) {
    __asm__ volatile("isb"); /* "yield" does nothing on cores with one thread */
}
