/* b128 (1 bit per weight, -1 or +1, eight rows per byte) at every width: W1A8.
 *
 * Included with TERN_VEC_BITS set (panel_vec.h). sum(w * a) = 2 * sum(bit * a) - sum(a).
 *
 * b128_dot: prefix masks x & 1, x & 3, .. x & 127, x against one activation; the eight sums telescope. Per
 * register (8 * 4 * VEC_ROWS weights): 1 load, 7 and, and per token 1 broadcast and 8 vpdpbusd. Sums may
 * wrap from K = 65,794 on, but their differences, which are shifted down by up to 7, are at most 128 * 128 *
 * K: they fit up to TERN_K_MAX. */
#include "kernels/x86/panels/unpack_template.h"

enum { B128_ROWS = 128 };

ALWAYS_INLINE void b128_store(const struct tern_call *c, size_t t, size_t row, size_t end, size_t f,
                              vec bits) {
    const vec bias = V(set1_epi32)(c->x->sum[t]);
    v_store_rows((int32_t *)c->y + t * c->ldy, row + 16 * f, end,
                 V(sub_epi32)(V(add_epi32)(bits, bits), bias));
}

#ifdef VEC_HAS_DP
ALWAYS_INLINE void b128_dot(const struct tern_call *c, const uint8_t *w, size_t row, size_t end,
                            const int8_t *q, size_t t, size_t tokens, size_t live, size_t streams,
                            size_t ahead) {
    const size_t distance = tern_panel_bytes(c->w.k), groups = tern_panel_groups(c->w.k);
    vec acc[3][2][8];
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t s = 0; s < streams; s++) UNROLL
    for (size_t f = 0; f < 8; f++) acc[j][s][f] = v_zero();

    for (size_t g = 0; g < groups; g++, q += 4 * tokens) {
        vec a[3];
        UNROLL
        for (size_t j = 0; j < live; j++) a[j] = v_four(q + 4 * j);
        UNROLL
        for (size_t s = 0; s < streams; s++) {
            const uint8_t *at = stream_at(w, distance, s) + g * TERN_PANEL_GROUP;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            const vec x = v_load(at);
            UNROLL
            for (size_t f = 0; f < 8; f++) {
                const vec u = f < 7 ? v_and(x, v_bytes((2 << f) - 1)) : x;
                UNROLL
                for (size_t j = 0; j < live; j++) acc[j][s][f] = dp(acc[j][s][f], u, a[j]);
            }
        }
    }
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t s = 0; s < streams; s++) {
        const vec *p = acc[j][s];
        UNROLL
        for (unsigned f = 0; f < 8; f++) {
            const vec bits = f ? V(srai_epi32)(V(sub_epi32)(p[f], p[f - 1]), f) : p[0];
            b128_store(c, t + j, stream_row(row, B128_ROWS, s), end, f, bits);
        }
    }
}

/* One token: `most` streams together while there are as many, then one. */
ALWAYS_INLINE void b128_dot_gemv(const struct tern_call *c, size_t row0, size_t row1, size_t most) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], distance = tern_panel_bytes(c->w.k);
    const uint8_t *w = (const uint8_t *)c->w.data + row0 / B128_ROWS * distance;
    size_t r = row0;
    if (most >= 2)
        for (; r + (2 / VEC_STREAMS - 1) * B128_ROWS < row1;
             r += 2 / VEC_STREAMS * B128_ROWS, w += 2 / VEC_STREAMS * distance)
            b128_dot(c, w, r, row1, c->x->q, 0, 1, 1, 2, ahead);
    for (; r < row1; r += B128_ROWS, w += distance)
        for (size_t s = 0; s < VEC_STREAMS; s++)
            b128_dot(c, w + s * VEC_BYTES, r + s * VEC_ROWS, row1, c->x->q, 0, 1, 1, 1, ahead);
}

ALWAYS_INLINE void b128_dot_gemm(const struct tern_call *c, size_t row0, size_t row1, size_t tokens) {
    const size_t distance = tern_panel_bytes(c->w.k), block = tern_panel_groups(c->w.k) * 4 * tokens,
                 n = c->x->n;
    for (size_t r = row0; r < row1; r += B128_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / B128_ROWS * distance;
        for (size_t s = 0; s < VEC_STREAMS; s++) {
            const uint8_t *at = w + s * VEC_BYTES;
            const size_t row = r + s * VEC_ROWS;
            const int8_t *q = c->shared;
            size_t t = 0;
            for (; t + tokens <= n; t += tokens, q += block)
                b128_dot(c, at, row, row1, q, t, tokens, tokens, 1, 0);
            UNROLL
            for (size_t live = 1; live < tokens; live++)
                if (n - t == live) b128_dot(c, at, row, row1, q, t, tokens, live, 1, 0);
        }
    }
}
#endif

/* vpmaddubsw: single-bit masks 1, 2, 4, 8 on the byte and on the byte shifted by 4. Per register: 1 load, 1
 * shift, 8 and, 8 vpmaddubsw, 8 add. A pair of products is at most 2 * 8 * 128 = 2,048, so 16 groups fill
 * int16 (reached only as -32,768). */
ALWAYS_INLINE void b128_mad(const struct tern_call *c, const uint8_t *w, size_t row, size_t end, size_t ahead,
                            size_t flush) {
    const size_t groups = tern_panel_groups(c->w.k);
    const int8_t *q = c->x->q;
    vec sum[8];
    UNROLL
    for (size_t f = 0; f < 8; f++) sum[f] = v_zero();
    for (size_t g = 0; g < groups;) {
        const size_t stop = tern_min(groups, g + flush);
        vec acc[8];
        UNROLL
        for (size_t f = 0; f < 8; f++) acc[f] = v_zero();
        for (; g < stop; g++) {
            const uint8_t *at = w + g * TERN_PANEL_GROUP;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            const vec x = v_load(at), high = V(srli_epi16)(x, 4), a = v_four(q + 4 * g);
            UNROLL
            for (size_t f = 0; f < 8; f++)
                acc[f] = v_mad(acc[f], v_and(f < 4 ? x : high, v_bytes(1 << f % 4)), a);
        }
        UNROLL
        for (size_t f = 0; f < 8; f++) sum[f] = v_widen(sum[f], acc[f]);
    }
    UNROLL
    for (unsigned f = 0; f < 8; f++) b128_store(c, 0, row, end, f, V(srai_epi32)(sum[f], f % 4));
}

ALWAYS_INLINE void b128_mad_gemv(const struct tern_call *c, size_t row0, size_t row1) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], flush = (size_t)c->param[TERN_P_FLUSH];
    for (size_t r = row0; r < row1; r += B128_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / B128_ROWS * tern_panel_bytes(c->w.k);
        for (size_t s = 0; s < VEC_STREAMS; s++)
            b128_mad(c, w + s * VEC_BYTES, r + s * VEC_ROWS, row1, ahead, flush);
    }
}

/* Codes 0 and 2 for the unpacking GEMM. */
ALWAYS_INLINE void b128_unpack(const uint8_t *at, vec *code) {
    const vec x = v_load(at);
    v_store(code, v_and(V(add_epi8)(x, x), v_bytes(2)));
    UNROLL
    for (unsigned f = 1; f < 8; f++) v_store(code + f, v_and(V(srli_epi16)(x, f - 1), v_bytes(2)));
}

ALWAYS_INLINE struct unpack_layout b128_layout(const struct tern_call *c) {
    return (struct unpack_layout){B128_ROWS,        8,         tern_panel_bytes(c->w.k),
                                  TERN_PANEL_GROUP, VEC_BYTES, b128_unpack};
}
