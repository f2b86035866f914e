#include "base/isa/levels.h"
#include "base/isa/relax.h"

#include <cpuid.h>

const struct tern_isa_level tern_isa_table[] = {
    TERN_LEVEL_SCALAR,
#define TERN_LEVEL(NAME, name, bit, implies, flags, features) {#name, TERN_ISA_##NAME, TERN_NEEDS_##NAME},
#include "base/isa/x86.def"
#undef TERN_LEVEL
};
const size_t tern_isa_table_count = sizeof tern_isa_table / sizeof *tern_isa_table;

/* The registers whose state the operating system saves: bits 1 and 2 xmm and ymm, 5 to 7 zmm and masks. */
static uint64_t xgetbv0(void) {
    uint32_t lo, hi;
    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return (uint64_t)hi << 32 | lo;
}

/* The words that base/isa/x86.def writes features with. */
#define L1_ECX(bit)   (c1 >> (bit)&1)
#define L7_EBX(bit)   (b7 >> (bit)&1)
#define L7_ECX(bit)   (c7 >> (bit)&1)
#define L7_1_EAX(bit) (a71 >> (bit)&1)
#define YMM           ((saved & 0x06) == 0x06)
#define ZMM           ((saved & 0xe6) == 0xe6)
#define HAS(NAME)     ((m & TERN_ISA_##NAME) != 0)

uint32_t tern_isa_detected(void) {
    unsigned a, b, c1, d, b7 = 0, c7 = 0, a71 = 0, unused;
    if (!__get_cpuid(1, &a, &b, &c1, &d)) return 0;
    __get_cpuid_count(7, 0, &a, &b7, &c7, &d);
    if (a >= 1) __get_cpuid_count(7, 1, &a71, &b, &unused, &d);
    const uint64_t saved = L1_ECX(27) ? xgetbv0() : 0;
    uint32_t m = 0;
#define TERN_LEVEL(NAME, name, bit, implies, flags, features)                                                \
    if (features) m |= TERN_ISA_##NAME;
#include "base/isa/x86.def"
#undef TERN_LEVEL
    return m;
}

void tern_relax(void) {
    __builtin_ia32_pause();
}
