/* Sign bits against sign bits: the sum of w * s over K columns is K - 2 * (columns that differ), and those
 * are the ones of w xor s. Rows of bin1 and of prepared signs are both clear beyond K, so tails count
 * nothing.
 *
 * Per register of weights (VEC_BYTES * 8 columns) and token:
 *   counted by hardware   1 xor, 1 vpopcntq, 1 add: 64-bit lanes, no bound to watch
 *   by look-up            1 xor, 2 and, 1 shift, 2 pshufb, 2 add: a byte gains at most 8, so that 31
 *                         registers fit (248) and 32 do not; then vpsadbw widens to 64 bits.
 *   carry-save            four registers: 3 adders of 2 (vpternlogd) or 5 operations make one register of
 *                         fours, and only that is counted, with weight 4; what stays in the ones and twos is
 *                         counted once per row.
 * A tile of four rows ends in one transposed sum instead of four horizontal ones. */
#ifndef TERN_KERNELS_X86_SIGNS_XNOR_TEMPLATE_H
#define TERN_KERNELS_X86_SIGNS_XNOR_TEMPLATE_H

#include "kernels/formats/memory/planes.h"
#include "kernels/signs.h"
#include "kernels/x86/panel_vec.h"

#if defined(__AVX512VPOPCNTDQ__)
enum { COUNTS_IN_BYTES = 0 };
ALWAYS_INLINE vec ones(vec x) {
    return V(popcnt_epi64)(x);
}
ALWAYS_INLINE vec count_add(vec a, vec b) {
    return V(add_epi64)(a, b);
}
#else
enum { COUNTS_IN_BYTES = 1 };
ALWAYS_INLINE vec ones(vec x) {
    static const uint8_t nibble[16] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
    const __m128i one = _mm_loadu_si128((const __m128i *)nibble);
#if TERN_VEC_BITS == 512
    const vec count = _mm512_broadcast_i32x4(one);
#else
    const vec count = _mm256_broadcastsi128_si256(one);
#endif
    const vec low = v_and(x, v_bytes(15)), high = v_and(V(srli_epi16)(x, 4), v_bytes(15));
    return V(add_epi8)(V(shuffle_epi8)(count, low), V(shuffle_epi8)(count, high));
}
ALWAYS_INLINE vec count_add(vec a, vec b) {
    return V(add_epi8)(a, b);
}
#endif

/* Counts of a flush interval added to 64-bit lanes. */
ALWAYS_INLINE vec wide_add(vec sum, vec counts) {
    return V(add_epi64)(sum, COUNTS_IN_BYTES ? V(sad_epu8)(counts, v_zero()) : counts);
}

/* `left` bytes (a multiple of 8) of the row are left. */
ALWAYS_INLINE vec load_signs(const uint8_t *at, size_t left) {
    if (left >= VEC_BYTES) return v_load(at);
#if TERN_VEC_BITS == 512
    return _mm512_maskz_loadu_epi64((__mmask8)((1u << left / 8) - 1), at);
#else
    uint64_t part[4] = {0}; /* not a masked load: emulators fault on the lanes it leaves out */
    memcpy(part, at, left);
    return _mm256_loadu_si256((const __m256i *)part);
#endif
}

ALWAYS_INLINE vec differ(vec w, const uint8_t *signs) {
    return V_BITS(xor)(w, v_load(signs));
}

/* Four sums of 64-bit lanes, each below 2^32, as four int32. */
ALWAYS_INLINE __m128i four_sums(const vec s[4]) {
    const vec ab = V_BITS(or)(s[0], V(slli_epi64)(s[1], 32)), cd = V_BITS(or)(s[2], V(slli_epi64)(s[3], 32));
    const vec lanes = V(add_epi32)(V(unpacklo_epi64)(ab, cd), V(unpackhi_epi64)(ab, cd));
#if TERN_VEC_BITS == 512
    const __m256i h = _mm256_add_epi32(_mm512_castsi512_si256(lanes), _mm512_extracti64x4_epi64(lanes, 1));
#else
    const __m256i h = lanes;
#endif
    return _mm_add_epi32(_mm256_castsi256_si128(h), _mm256_extracti128_si256(h, 1));
}

/* rows (1 or 4) x tokens. */
ALWAYS_INLINE void tile(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens,
                        size_t ahead, size_t flush) {
    const size_t pitch = tern_plane_words(c->w.k) * 8, s_pitch = tern_sign_bytes(c->w.k);
    const uint8_t *w = (const uint8_t *)c->w.data + r * pitch;
    const uint8_t *signs = (const uint8_t *)c->shared + t * s_pitch;
    vec sum[4][4], acc[4][4];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) sum[j][i] = v_zero();
    for (size_t at = 0; at < pitch;) {
        const size_t stop = COUNTS_IN_BYTES ? tern_min(pitch, at + flush * VEC_BYTES) : pitch;
        UNROLL
        for (size_t i = 0; i < rows; i++) UNROLL
        for (size_t j = 0; j < tokens; j++) acc[j][i] = v_zero();
        for (; at < stop; at += VEC_BYTES) {
            UNROLL
            for (size_t i = 0; i < rows; i++) {
                _mm_prefetch((const char *)(w + i * pitch + at + ahead), _MM_HINT_T0);
                const vec x = load_signs(w + i * pitch + at, pitch - at);
                UNROLL
                for (size_t j = 0; j < tokens; j++)
                    acc[j][i] = count_add(acc[j][i], ones(differ(x, signs + j * s_pitch + at)));
            }
        }
        UNROLL
        for (size_t i = 0; i < rows; i++) UNROLL
        for (size_t j = 0; j < tokens; j++) sum[j][i] = wide_add(sum[j][i], acc[j][i]);
    }
    const int32_t k = (int32_t)c->w.k;
    UNROLL
    for (size_t j = 0; j < tokens; j++) {
        int32_t *y = (int32_t *)c->y + (t + j) * c->ldy + r;
        if (rows == 4) {
            const __m128i twice = _mm_slli_epi32(four_sums(sum[j]), 1);
            _mm_storeu_si128((__m128i *)y, _mm_sub_epi32(_mm_set1_epi32(k), twice));
        } else {
            *y = k - 2 * v_sum(sum[j][0]);
        }
    }
}

/* The tokens of `rows` rows, `tokens` at a time. */
ALWAYS_INLINE void strip(const struct tern_call *c, size_t r, size_t rows, size_t tokens, size_t ahead,
                         size_t flush) {
    size_t t = 0;
    for (; t + tokens <= c->x->n; t += tokens) tile(c, r, t, rows, tokens, ahead, flush);
    for (; t < c->x->n; t++) tile(c, r, t, rows, 1, ahead, flush);
}

ALWAYS_INLINE void xnor(const struct tern_call *c, size_t row0, size_t row1, size_t tokens) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH];
    const size_t flush = COUNTS_IN_BYTES ? (size_t)c->param[TERN_P_FLUSH] : 0;
    size_t r = row0;
    for (; r + 4 <= row1; r += 4) strip(c, r, 4, tokens, ahead, flush);
    for (; r < row1; r++) strip(c, r, 1, 1, ahead, flush);
}

#define XNOR(name, tokens)                                                                                   \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        xnor(c, row0, row1, tokens);                                                                         \
    }

#if !defined(__AVX512VPOPCNTDQ__)
/* Adds three bits per place: *sum keeps the ones, the carry is returned. */
ALWAYS_INLINE vec carry_save(vec *sum, vec b, vec c) {
#if TERN_VEC_BITS == 512
    const vec carry = _mm512_ternarylogic_epi32(*sum, b, c, 0xe8); /* majority */
    *sum = _mm512_ternarylogic_epi32(*sum, b, c, 0x96);            /* parity */
#else
    const vec half = V_BITS(xor)(*sum, b);
    const vec carry = V_BITS(or)(v_and(*sum, b), v_and(half, c));
    *sum = V_BITS(xor)(half, c);
#endif
    return carry;
}

ALWAYS_INLINE vec bytes_counted(vec x) {
    return V(sad_epu8)(ones(x), v_zero());
}

ALWAYS_INLINE int32_t saved_row(const uint8_t *w, const uint8_t *signs, size_t pitch, size_t ahead,
                                size_t flush) {
    const size_t four = 4 * VEC_BYTES;
    vec one = v_zero(), two = v_zero(), fours = v_zero(), rest = v_zero();
    size_t at = 0;
    while (at + four <= pitch) {
        const size_t stop = tern_min(pitch - four + 1, at + flush * four);
        vec acc = v_zero();
        for (; at < stop; at += four) {
            vec x[4];
            UNROLL
            for (size_t i = 0; i < 4; i++) {
                _mm_prefetch((const char *)(w + at + i * VEC_BYTES + ahead), _MM_HINT_T0);
                x[i] = differ(v_load(w + at + i * VEC_BYTES), signs + at + i * VEC_BYTES);
            }
            const vec low = carry_save(&one, x[0], x[1]), high = carry_save(&one, x[2], x[3]);
            acc = count_add(acc, ones(carry_save(&two, low, high)));
        }
        fours = wide_add(fours, acc);
    }
    for (; at < pitch; at += VEC_BYTES) /* at most four, the last of them shorter */
        rest = count_add(rest, ones(differ(load_signs(w + at, pitch - at), signs + at)));
    vec sum = V(add_epi64)(wide_add(v_zero(), rest), V(slli_epi64)(fours, 2));
    sum = V(add_epi64)(sum, V(slli_epi64)(bytes_counted(two), 1));
    return v_sum(V(add_epi64)(sum, bytes_counted(one)));
}

#define XNOR_SAVED(name)                                                                                     \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        const size_t pitch = tern_plane_words(c->w.k) * 8, s_pitch = tern_sign_bytes(c->w.k);                \
        for (size_t r = row0; r < row1; r++)                                                                 \
            for (size_t t = 0; t < c->x->n; t++)                                                             \
                ((int32_t *)c->y)[t * c->ldy + r] =                                                          \
                    (int32_t)c->w.k - 2 * saved_row((const uint8_t *)c->w.data + r * pitch,                  \
                                                    (const uint8_t *)c->shared + t * s_pitch, pitch,         \
                                                    (size_t)c->param[TERN_P_PREFETCH],                       \
                                                    (size_t)c->param[TERN_P_FLUSH]);                         \
    }

/* The signs of 64 activations, bit j for column j. */
ALWAYS_INLINE uint64_t sign_word(const int8_t *q) {
#if TERN_VEC_BITS == 512
    return ~_mm512_movepi8_mask(v_load(q));
#else
    const uint32_t low = (uint32_t)_mm256_movemask_epi8(v_load(q));
    const uint32_t high = (uint32_t)_mm256_movemask_epi8(v_load(q + 32));
    return ~((uint64_t)high << 32 | low);
#endif
}

#define XNOR_PREP(level)                                                                                     \
    static void signs_##level(const struct tern_call *c, size_t worker, size_t workers) {                    \
        tern_signs_run(c, worker, workers, sign_word);                                                       \
    }                                                                                                        \
    const struct tern_prep tern_prep_signs_##level = {tern_signs_bytes, tern_signs_local, signs_##level, 0};
#endif

#endif
