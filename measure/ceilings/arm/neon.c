#include "measure/ceilings/arm/peaks.h"
#include "measure/ceilings/arm/sums_q.h"

static inline uint64_t sum_of(uint64x2_t v) {
    return vaddvq_u64(v);
}

/* The compiler makes pairs (ldp) of these. */
#define VEC       uint64x2_t
#define ZERO      vdupq_n_u64(0)
#define LOAD(p)   vld1q_u64((const uint64_t *)(const void *)(p))
#define ADD(a, b) vaddq_u64(a, b)
#include "measure/ceilings/reading_template.inc"

uint64_t tern_read_near_q(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 0);
}

uint64_t tern_read_far_q(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 2048);
}

/* Assembly, because the products are the same in every round and a compiler would rightly move them out of the loop. */
#define STEP_INT8(s)                                                                                         \
    __asm__ volatile("smull %[t].8h, %[a].8b, %[b].8b\n\t"                                                   \
                     "smlal2 %[t].8h, %[a].16b, %[b].16b\n\t"                                                \
                     "sadalp %[acc].4s, %[t].8h"                                                             \
                     : [acc] "+w"(s), [t] "=&w"(t)                                                           \
                     : [a] "w"(a), [b] "w"(b))

#define STEP_SMLAL(s) __asm__ volatile("smlal %0.8h, %1.8b, %2.8b" : "+w"(s) : "w"(a), "w"(b))

#define STEP_FMA(s) __asm__ volatile("fmla %0.4s, %1.4s, %2.4s" : "+w"(s) : "w"(a), "w"(b))

uint64_t tern_int8_smull(uint64_t rounds) {
    const int8x16_t a = vdupq_n_s8(1), b = a;
    const int32x4_t zero = vdupq_n_s32(0);
    int16x8_t t;
    int32x4_t s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    for (; rounds; rounds--) {
        TERN_EIGHT(STEP_INT8);
    }
    return tern_eight_sum(s0, s1, s2, s3, s4, s5, s6, s7);
}

uint64_t tern_int16_smlal(uint64_t rounds) {
    const int8x8_t a = vdup_n_s8(1), b = a;
    const int16x8_t zero = vdupq_n_s16(0);
    int16x8_t s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    int16x8_t s8 = zero, s9 = zero, s10 = zero, s11 = zero, s12 = zero, s13 = zero, s14 = zero, s15 = zero;
    for (; rounds; rounds--) {
        TERN_SIXTEEN(STEP_SMLAL);
    }
#define ADD16(a, b) vaddq_s16(a, b)
    const int16x8_t w = ADD16(ADD16(s0, s1), ADD16(s2, s3)), x = ADD16(ADD16(s4, s5), ADD16(s6, s7));
    const int16x8_t y = ADD16(ADD16(s8, s9), ADD16(s10, s11)), z = ADD16(ADD16(s12, s13), ADD16(s14, s15));
    return (uint16_t)vaddvq_s16(ADD16(ADD16(w, x), ADD16(y, z)));
}

uint64_t tern_fma_q(uint64_t rounds) {
    const float32x4_t zero = vdupq_n_f32(0), a = vdupq_n_f32(1), b = a;
    float32x4_t s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    float32x4_t s8 = zero, s9 = zero, s10 = zero, s11 = zero, s12 = zero, s13 = zero, s14 = zero, s15 = zero;
    for (; rounds; rounds--) {
        TERN_SIXTEEN(STEP_FMA);
    }
#define ADDF(a, b) vaddq_f32(a, b)
    const float32x4_t w = ADDF(ADDF(s0, s1), ADDF(s2, s3)), x = ADDF(ADDF(s4, s5), ADDF(s6, s7));
    const float32x4_t y = ADDF(ADDF(s8, s9), ADDF(s10, s11)), z = ADDF(ADDF(s12, s13), ADDF(s14, s15));
    return (uint64_t)vaddvq_f32(ADDF(ADDF(w, x), ADDF(y, z)));
}
