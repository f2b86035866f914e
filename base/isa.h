/* Instruction sets: what this CPU can run, and what TERN_ISA allows it to run.
 *
 * A level is a bundle of CPU features that tern's kernels need together. Its name is the suffix of a kernel's name
 * (`..__avx512vnni`) and a value of TERN_ISA and `--isa`. Levels are a set: each has one bit of a mask, and each says
 * which other levels it implies. One line in base/isa/<architecture>.def says all there is to say about a level: its
 * name, its bit, what it implies, the compiler's flags and how it is detected. Meson, this header, the commands and
 * the tests read that line. */
#ifndef TERN_BASE_ISA_H
#define TERN_BASE_ISA_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* TERN_ISA_AVX2 is the bit of a level. TERN_NEEDS_AVX2 is that bit and the bits of all levels that it implies: a
 * kernel of the level may run where all of them are usable. The bits of all architectures differ, so the names exist
 * everywhere. */
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

/* The levels of the architecture that this build is for. A level comes after those that it implies; the first is
 * "scalar". */
const struct tern_isa_level *tern_isa_levels(size_t *count);

/* What this CPU and operating system can execute. TERN_ISA does not matter here. */
uint32_t tern_isa_detected(void);

/* Parses what TERN_ISA and --isa may hold: the name of a level ("avx2"), names joined by + ("neon+sve"), or a
 * hexadecimal mask ("0x1b"). A name stands for the level and all levels that it implies; a mask is taken as it is.
 * TERN_BAD_INPUT, with the list of names, for anything else. */
enum tern_status tern_isa_parse(const char *text, uint32_t *mask, struct tern_error *e);

/* detected & TERN_ISA: what may run. A malformed TERN_ISA is an error and never means "everything". */
enum tern_status tern_isa_usable(uint32_t *mask, struct tern_error *e);

/* Name of the last level of the table whose needs are all in `mask`. */
const char *tern_isa_level_name(uint32_t mask);

/* Writes the names of the bits in `mask`, separated by spaces ("ssse3 avx2"), or "scalar". */
void tern_isa_text(uint32_t mask, char *out, size_t out_bytes);

#endif
