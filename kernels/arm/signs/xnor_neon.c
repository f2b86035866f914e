/* Sign bits against sign bits (bin1, packed by formats/memory/planes.c): the sum of w * s over K columns is K - 2 * (columns that
 * differ), and those are the ones of w xor s. Rows of bin1 and of prepared signs are both clear beyond K, so tails count nothing.
 *
 * Per register of 128 columns and token: 1 load, 1 xor, 1 cnt, 1 add of counts in bytes, which uadalp widens every `flush` registers. */
#include "kernels/arm/vec_neon.h"

#include "kernels/arm/prep.h"
#include "kernels/flush.h"
#include "kernels/formats/memory/planes.h"
#include "kernels/loops/row_tiles.h"
#include "kernels/prep/signs.h"

enum { ROWS = 4, STEP = 8 }; /* ones of a byte */
_Static_assert(TERN_FLUSH_COUNTS *STEP <= TERN_BYTE_MOST, "xnor: counts in bytes");

/* int32 sums + bytes. */
ALWAYS_INLINE vec wide_add(vec sum, vec counts) {
    return V_OF_U32(vpadalq_u16(V_U32(sum), vpaddlq_u8(counts)));
}

/* Sixteen bytes, or the last eight of a row. */
ALWAYS_INLINE vec load_signs(const uint8_t *at, int half) {
    return half ? vcombine_u8(vld1_u8(at), vdup_n_u8(0)) : v_load(at);
}

/* The registers of x.rows rows and x.tokens tokens at a place. */
ALWAYS_INLINE void count(const struct row_tile *x, const uint8_t *w, size_t pitch, const uint8_t *signs,
                         size_t s_pitch, int half, vec acc[ROWS][ROWS]) {
    vec s[ROWS];
    UNROLL
    for (size_t j = 0; j < x->tokens; j++) s[j] = load_signs(signs + j * s_pitch, half);
    UNROLL
    for (size_t i = 0; i < x->rows; i++) {
        v_prefetch(w + i * pitch + x->ahead);
        const vec bits = load_signs(w + i * pitch, half);
        UNROLL
        for (size_t j = 0; j < x->tokens; j++) acc[i][j] = v_add8(acc[i][j], vcntq_u8(v_xor(bits, s[j])));
    }
}

ALWAYS_INLINE void tile(const struct tern_call *c, struct row_tile x) {
    const size_t pitch = tern_plane_words(c->w.k) * 8, s_pitch = tern_sign_bytes(c->w.k);
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const uint8_t *signs = (const uint8_t *)c->shared + x.t * s_pitch;
    const size_t whole = pitch / VEC_BYTES * VEC_BYTES;
    vec sum[ROWS][ROWS];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) sum[i][j] = v_zero();
    for (size_t at = 0; at < pitch;) {
        const size_t stop = tern_min(whole, at + x.flush * VEC_BYTES);
        vec acc[ROWS][ROWS];
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < x.tokens; j++) acc[i][j] = v_zero();
        if (at == whole) {
            count(&x, w + at, pitch, signs + at, s_pitch, 1, acc);
            at = pitch;
        }
        for (; at < stop; at += VEC_BYTES) count(&x, w + at, pitch, signs + at, s_pitch, 0, acc);
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < x.tokens; j++) sum[i][j] = wide_add(sum[i][j], acc[i][j]);
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) *row_result(c, &x, i, j) = (int32_t)c->w.k - 2 * v_sum(sum[i][j]);
}

TERN_RUN(gemv_bin1_b1_r4k128__neon, row_tiles(c, row0, row1, row_tile_flushed(c, ROWS, 1, 0), tile))
TERN_RUN(gemm_bin1_b1_r4k128n2__neon, row_tiles(c, row0, row1, row_tile_flushed(c, ROWS, 2, 0), tile))

/* The signs of 64 activations, bit j for column j: 16 masks of bytes, of which each keeps the bit of its place, are added in pairs
 * until eight of them are a byte. */
ALWAYS_INLINE uint64_t sign_word(const int8_t *q) {
    const vec bits = V_OF_U64(vdupq_n_u64(0x8040201008040201));
    vec s[4];
    UNROLL
    for (size_t h = 0; h < 4; h++) s[h] = v_and(vcgezq_s8(vld1q_s8(q + 16 * h)), bits);
    const vec sums = vpaddq_u8(vpaddq_u8(s[0], s[1]), vpaddq_u8(s[2], s[3]));
    return vgetq_lane_u64(V_U64(vpaddq_u8(sums, sums)), 0);
}

static void signs_run(const struct tern_call *c, size_t worker, size_t workers) {
    tern_signs_run(c, worker, workers, sign_word);
}

const struct tern_prep tern_prep_signs_neon = {tern_signs_bytes, tern_signs_local, signs_run, 0};
