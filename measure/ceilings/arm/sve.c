#include "measure/ceilings/arm/sve.h"

/* Four sums, as many as keep the loads of any core today busy; `ahead`: bytes between a load and what is asked for. */
static inline __attribute__((always_inline)) uint64_t read_all(const void *data, size_t bytes, uint64_t calls,
                                                               const size_t ahead) {
    const svbool_t all = svptrue_b64();
    const size_t lanes = svcntd(), words = bytes / sizeof(uint64_t),
                 blocks = words / (4 * lanes) * (4 * lanes);
    svuint64_t s0 = svdup_u64(0), s1 = s0, s2 = s0, s3 = s0;
    for (; calls; calls--) {
        const uint64_t *p = data;
        size_t i = 0;
        for (; i < blocks; i += 4 * lanes) {
            for (size_t at = 0; ahead && at < 4 * lanes * sizeof *p; at += 64)
                __builtin_prefetch((const void *)((uintptr_t)(p + i) + ahead + at), 0, 3);
            s0 = svadd_u64_x(all, s0, svld1_u64(all, p + i));
            s1 = svadd_u64_x(all, s1, svld1_u64(all, p + i + lanes));
            s2 = svadd_u64_x(all, s2, svld1_u64(all, p + i + 2 * lanes));
            s3 = svadd_u64_x(all, s3, svld1_u64(all, p + i + 3 * lanes));
        }
        for (; i < words; i += lanes) {
            const svbool_t rest = svwhilelt_b64_u64(i, words);
            s0 = svadd_u64_m(rest, s0, svld1_u64(rest, p + i));
        }
        __asm__ volatile("" ::: "memory"); /* the next pass reads again */
    }
    return svaddv_u64(all, svadd_u64_x(all, svadd_u64_x(all, s0, s1), svadd_u64_x(all, s2, s3)));
}

uint64_t tern_read_near_z(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 0);
}

uint64_t tern_read_far_z(const void *data, size_t bytes, uint64_t calls) {
    return read_all(data, bytes, calls, 2048);
}

#define STEP_INT8(s) __asm__ volatile("sdot %0.s, %1.b, %2.b" : "+w"(s) : "w"(a), "w"(b))
#define STEP_FMA(s)  __asm__ volatile("fmla %0.s, %3/m, %1.s, %2.s" : "+w"(s) : "w"(a), "w"(b), "Upl"(all))

TERN_SVE_INT8(tern_int8_sdot_z, STEP_INT8)

uint64_t tern_fma_z(uint64_t rounds) {
    const svbool_t all = svptrue_b32(), counted = svptrue_pat_b32(SV_POW2);
    const svfloat32_t zero = svdup_f32(0), a = svdup_f32(1), b = a;
    svfloat32_t s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    svfloat32_t s8 = zero, s9 = zero, s10 = zero, s11 = zero, s12 = zero, s13 = zero, s14 = zero, s15 = zero;
    svfloat32_t s16 = zero, s17 = zero, s18 = zero, s19 = zero, s20 = zero, s21 = zero, s22 = zero,
                s23 = zero;
    for (uint64_t steps = tern_sve_steps(rounds); steps; steps--) {
        TERN_TWENTY_FOUR(STEP_FMA);
    }
    double sum = 0;
#define ADD_FLOAT(s) sum += (double)svaddv_f32(counted, s)
    TERN_TWENTY_FOUR(ADD_FLOAT);
    return (uint64_t)sum;
}
