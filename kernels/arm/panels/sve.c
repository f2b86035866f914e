/* Row panels on SVE. p64.h, b80.h and r16.h here tell the arithmetic and its bounds, which are the same; SVE has a sdot of its own,
 * so no dotprod is needed (A64FX has none). Per register of weights: p64t 3 and, 4 sdot; b80 5 multiplications by an immediate,
 * 6 sdot; r16 3 and, 1 shift, 4 sdot. */
#include "kernels/arm/panels/sve.h"

#include "kernels/formats/memory/r16.h"

#define P64T_MASKS const svuint8_t m3 = sve_mask(3), m15 = sve_mask(15), m63 = sve_mask(63);
#define P64T_SUMS(q)                                                                                         \
    svint32_t s0##q = svdup_n_s32(0), s1##q = svdup_n_s32(0), s2##q = svdup_n_s32(0), s3##q = svdup_n_s32(0);
#define P64T_ADD(q)                                                                                          \
    SVE_LOAD(q)                                                                                              \
    SVE_DOT(s0##q, SVE_AND(w##q, m3), x);                                                                    \
    SVE_DOT(s1##q, SVE_AND(w##q, m15), x);                                                                   \
    SVE_DOT(s2##q, SVE_AND(w##q, m63), x);                                                                   \
    SVE_DOT(s3##q, w##q, x);
#define P64T_GROUP(EACH)                                                                                     \
    const svint8_t x = sve_four(a);                                                                          \
    EACH(P64T_ADD)
/* The difference of two prefixes, shifted down. */
#define P64T_FIELD(q, high, low, shift) svasr_n_s32_x(all, svsub_s32_x(all, high##q, low##q), shift)
#define P64T_STORE(q)                                                                                        \
    sve_store(t, q, 0, svsub_s32_x(all, s0##q, bias));                                                       \
    sve_store(t, q, 1, svsub_s32_x(all, P64T_FIELD(q, s1, s0, 2), bias));                                    \
    sve_store(t, q, 2, svsub_s32_x(all, P64T_FIELD(q, s2, s1, 4), bias));                                    \
    sve_store(t, q, 3, P64T_FIELD(q, s3, s2, 6));

SVE_GEMV(gemv_p64t_i8_r64k4__sve, P64T, ((struct sve_panel){64, tern_panel_bytes(c->w.k), 1}))

/* 3 w. asm, because compilers make a shift of it. */
ALWAYS_INLINE svuint8_t b80_triple(svuint8_t w) {
    __asm__ volatile("mul %0.b, %0.b, #3" : "+w"(w));
    return w;
}

#define B80_MASKS
#define B80_SUMS(q)                                                                                          \
    svint32_t s0##q = svdup_n_s32(0), s1##q = svdup_n_s32(0), s2##q = svdup_n_s32(0),                        \
              s3##q = svdup_n_s32(0), s4##q = svdup_n_s32(0), s5##q = svdup_n_s32(0);
#define B80_S0(q) SVE_DOT(s0##q, w##q, x);
#define B80_S1(q) B80_NEXT(s1##q, w##q)
#define B80_S2(q) B80_NEXT(s2##q, w##q)
#define B80_S3(q) B80_NEXT(s3##q, w##q)
#define B80_S4(q) B80_NEXT(s4##q, w##q)
#define B80_S5(q) B80_NEXT(s5##q, w##q)
#define B80_NEXT(sum, w)                                                                                     \
    w = b80_triple(w);                                                                                       \
    SVE_DOT(sum, w, x);
/* Stream by stream at each digit: a product takes nine cycles on an A64FX. */
#define B80_GROUP(EACH)                                                                                      \
    const svint8_t x = sve_four(a);                                                                          \
    EACH(SVE_LOAD)                                                                                           \
    EACH(B80_S0) EACH(B80_S1) EACH(B80_S2) EACH(B80_S3) EACH(B80_S4) EACH(B80_S5)
/* 3 times a sum less the next: 256 times the rows. */
#define B80_FIELD(q, f, high, low)                                                                           \
    sve_store(t, q, f, svasr_n_s32_x(all, svsub_s32_x(all, svmul_n_s32_x(all, high##q, 3), low##q), 8));
#define B80_STORE(q)                                                                                         \
    B80_FIELD(q, 0, s0, s1)                                                                                  \
    B80_FIELD(q, 1, s1, s2) B80_FIELD(q, 2, s2, s3) B80_FIELD(q, 3, s3, s4) B80_FIELD(q, 4, s4, s5)

SVE_GEMV(gemv_b80_i8_r80k4__sve, B80, ((struct sve_panel){80, tern_panel_bytes(c->w.k), 1}))

/* The fourth field, which as a mask would be negative. asm, because gcc 12 makes two instructions of the intrinsic. */
ALWAYS_INLINE svuint8_t r16_last(svuint8_t w) {
    svuint8_t v;
    __asm__("lsr %0.b, %1.b, #6" : "=w"(v) : "w"(w));
    return v;
}

#define R16_MASKS   const svuint8_t m3 = sve_mask(3), m12 = sve_mask(12), m48 = sve_mask(48);
#define R16_SUMS(q) svint32_t s0##q = svdup_n_s32(0), s1##q = svdup_n_s32(0), s2##q = svdup_n_s32(0);
#define R16_ADD(q)                                                                                           \
    SVE_LOAD(q)                                                                                              \
    SVE_DOT(s0##q, SVE_AND(w##q, m3), x0);                                                                   \
    SVE_DOT(s1##q, SVE_AND(w##q, m12), x1);                                                                  \
    SVE_DOT(s2##q, SVE_AND(w##q, m48), x2);                                                                  \
    SVE_DOT(s0##q, r16_last(w##q), x3);
#define R16_GROUP(EACH)                                                                                      \
    const svint8_t x0 = sve_four(a), x1 = sve_four(a + 4), x2 = sve_four(a + 8), x3 = sve_four(a + 12);      \
    EACH(R16_ADD)
#define R16_STORE(q)                                                                                         \
    s0##q = svadd_s32_x(all, s0##q, svasr_n_s32_x(all, s1##q, 2));                                           \
    s0##q = svadd_s32_x(all, s0##q, svasr_n_s32_x(all, s2##q, 4));                                           \
    sve_store(t, q, 0, svsub_s32_x(all, s0##q, bias));

SVE_GEMV(gemv_r16_i8_r16k16__sve, R16, ((struct sve_panel){TERN_R16_ROWS, tern_r16_panel(c->w.k), 4}))
