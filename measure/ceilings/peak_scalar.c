#include "measure/ceilings/peak.h"

/* Compiled without auto-vectorisation: these are the ceilings of code that uses no vector unit. */

#define VEC       uint64_t
#define ZERO      0
#define LOAD(p)   (*(const uint64_t *)(const void *)(p))
#define ADD(a, b) ((a) + (b))
#define sum_of(v) (v)
#include "measure/ceilings/peak_read.inc"

uint64_t tern_read_near_scalar(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 0);
}

uint64_t tern_read_far_scalar(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 2048);
}

#define HIDE(x) __asm__ volatile("" : "+r"(x)) /* the compiler no longer knows the value; no instruction */

uint64_t tern_int8_scalar(uint64_t rounds) {
    uint32_t a = 1, b = 1, s[8] = {0}; /* a multiply costs the same, signed or not */
    for (; rounds; rounds--)
        for (int i = 0; i < 8; i++) {
            HIDE(a);
            HIDE(b);
            s[i] += a * b; /* bytes that their loads have widened */
        }
    uint32_t sum = 0;
    for (int i = 0; i < 8; i++) sum += s[i];
    return sum;
}

uint64_t tern_fma_scalar(uint64_t rounds) {
#ifdef __FP_FAST_FMAF
    float s[8] = {0}, a = 1, b = 1;
    for (; rounds; rounds--)
        for (int i = 0; i < 8; i++) {
            __asm__ volatile("" : "+w"(a), "+w"(b));
            s[i] = __builtin_fmaf(a, b, s[i]);
        }
    double sum = 0;
    for (int i = 0; i < 8; i++) sum += (double)s[i];
    return (uint64_t)sum;
#else
    return rounds * 0;
#endif
}
