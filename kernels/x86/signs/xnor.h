/* Sign bits against sign bits (bin1, packed by formats/memory/planes.c): the sum of w * s over K columns is
 * K - 2 * (columns that differ), and those are the ones of w xor s. Rows of bin1 and of prepared signs are both
 * clear beyond K, so tails count nothing.
 *
 * Per register of weights (VEC_BYTES * 8 columns) and token:
 *   counted by hardware   1 xor, 1 vpopcntq, 1 add: 64-bit lanes, no bound to watch
 *   by look-up            1 xor, 2 and, 1 shift, 2 pshufb, 2 add; then vpsadbw widens to 64 bits
 *   carry-save            four registers: 3 adders of 2 (vpternlogd) or 5 operations make one register of
 *                         fours, and only that is counted, with weight 4; what stays in the ones and twos is
 *                         counted once per row.
 * A tile of four rows ends in one transposed sum instead of four horizontal ones. */
#ifndef TERN_KERNELS_X86_SIGNS_XNOR_H
#define TERN_KERNELS_X86_SIGNS_XNOR_H

#include "kernels/flush.h"
#include "kernels/formats/memory/planes.h"
#include "kernels/loops/row_tiles.h"
#include "kernels/prep/signs.h"
#include "kernels/x86/signs/ones.h"

#if defined(__AVX512VPOPCNTDQ__)
enum { COUNTS_IN_BYTES = 0 };
ALWAYS_INLINE vec ones(vec x) {
    return V(popcnt_epi64)(x);
}
ALWAYS_INLINE vec count_add(vec a, vec b) {
    return v_add64(a, b);
}
#else
enum { COUNTS_IN_BYTES = 1 };
ALWAYS_INLINE vec ones(vec x) {
    return ones_of_bytes(x);
}
ALWAYS_INLINE vec count_add(vec a, vec b) {
    return v_add8(a, b);
}
#endif

enum { STEP = 8 }; /* ones of a byte */
_Static_assert(TERN_FLUSH_COUNTS *STEP <= TERN_BYTE_MOST, "xnor: counts in bytes");

/* Counts of a flush interval added to 64-bit lanes. */
ALWAYS_INLINE vec wide_add(vec sum, vec counts) {
    return v_add64(sum, COUNTS_IN_BYTES ? v_sum8(counts) : counts);
}

/* `left` bytes (a multiple of 8) of the row are left. */
ALWAYS_INLINE vec load_signs(const uint8_t *at, size_t left) {
    return left >= VEC_BYTES ? v_load(at) : v_load_some64(at, left / 8);
}

ALWAYS_INLINE vec differ(vec w, const uint8_t *signs) {
    return v_xor(w, v_load(signs));
}

/* Four sums of 64-bit lanes, each below 2^32, as four int32. */
ALWAYS_INLINE __m128i four_sums(const vec s[4]) {
    const vec ab = v_or(s[0], v_shl64(s[1], 32)), cd = v_or(s[2], v_shl64(s[3], 32));
    return v_fold(v_add32(v_zip_low64(ab, cd), v_zip_high64(ab, cd)));
}

/* Four rows or one. */
ALWAYS_INLINE void tile(const struct tern_call *c, struct row_tile x) {
    const size_t pitch = tern_plane_words(c->w.k) * 8, s_pitch = tern_sign_bytes(c->w.k);
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const uint8_t *signs = (const uint8_t *)c->shared + x.t * s_pitch;
    vec sum[4][4], acc[4][4];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) sum[j][i] = v_zero();
    for (size_t at = 0; at < pitch;) {
        const size_t stop = COUNTS_IN_BYTES ? tern_min(pitch, at + x.flush * VEC_BYTES) : pitch;
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < x.tokens; j++) acc[j][i] = v_zero();
        for (; at < stop; at += VEC_BYTES) {
            UNROLL
            for (size_t i = 0; i < x.rows; i++) {
                _mm_prefetch((const char *)(w + i * pitch + at + x.ahead), _MM_HINT_T0);
                const vec bits = load_signs(w + i * pitch + at, pitch - at);
                UNROLL
                for (size_t j = 0; j < x.tokens; j++)
                    acc[j][i] = count_add(acc[j][i], ones(differ(bits, signs + j * s_pitch + at)));
            }
        }
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < x.tokens; j++) sum[j][i] = wide_add(sum[j][i], acc[j][i]);
    }
    const int32_t k = (int32_t)c->w.k;
    UNROLL
    for (size_t j = 0; j < x.tokens; j++) {
        int32_t *y = row_result(c, &x, 0, j);
        if (x.rows == 4) {
            const __m128i twice = _mm_slli_epi32(four_sums(sum[j]), 1);
            _mm_storeu_si128((__m128i *)y, _mm_sub_epi32(_mm_set1_epi32(k), twice));
        } else {
            *y = k - 2 * v_sum(sum[j][0]);
        }
    }
}

ALWAYS_INLINE void xnor(const struct tern_call *c, size_t row0, size_t row1, size_t tokens) {
    row_tiles(c, row0, row1,
              COUNTS_IN_BYTES ? row_tile_flushed(c, 4, tokens, 0) : row_tile_of(c, 4, tokens, 0), tile);
}

#if !defined(__AVX512VPOPCNTDQ__)
/* Adds three bits per place: *sum keeps the ones, the carry is returned. */
ALWAYS_INLINE vec carry_save(vec *sum, vec b, vec c) {
#if VEC_BITS == 512
    const vec carry = _mm512_ternarylogic_epi32(*sum, b, c, 0xe8); /* majority */
    *sum = _mm512_ternarylogic_epi32(*sum, b, c, 0x96);            /* parity */
#else
    const vec half = v_xor(*sum, b);
    const vec carry = v_or(v_and(*sum, b), v_and(half, c));
    *sum = v_xor(half, c);
#endif
    return carry;
}

ALWAYS_INLINE vec bytes_counted(vec x) {
    return v_sum8(ones(x));
}

/* One row and token. */
ALWAYS_INLINE void saved_row(const struct tern_call *c, struct row_tile x) {
    const size_t pitch = tern_plane_words(c->w.k) * 8, four = 4 * VEC_BYTES;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const uint8_t *signs = (const uint8_t *)c->shared + x.t * tern_sign_bytes(c->w.k);
    vec one = v_zero(), two = v_zero(), fours = v_zero(), rest = v_zero();
    size_t at = 0;
    while (at + four <= pitch) {
        const size_t stop = tern_min(pitch - four + 1, at + x.flush * four);
        vec acc = v_zero();
        for (; at < stop; at += four) {
            vec d[4];
            UNROLL
            for (size_t i = 0; i < 4; i++) {
                _mm_prefetch((const char *)(w + at + i * VEC_BYTES + x.ahead), _MM_HINT_T0);
                d[i] = differ(v_load(w + at + i * VEC_BYTES), signs + at + i * VEC_BYTES);
            }
            const vec low = carry_save(&one, d[0], d[1]), high = carry_save(&one, d[2], d[3]);
            acc = count_add(acc, ones(carry_save(&two, low, high)));
        }
        fours = wide_add(fours, acc);
    }
    for (; at < pitch; at += VEC_BYTES) /* at most four, the last of them shorter */
        rest = count_add(rest, ones(differ(load_signs(w + at, pitch - at), signs + at)));
    vec sum = v_add64(wide_add(v_zero(), rest), v_shl64(fours, 2));
    sum = v_add64(sum, v_shl64(bytes_counted(two), 1));
    *row_result(c, &x, 0, 0) = (int32_t)c->w.k - 2 * v_sum(v_add64(sum, bytes_counted(one)));
}

ALWAYS_INLINE void xnor_saved(const struct tern_call *c, size_t row0, size_t row1) {
    row_tiles(c, row0, row1, row_tile_flushed(c, 1, 1, 0), saved_row);
}

/* The signs of 64 activations, bit j for column j. */
ALWAYS_INLINE uint64_t sign_word(const int8_t *q) {
#if VEC_BITS == 512
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
