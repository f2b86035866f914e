/* t24 (1.667 bpw, twenty-four rows in five bytes; packed by formats/memory/t24.c) for 256- and 512-bit registers.
 *
 * Per chunk of five lines and 512 bits: 12 loads, 8 vpermb, 7 shifts, 4 merges, 16 and, 24 vpdpbusd, 1 or 2
 * broadcasts for 1,536 weights. A 256-bit register takes half a line: four columns of 8 lanes; a 512-bit one
 * both halves, added at the end. A look-up gives three 2-bit digits of trit + 1; the sums of the prefixes &
 * 3, & 15 and all six bits telescope. Overflow: |sum| <= 42 * 128 * K < 2^31 for K < 399,457. */
#ifndef TERN_KERNELS_X86_PANELS_T24_H
#define TERN_KERNELS_X86_PANELS_T24_H

#include "kernels/formats/memory/t24.h"
#include "kernels/x86/panels/panel.h"
#include "kernels/x86/panels/t24_loop.h"

#define T24_16(b) b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b
#define T24_64(b) T24_16(b), T24_16(b), T24_16(b), T24_16(b)
/* Code -> digits, twice because a 512-bit look-up reads six bits; what is no code never occurs. */
#define T24_DIGITS                                                                                           \
    0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x14, 0x15, 0x16, 0x18, 0x19,    \
        0x1a, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x29, 0x2a, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f
static const struct t24_constants t24_constants = {{T24_DIGITS, T24_DIGITS}, {T24_64(3)},    {T24_64(15)},
                                                   {T24_64(0x18)},           {T24_64(0x08)}, {T24_64(0x10)}};

ALWAYS_INLINE vec t24_merge(vec low, vec high, int mask) {
    return V(ternarylogic_epi32)(low, high, v_bytes(mask), 0xd8); /* mask ? high : low */
}

/* The digits of code j of five lines. */
ALWAYS_INLINE vec t24_digits(const uint8_t *at, size_t j) {
    const vec table = v_load(t24_constants.table);
    if (j < 5) return V(permutexvar_epi8)(v_load(at + 64 * j), table);
    vec code = v_shr16(v_load(at + 64 * (j - 5)), 5);
    if (j < 7) {
        code = t24_merge(code, v_shr16(v_load(at + 64 * (j - 2)), 3), 0x18);
    } else {
        code = t24_merge(code, v_shr16(v_load(at + 192), 2), 0x08);
        code = t24_merge(code, v_shr16(v_load(at + 256), 1), 0x10);
    }
    return V(permutexvar_epi8)(code, table);
}

/* Rows `lanes`*slot + lane from prefix sums; each is spread over 32-bit lanes l, l + lanes, .. of a register.
 */
ALWAYS_INLINE void t24_store(const struct tern_call *c, size_t row, size_t end, size_t lanes,
                             const vec *sum) {
    for (size_t f = 0; f < TERN_T24_SLOTS; f++) {
        int32_t part[VEC_ROWS];
        v_store(part, f % 3 ? v_sub32(sum[f], sum[f - 1]) : sum[f]);
        for (size_t l = 0; l < lanes && row + f * lanes + l < end; l++) {
            int32_t all = 0;
            for (size_t i = l; i < VEC_ROWS; i += lanes) all += part[i];
            ((int32_t *)c->y)[row + f * lanes + l] = (all >> 2 * (f % 3)) - c->x->sum[0];
        }
    }
}

/* The same for 8 lanes. */
ALWAYS_INLINE void t24_store_whole(const struct tern_call *c, size_t row, size_t end, const vec *sum) {
    const __m256i bias = _mm256_set1_epi32(c->x->sum[0]);
    UNROLL
    for (size_t f = 0; f < TERN_T24_SLOTS; f++) {
        const vec part = f % 3 ? v_sub32(sum[f], sum[f - 1]) : sum[f];
#if VEC_BITS == 512
        const __m256i all =
            _mm256_add_epi32(_mm512_castsi512_si256(part), _mm512_extracti64x4_epi64(part, 1));
#else
        const __m256i all = part;
#endif
        if (row + 8 * f >= end) return;
        const size_t live = tern_min(8, end - row - 8 * f);
        _mm256_mask_storeu_epi32((int32_t *)c->y + row + 8 * f, (__mmask8)((1u << live) - 1),
                                 _mm256_sub_epi32(_mm256_srai_epi32(all, 2 * (int)(f % 3)), bias));
    }
}

/* The activations as the lanes of a narrow panel lie: every four columns `lanes` times. */
ALWAYS_INLINE void t24_spread(const int8_t *q, size_t chunks, size_t lanes, int8_t *out) {
    for (size_t g = 0; g < chunks * 16 / lanes; g++)
        for (size_t l = 0; l < lanes; l++) memcpy(out + 4 * (g * lanes + l), q + 4 * g, 4);
}

ALWAYS_INLINE void t24_gemv(const struct tern_call *c, size_t row0, size_t row1, int8_t *spread) {
    const size_t distance = tern_t24_panel(c->w.k, 8), ahead = (size_t)c->param[TERN_P_PREFETCH];
    for (size_t r = row0; r < row1; r += TERN_T24_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / TERN_T24_ROWS * distance;
        const size_t lanes = tern_t24_lanes(c->w.m, r),
                     chunks = tern_t24_panel(c->w.k, lanes) / TERN_T24_CHUNK;
        vec sum[TERN_T24_SLOTS];
        if (lanes == 8) {
            t24_whole(w, c->x->q, chunks, ahead, &t24_constants, sum);
            t24_store_whole(c, r, row1, sum);
        } else {
            t24_spread(c->x->q, chunks, lanes, spread);
            t24_narrow(w, spread, chunks, ahead, &t24_constants, sum);
            t24_store(c, r, row1, lanes, sum);
        }
    }
}

#endif
