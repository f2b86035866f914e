#include "measure/ceilings/x86/peaks.h"

#include <immintrin.h>

/* Not _mm512_reduce_add_*: gcc's adds signed lanes, and these are meant to wrap. */
static inline uint64_t sum_of(__m512i v) {
    uint64_t lane[8], sum = 0;
    _mm512_storeu_si512(lane, v);
    for (int i = 0; i < 8; i++) sum += lane[i];
    return sum;
}

#define VEC       __m512i
#define ZERO      _mm512_setzero_si512()
#define LOAD(p)   _mm512_load_si512((const void *)(p))
#define ADD(a, b) _mm512_add_epi64(a, b)
#include "measure/ceilings/reading_template.inc"

uint64_t tern_read_near_zmm(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 0);
}

uint64_t tern_read_far_zmm(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 2048);
}

/* Twelve chains: two per cycle times five cycles of latency is the most that a core asks for today. Named
 * variables and not an array: gcc 12 stores an array after every step. */
#define STEP_INT8(acc) __asm__ volatile("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(a), "v"(b))
#define STEP_FMA(acc)  __asm__ volatile("vfmadd231ps %2, %1, %0" : "+v"(acc) : "v"(a), "v"(b))

uint64_t tern_int8_zmm(uint64_t rounds) {
    const __m512i a = _mm512_set1_epi8(1), b = a;
    __m512i s0 = ZERO, s1 = ZERO, s2 = ZERO, s3 = ZERO, s4 = ZERO, s5 = ZERO;
    __m512i s6 = ZERO, s7 = ZERO, s8 = ZERO, s9 = ZERO, s10 = ZERO, s11 = ZERO;
    for (; rounds; rounds--) {
        TERN_TWELVE(STEP_INT8);
    }
    const __m512i x = _mm512_add_epi32(_mm512_add_epi32(_mm512_add_epi32(s0, s1), _mm512_add_epi32(s2, s3)),
                                       _mm512_add_epi32(s4, s5));
    const __m512i y = _mm512_add_epi32(_mm512_add_epi32(_mm512_add_epi32(s6, s7), _mm512_add_epi32(s8, s9)),
                                       _mm512_add_epi32(s10, s11));
    uint32_t lane[16], sum = 0;
    _mm512_storeu_si512(lane, _mm512_add_epi32(x, y));
    for (int i = 0; i < 16; i++) sum += lane[i];
    return sum;
}

uint64_t tern_fma_zmm(uint64_t rounds) {
    const __m512 zero = _mm512_setzero_ps(), a = _mm512_set1_ps(1.0f), b = a;
    __m512 s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero;
    __m512 s6 = zero, s7 = zero, s8 = zero, s9 = zero, s10 = zero, s11 = zero;
    for (; rounds; rounds--) {
        TERN_TWELVE(STEP_FMA);
    }
    const __m512 x =
        _mm512_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)), _mm512_add_ps(s4, s5));
    const __m512 y =
        _mm512_add_ps(_mm512_add_ps(_mm512_add_ps(s6, s7), _mm512_add_ps(s8, s9)), _mm512_add_ps(s10, s11));
    return (uint64_t)_mm512_reduce_add_ps(_mm512_add_ps(x, y));
}
