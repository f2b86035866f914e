#include "measure/ceilings/peak.h"

/* Compiled without auto-vectorisation: these are the ceilings of code that uses no vector unit. */

#define VEC       uint64_t
#define ZERO      0
#define LOAD(p)   (*(const uint64_t *)(const void *)(p))
#define ADD(a, b) ((a) + (b))
#define sum_of(v) (v)
#include "measure/ceilings/reading_template.inc"

static uint64_t read_near(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 0);
}

static uint64_t read_far(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 2048);
}

enum { CHAINS = 8 }; /* of dependent multiply-adds, one step of each in a round */

#define HIDE(x) __asm__ volatile("" : "+r"(x)) /* the compiler no longer knows the value; no instruction */

static uint64_t int8(uint64_t rounds) {
    uint32_t a = 1, b = 1, s[CHAINS] = {0}; /* a multiply costs the same, signed or not */
    for (; rounds; rounds--)
        for (int i = 0; i < CHAINS; i++) {
            HIDE(a);
            HIDE(b);
            s[i] += a * b; /* bytes that their loads have widened */
        }
    uint32_t sum = 0;
    for (int i = 0; i < CHAINS; i++) sum += s[i];
    return sum;
}

#ifdef __FP_FAST_FMAF
static uint64_t fused(uint64_t rounds) {
    float s[CHAINS] = {0}, a = 1, b = 1;
    for (; rounds; rounds--)
        for (int i = 0; i < CHAINS; i++) {
            __asm__ volatile("" : "+w"(a), "+w"(b));
            s[i] = __builtin_fmaf(a, b, s[i]);
        }
    double sum = 0;
    for (int i = 0; i < CHAINS; i++) sum += (double)s[i];
    return (uint64_t)sum;
}
#endif

const struct tern_peak tern_scalar_peaks[] = {
    {TERN_CEILING_READ, 0, "read scalar", read_near, read_far, NULL, 0},
    {TERN_CEILING_INT8, 0, "int8 scalar", NULL, NULL, int8, CHAINS},
#ifdef __FP_FAST_FMAF
    {TERN_CEILING_FMA, 0, "fmaf scalar", NULL, NULL, fused, CHAINS},
#endif
};
const size_t tern_scalar_peaks_count = sizeof tern_scalar_peaks / sizeof *tern_scalar_peaks;
