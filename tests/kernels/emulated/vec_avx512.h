/* The words of kernels/x86/vec_avx512.h in plain C, for CPUs without AVX-512: the text of the kernels is the same, and so
 * are their sums. Included before a source of kernels, whose own include then finds its guard defined. */
#ifndef TERN_KERNELS_X86_VEC_AVX512_H
#define TERN_KERNELS_X86_VEC_AVX512_H

#include "base/memory.h"
#include "kernels/unroll.h"

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define VEC_BITS 512
enum { VEC_BYTES = VEC_BITS / 8 };

typedef union {
    uint8_t b[64];
    int8_t sb[64];
    uint16_t w[32];
    int16_t sw[32];
    uint32_t d[16];
    int32_t sd[16];
    uint64_t q[8];
} vec;

/* Functions of their own: unrolled loops of them would keep a compiler busy for minutes. */
#define OUT_OF_LINE __attribute__((noinline, unused)) static

/* One lane after another: `e` says what becomes of lanes x of a and y of b. */
#define LANES(lane, e)                                                                                       \
    vec r;                                                                                                   \
    for (size_t i = 0; i < sizeof r.lane / sizeof *r.lane; i++) r.lane[i] = (__typeof__(*r.lane))(e);        \
    return r
#define TWO(name, lane, e)                                                                                   \
    OUT_OF_LINE vec v_##name(vec a, vec b) {                                                                 \
        LANES(lane, e);                                                                                      \
    }
#define SHIFT(name, lane, e)                                                                                 \
    OUT_OF_LINE vec v_##name(vec a, unsigned bits) {                                                         \
        LANES(lane, e);                                                                                      \
    }
#define ALL(name, lane, type)                                                                                \
    OUT_OF_LINE vec v_##name(type x) {                                                                       \
        LANES(lane, x);                                                                                      \
    }

TWO(and, q, a.q[i] & b.q[i])
TWO(or, q, a.q[i] | b.q[i])
TWO(xor, q, a.q[i] ^ b.q[i])
TWO(add8, b, a.b[i] + b.b[i])
TWO(sub8, b, a.b[i] - b.b[i])
TWO(add16, w, a.w[i] + b.w[i])
TWO(sub16, w, a.w[i] - b.w[i])
TWO(add32, d, a.d[i] + b.d[i])
TWO(sub32, d, a.d[i] - b.d[i])
TWO(mul16, w, (uint32_t)a.w[i] * b.w[i])
TWO(mul_high16, w, (uint32_t)a.w[i] * b.w[i] >> 16)
SHIFT(shl16, w, a.w[i] << bits)
SHIFT(shr16, w, a.w[i] >> bits)
SHIFT(shl32, d, a.d[i] << bits)
SHIFT(sra32, sd, a.sd[i] >> bits)
ALL(bytes, b, int)
ALL(words, w, int)
ALL(ints, d, int32_t)

/* Lane i of the lower or upper half of every 128 bits, a and b in turn; n lanes in 128 bits. */
#define ZIP(name, lane, n, from) TWO(name, lane, (i % 2 ? b : a).lane[i / (n) * (n) + i % (n) / 2 + (from)])
ZIP(zip_low32, d, 4, 0)
ZIP(zip_high32, d, 4, 2)
ZIP(zip_low64, q, 2, 0)
ZIP(zip_high64, q, 2, 1)
TWO(look16, b, b.b[i] & 0x80 ? 0 : a.b[i / 16 * 16 + b.b[i] % 16])

OUT_OF_LINE vec v_zero(void) {
    return v_bytes(0);
}

OUT_OF_LINE vec v_load(const void *p) {
    vec r;
    memcpy(&r, p, sizeof r);
    return r;
}

OUT_OF_LINE void v_store(void *p, vec x) {
    memcpy(p, &x, sizeof x);
}

OUT_OF_LINE void v_store_some(int32_t *p, size_t live, vec x) {
    memcpy(p, &x, tern_min(live, 16) * sizeof *p);
}

OUT_OF_LINE vec v_four(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return v_ints(four);
}

OUT_OF_LINE vec v_table(const void *p) {
    vec r;
    for (size_t i = 0; i < sizeof r; i += 16) memcpy(r.b + i, p, 16);
    return r;
}

OUT_OF_LINE vec v_and_or(vec mask, vec a, vec b) {
    return v_or(v_and(mask, a), b);
}

OUT_OF_LINE vec v_one_more8(vec x, vec a, vec b) {
    LANES(b, x.b[i] + (a.sb[i] > b.sb[i]));
}

OUT_OF_LINE vec v_negate8_where(vec t, vec s, int j) {
    LANES(b, s.b[i] & 0x80 >> j ? -t.b[i] : t.b[i]);
}

/* Two products, saturated as vpmaddubsw does. */
OUT_OF_LINE int16_t v_products(const uint8_t *u, const int8_t *s) {
    const int sum = u[0] * s[0] + u[1] * s[1];
    return (int16_t)(sum < INT16_MIN ? INT16_MIN : sum > INT16_MAX ? INT16_MAX : sum);
}

OUT_OF_LINE vec v_mad(vec acc16, vec a, vec b) {
    LANES(w, acc16.w[i] + v_products(a.b + 2 * i, b.sb + 2 * i));
}

OUT_OF_LINE vec v_widen(vec sum32, vec a) {
    LANES(d, sum32.d[i] + (uint32_t)(a.sw[2 * i] + a.sw[2 * i + 1]));
}

OUT_OF_LINE vec v_low16(vec a) {
    LANES(sd, a.sw[2 * i]);
}

OUT_OF_LINE vec v_high16(vec a) {
    LANES(sd, a.sw[2 * i + 1]);
}

OUT_OF_LINE void v_settle(vec *x) {
    (void)x;
}

#ifdef TERN_EMULATED_DOT
#define VEC_DOT 1
#include "tests/kernels/emulated/dot.h"

OUT_OF_LINE vec v_dot(vec acc, vec u8, vec s8) {
    emulated_dot(acc.d, u8.b, s8.sb, 16);
    return acc;
}
#endif

#undef LANES
#undef TWO
#undef SHIFT
#undef ALL
#undef ZIP
#undef OUT_OF_LINE

#endif
