#include "base/isa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

static const struct tern_isa_level levels[] = {
    {"scalar", 0},
    {"ssse3", TERN_ISA_SSSE3},
    {"avx2", TERN_ISA_AVX2},
    {"avxvnni", TERN_ISA_AVXVNNI},
    {"avx512bw", TERN_ISA_AVX512BW},
    {"avx512vnni", TERN_ISA_AVX512VNNI},
    {"avx512vbmi", TERN_ISA_AVX512VBMI},
    {"avx512popcnt", TERN_ISA_AVX512POPCNT},
    {"gfni", TERN_ISA_GFNI},
};

static uint64_t xgetbv0(void) {
    uint32_t lo, hi;
    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return (uint64_t)hi << 32 | lo;
}

uint32_t tern_isa_detected(void) {
    unsigned a, b1, c1, d1, b7 = 0, c7 = 0, d7 = 0, a71 = 0, t0, t1, t2;
    if (!__get_cpuid(1, &a, &b1, &c1, &d1)) return 0;
    __get_cpuid_count(7, 0, &a, &b7, &c7, &d7);
    if (a >= 1) __get_cpuid_count(7, 1, &a71, &t0, &t1, &t2);

    const int osxsave = c1 >> 27 & 1;
    const uint64_t xcr0 = osxsave ? xgetbv0() : 0;
    const int os_ymm = (xcr0 & 0x06) == 0x06, os_zmm = (xcr0 & 0xe6) == 0xe6;

    uint32_t m = 0;
    if (c1 >> 9 & 1) m |= TERN_ISA_SSSE3;
    const int avx = os_ymm && (c1 >> 28 & 1);
    const int avx2 = avx && (b7 >> 5 & 1) && (c1 >> 12 & 1) && (c1 >> 29 & 1) && (b7 >> 8 & 1);
    if (avx2) m |= TERN_ISA_AVX2;
    if (avx2 && (a71 >> 4 & 1)) m |= TERN_ISA_AVXVNNI;
    const int f = b7 >> 16 & 1, dq = b7 >> 17 & 1, cd = b7 >> 28 & 1, bw = b7 >> 30 & 1, vl = b7 >> 31 & 1;
    const int z = avx2 && os_zmm && f && dq && cd && bw && vl;
    if (z) m |= TERN_ISA_AVX512BW;
    if (z && (c7 >> 11 & 1)) m |= TERN_ISA_AVX512VNNI;
    if (z && (c7 >> 1 & 1) && (c7 >> 6 & 1)) m |= TERN_ISA_AVX512VBMI;
    if (z && (c7 >> 14 & 1) && (c7 >> 12 & 1)) m |= TERN_ISA_AVX512POPCNT;
    if (avx2 && (c7 >> 8 & 1)) m |= TERN_ISA_GFNI;
    return m;
}

#elif defined(__aarch64__)
#include <sys/auxv.h>

static const struct tern_isa_level levels[] = {
    {"scalar", 0},           {"neon", TERN_ISA_NEON}, {"dotprod", TERN_ISA_DOTPROD},
    {"i8mm", TERN_ISA_I8MM}, {"sve", TERN_ISA_SVE},   {"sve2", TERN_ISA_SVE2},
};

uint32_t tern_isa_detected(void) {
    const unsigned long hw = getauxval(AT_HWCAP), hw2 = getauxval(AT_HWCAP2);
    uint32_t m = TERN_ISA_NEON;
    if (hw >> 20 & 1) m |= TERN_ISA_DOTPROD;
    if (hw2 >> 13 & 1) m |= TERN_ISA_I8MM;
    if (hw >> 22 & 1) m |= TERN_ISA_SVE;
    if (hw2 >> 1 & 1) m |= TERN_ISA_SVE2;
    return m;
}

#else

static const struct tern_isa_level levels[] = {{"scalar", 0}};

uint32_t tern_isa_detected(void) {
    return 0;
}

#endif

#define N_LEVELS (sizeof levels / sizeof *levels)

const struct tern_isa_level *tern_isa_levels(size_t *count) {
    *count = N_LEVELS;
    return levels;
}

enum tern_status tern_isa_parse(const char *text, uint32_t *mask, struct tern_error *e) {
    uint32_t m = 0;
    for (size_t i = 0; i < N_LEVELS; i++) {
        m |= levels[i].adds;
        if (strcmp(text, levels[i].name) == 0) return *mask = m, TERN_OK;
    }
    char *end;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        unsigned long v = strtoul(text, &end, 16);
        if (!*end && end > text + 2) return *mask = (uint32_t)v, TERN_OK;
    }
    char names[256];
    tern_isa_text(m, names, sizeof names);
    return tern_fail(e, TERN_BAD_INPUT,
                     "isa: '%s': not a level of this architecture (scalar %s) nor a 0x mask", text, names);
}

enum tern_status tern_isa_usable(uint32_t *mask, struct tern_error *e) {
    *mask = tern_isa_detected();
    const char *env = getenv("TERN_ISA");
    if (!env || !*env) return TERN_OK;
    uint32_t allowed;
    enum tern_status s = tern_isa_parse(env, &allowed, e);
    if (s) return *mask = 0, tern_fail_in(e, s, "TERN_ISA");
    *mask &= allowed;
    return TERN_OK;
}

const char *tern_isa_level_name(uint32_t mask) {
    const char *best = levels[0].name;
    for (size_t i = 1; i < N_LEVELS; i++)
        if ((mask & levels[i].adds) == levels[i].adds) best = levels[i].name;
    return best;
}

void tern_isa_text(uint32_t mask, char *out, size_t out_bytes) {
    size_t at = 0;
    snprintf(out, out_bytes, "scalar");
    for (size_t i = 1; i < N_LEVELS && at < out_bytes; i++) {
        if ((mask & levels[i].adds) != levels[i].adds) continue;
        at += (size_t)snprintf(out + at, out_bytes - at, "%s%s", at ? " " : "", levels[i].name);
    }
}
