/* CPU feature mask: what the machine can run and what TERN_ISA allows it to run.
 *
 * A bit is a *bundle* of CPU features that tern's kernels need together, checked against both cpuid and the
 * operating system (xgetbv). A level is a named, cumulative set of bits; its name is also the suffix of a kernel
 * name (`..__avx512vnni`), the value of TERN_ISA and the value of `--isa`. */
#ifndef TERN_BASE_ISA_H
#define TERN_BASE_ISA_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    TERN_ISA_SCALAR = 0,
    TERN_ISA_SSSE3 = 1 << 0,
    TERN_ISA_AVX2 = 1 << 1,         /* AVX2, FMA, F16C, BMI2 */
    TERN_ISA_AVXVNNI = 1 << 2,      /* VEX-encoded vpdpbusd */
    TERN_ISA_AVX512BW = 1 << 3,     /* F, BW, DQ, VL, CD */
    TERN_ISA_AVX512VNNI = 1 << 4,   /* vpdpbusd on zmm */
    TERN_ISA_AVX512VBMI = 1 << 5,   /* VBMI and VBMI2: vpermb, vpmultishiftqb */
    TERN_ISA_AVX512POPCNT = 1 << 6, /* VPOPCNTDQ and BITALG */
    TERN_ISA_GFNI = 1 << 7,         /* gf2p8affineqb */
    TERN_ISA_NEON = 1 << 16,
    TERN_ISA_DOTPROD = 1 << 17,
    TERN_ISA_I8MM = 1 << 18,
    TERN_ISA_SVE = 1 << 19,
    TERN_ISA_SVE2 = 1 << 20
};

struct tern_isa_level {
    const char *name;
    uint32_t adds; /* the bits that this level adds to the ones before it in the table of its architecture */
};

/* The levels of the architecture that this build is for, weakest first; the first is always "scalar". */
const struct tern_isa_level *tern_isa_levels(size_t *count);

/* What this CPU and operating system can execute, whatever TERN_ISA says. */
uint32_t tern_isa_detected(void);

/* Parses a level name ("avx2": that level and all below it) or a hexadecimal mask ("0x1b").
 * TERN_BAD_INPUT with the list of names when it is neither. */
enum tern_status tern_isa_parse(const char *text, uint32_t *mask, struct tern_error *e);

/* detected & TERN_ISA: what may run. A malformed TERN_ISA is an error, never "everything". */
enum tern_status tern_isa_usable(uint32_t *mask, struct tern_error *e);

/* Name of the strongest level whose own bits are all in `mask`. */
const char *tern_isa_level_name(uint32_t mask);

/* Writes the names of the bits in `mask`, separated by spaces ("ssse3 avx2"), or "scalar". */
void tern_isa_text(uint32_t mask, char *out, size_t out_bytes);

#endif
