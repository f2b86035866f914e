#include "measure/ceilings/x86/peaks.h"

#include <immintrin.h>

#define ZERO      _mm256_setzero_si256()
#define ADD(a, b) _mm256_add_epi32(a, b)
#define STEP(s)                                                                                              \
    __asm__ volatile("%{vex%} vpdpbusd %[b], %[a], %[acc]" : [acc] "+x"(s) : [a] "x"(a), [b] "x"(b))

uint64_t tern_int8_vnni_ymm(uint64_t rounds) {
    const __m256i a = _mm256_set1_epi8(1), b = a;
    __m256i s0 = ZERO, s1 = ZERO, s2 = ZERO, s3 = ZERO, s4 = ZERO, s5 = ZERO;
    __m256i s6 = ZERO, s7 = ZERO, s8 = ZERO, s9 = ZERO, s10 = ZERO, s11 = ZERO;
    for (; rounds; rounds--) {
        TERN_TWELVE(STEP);
    }
    uint32_t lane[8], sum = 0;
    const __m256i x = ADD(ADD(ADD(s0, s1), ADD(s2, s3)), ADD(s4, s5));
    const __m256i y = ADD(ADD(ADD(s6, s7), ADD(s8, s9)), ADD(s10, s11));
    _mm256_storeu_si256((__m256i *)lane, ADD(x, y));
    for (int i = 0; i < 8; i++) sum += lane[i];
    return sum;
}
