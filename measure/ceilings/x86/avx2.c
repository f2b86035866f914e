#include "measure/ceilings/x86/peaks.h"

#include <immintrin.h>

static inline uint64_t sum_of(__m256i v) {
    uint64_t lane[4];
    _mm256_storeu_si256((__m256i *)lane, v);
    return lane[0] + lane[1] + lane[2] + lane[3];
}

#define VEC       __m256i
#define ZERO      _mm256_setzero_si256()
#define LOAD(p)   _mm256_load_si256((const __m256i *)(const void *)(p))
#define ADD(a, b) _mm256_add_epi64(a, b)
#include "measure/ceilings/reading_template.inc"

uint64_t tern_read_near_ymm(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 0);
}

uint64_t tern_read_far_ymm(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 2048);
}

/* Assembly, because the products are the same in every round and a compiler would rightly move them out of
 * the loop. */
#define STEP_INT8(s)                                                                                         \
    __asm__ volatile("vpmaddubsw %[b], %[a], %[t]\n\t"                                                       \
                     "vpmaddwd %[one], %[t], %[t]\n\t"                                                       \
                     "vpaddd %[t], %[acc], %[acc]"                                                           \
                     : [acc] "+x"(s), [t] "=&x"(t)                                                           \
                     : [a] "x"(a), [b] "x"(b), [one] "x"(one))

#define STEP_MADDUBS(s)                                                                                      \
    __asm__ volatile("vpmaddubsw %[b], %[a], %[t]\n\t"                                                       \
                     "vpaddw %[t], %[acc], %[acc]"                                                           \
                     : [acc] "+x"(s), [t] "=&x"(t)                                                           \
                     : [a] "x"(a), [b] "x"(b))

#define STEP_FMA(s)                                                                                          \
    __asm__ volatile("vfmadd231ps %[b], %[a], %[acc]" : [acc] "+x"(s) : [a] "x"(a), [b] "x"(b))

uint64_t tern_int8_ymm(uint64_t rounds) {
    const __m256i a = _mm256_set1_epi8(1), b = a, one = _mm256_set1_epi16(1);
    __m256i t, s0 = ZERO, s1 = ZERO, s2 = ZERO, s3 = ZERO, s4 = ZERO, s5 = ZERO, s6 = ZERO, s7 = ZERO;
    for (; rounds; rounds--) {
        TERN_EIGHT(STEP_INT8);
    }
    const __m256i x = _mm256_add_epi32(_mm256_add_epi32(s0, s1), _mm256_add_epi32(s2, s3));
    const __m256i y = _mm256_add_epi32(_mm256_add_epi32(s4, s5), _mm256_add_epi32(s6, s7));
    uint32_t lane[8], sum = 0;
    _mm256_storeu_si256((__m256i *)lane, _mm256_add_epi32(x, y));
    for (int i = 0; i < 8; i++) sum += lane[i];
    return sum;
}

uint64_t tern_maddubs_ymm(uint64_t rounds) {
    const __m256i a = _mm256_set1_epi8(1), b = a;
    __m256i t, s0 = ZERO, s1 = ZERO, s2 = ZERO, s3 = ZERO, s4 = ZERO, s5 = ZERO, s6 = ZERO, s7 = ZERO;
    for (; rounds; rounds--) {
        TERN_EIGHT(STEP_MADDUBS);
    }
    const __m256i x = _mm256_add_epi16(_mm256_add_epi16(s0, s1), _mm256_add_epi16(s2, s3));
    const __m256i y = _mm256_add_epi16(_mm256_add_epi16(s4, s5), _mm256_add_epi16(s6, s7));
    uint16_t lane[16], sum = 0;
    _mm256_storeu_si256((__m256i *)lane, _mm256_add_epi16(x, y));
    for (int i = 0; i < 16; i++) sum = (uint16_t)(sum + lane[i]);
    return sum;
}

uint64_t tern_fma_ymm(uint64_t rounds) {
    const __m256 zero = _mm256_setzero_ps(), a = _mm256_set1_ps(1.0f), b = a;
    __m256 s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero;
    __m256 s6 = zero, s7 = zero, s8 = zero, s9 = zero, s10 = zero, s11 = zero;
    for (; rounds; rounds--) {
        TERN_TWELVE(STEP_FMA);
    }
    const __m256 x =
        _mm256_add_ps(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3)), _mm256_add_ps(s4, s5));
    const __m256 y =
        _mm256_add_ps(_mm256_add_ps(_mm256_add_ps(s6, s7), _mm256_add_ps(s8, s9)), _mm256_add_ps(s10, s11));
    float lane[8], sum = 0;
    _mm256_storeu_ps(lane, _mm256_add_ps(x, y));
    for (int i = 0; i < 8; i++) sum += lane[i];
    return (uint64_t)sum;
}
