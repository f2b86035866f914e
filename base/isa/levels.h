/* The levels of instruction sets, for base/isa.h. One line of <architecture>.def is all there is to say about a level: its
 * name, its bit, what it implies, the compiler's flags and how it is detected. Meson reads these lines too. */
#ifndef TERN_BASE_ISA_LEVELS_H
#define TERN_BASE_ISA_LEVELS_H

#include <stddef.h>
#include <stdint.h>

/* TERN_ISA_AVX2 is the bit of a level. TERN_NEEDS_AVX2 is that bit and the bits of all levels that it implies: a kernel of
 * the level may run where all of them are usable. The bits of all architectures differ, so the names exist everywhere. */
enum {
    TERN_ISA_SCALAR = 0,
    TERN_NEEDS_SCALAR = 0,
#define IMPLIES(NAME) TERN_NEEDS_##NAME
#define TERN_LEVEL(NAME, name, bit, implies, flags, features)                                                \
    TERN_ISA_##NAME = 1 << (bit), TERN_NEEDS_##NAME = TERN_ISA_##NAME | (implies),
#include "base/isa/arm.def"
#include "base/isa/x86.def"
#undef TERN_LEVEL
#undef IMPLIES
};

struct tern_isa_level {
    const char *name;
    uint32_t bit;   /* 0 for "scalar" */
    uint32_t needs; /* this bit and the bits of all levels that it implies */
};

/* The levels of the architecture that this build is for, and what this CPU and operating system can execute. One source
 * defines all three: <architecture>.c, or other.c for an architecture that has no levels yet. */
extern const struct tern_isa_level tern_isa_table[];
extern const size_t tern_isa_table_count;
uint32_t tern_isa_detected(void);

/* The first line of every table. */
#define TERN_LEVEL_SCALAR                                                                                    \
    { "scalar", 0, 0 }

#endif
