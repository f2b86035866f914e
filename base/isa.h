/* Instruction sets: what this CPU can run, and what TERN_ISA allows it to run.
 *
 * A level is a bundle of CPU features that tern's kernels need together. Its name is the suffix of a kernel's name
 * (`..__avx512vnni`) and a value of TERN_ISA and `--isa`. Levels are a set: each has one bit of a mask, and each says
 * which other levels it implies (base/isa/x86.def, base/isa/arm.def). */
#ifndef TERN_BASE_ISA_H
#define TERN_BASE_ISA_H

#include "base/isa/levels.h"
#include "base/status.h"

/* The levels of the architecture that this build is for. A level comes after those that it implies; the first is
 * "scalar". */
const struct tern_isa_level *tern_isa_levels(size_t *count);

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
