/* m80 (1.6 bpw, five rows per byte in base 3) at every width: quotients by reciprocal multiplication.
 *
 * Included with TERN_VEC_BITS set (panel_vec.h). With x = 256 * odd + even in each 16-bit lane and r_n =
 * ceil(2^16 / 3^n), (even * r_n) >> 16 = even / 3^n, and the high byte of (x * r_n) >> 16 is odd / 3^n for n
 * = 1, 2; the quotients by 27 and 81 follow from the one by 9 in the same way. Exact for every pair of bytes
 * 0..242: with t the low byte, t + 3^n * x * (r_n - 2^16 / 3^n) / 2^16 stays below 256 in each of these steps
 * (t <= 242 in the first two, x < 6,912 in the others). */
#include "kernels/x86/panels/unpack_template.h"

enum { M80_ROWS = 80, R3 = 21846, R9 = 7282, R27 = 2428, R81 = 810 };

/* x / 3^n for n = 0..4: 8 vpmulhuw, 1 and, 4 merges (two operations each before AVX-512). */
ALWAYS_INLINE void m80_quotients(vec x, vec q[5]) {
    const vec even = v_and(x, v_words(0x00ff));
    const vec odd9 = V(mulhi_epu16)(x, v_words(R9));
    q[0] = x;
    q[1] = v_interleave(V(mulhi_epu16)(x, v_words(R3)), V(mulhi_epu16)(even, v_words(R3)));
    q[2] = v_interleave(odd9, V(mulhi_epu16)(even, v_words(R9)));
    q[3] = v_interleave(V(mulhi_epu16)(odd9, v_words(R3)), V(mulhi_epu16)(even, v_words(R27)));
    q[4] = v_interleave(V(mulhi_epu16)(odd9, v_words(R9)), V(mulhi_epu16)(even, v_words(R81)));
}

/* quotient - 3 * next quotient: the digit, 0..2. */
ALWAYS_INLINE vec m80_digit(vec quotient, vec next) {
    return V(sub_epi8)(quotient, V(add_epi8)(next, V(add_epi8)(next, next)));
}

ALWAYS_INLINE void m80_digits(vec x, vec d[5]) {
    vec q[5];
    m80_quotients(x, q);
    UNROLL
    for (size_t f = 0; f < 4; f++) d[f] = m80_digit(q[f], q[f + 1]);
    d[4] = q[4];
}

/* For the GEMM of unpack_template.h. */
ALWAYS_INLINE void m80_unpack(const uint8_t *at, vec *code) {
    vec d[5];
    m80_digits(v_load(at), d);
    UNROLL
    for (size_t f = 0; f < 5; f++) v_store(code + f, d[f]);
}

ALWAYS_INLINE struct unpack_layout m80_layout(const struct tern_call *c) {
    return (struct unpack_layout){M80_ROWS,         5,         tern_panel_bytes(c->w.k),
                                  TERN_PANEL_GROUP, VEC_BYTES, m80_unpack};
}

/* Sums of quotients -> sums of digits. */
ALWAYS_INLINE vec m80_telescope(const vec *sum, size_t f) {
    if (f == 4) return sum[4];
    return V(sub_epi32)(sum[f], V(add_epi32)(sum[f + 1], V(add_epi32)(sum[f + 1], sum[f + 1])));
}

ALWAYS_INLINE void m80_store(const struct tern_call *c, size_t t, size_t row, size_t end, const vec sum[5],
                             size_t raw) {
    const vec bias = V(set1_epi32)(c->x->sum[t]);
    int32_t *y = (int32_t *)c->y + t * c->ldy;
    UNROLL
    for (size_t f = 0; f < 5; f++)
        v_store_rows(y, row + 16 * f, end, V(sub_epi32)(f >= raw ? m80_telescope(sum, f) : sum[f], bias));
}

#ifdef VEC_HAS_DP
/* Per register (5 * 4 * VEC_ROWS weights): 1 load, 13 operations for the quotients, and per token 1 broadcast
 * and 5 vpdpbusd. Overflow: a quotient is at most 242, so |sum| <= 242 * 128 * K < 2^31 for K < 69,327; three
 * times a sum may wrap, but the difference, a row's sum of codes, is small, and wrapping subtraction finds
 * it. */
ALWAYS_INLINE void m80_dot(const struct tern_call *c, const uint8_t *w, size_t row, size_t end,
                           const int8_t *q, size_t t, size_t tokens, size_t live, size_t streams,
                           size_t ahead) {
    const size_t distance = tern_panel_bytes(c->w.k), groups = tern_panel_groups(c->w.k);
    vec acc[4][4][5];
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t s = 0; s < streams; s++) UNROLL
    for (size_t f = 0; f < 5; f++) acc[j][s][f] = v_zero();

    for (size_t g = 0; g < groups; g++, q += 4 * tokens) {
        UNROLL
        for (size_t s = 0; s < streams; s++) {
            const uint8_t *at = stream_at(w, distance, s) + g * TERN_PANEL_GROUP;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            vec u[5];
            m80_quotients(v_load(at), u);
            UNROLL
            for (size_t j = 0; j < live; j++) {
                const vec a = v_four(q + 4 * j);
                UNROLL
                for (size_t f = 0; f < 5; f++) acc[j][s][f] = dp(acc[j][s][f], u[f], a);
            }
        }
    }
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t s = 0; s < streams; s++) m80_store(c, t + j, stream_row(row, M80_ROWS, s), end, acc[j][s], 0);
}

/* One token: `most` panels together while there are as many, then two, then one (512 bits); half panels else.
 */
ALWAYS_INLINE void m80_dot_gemv(const struct tern_call *c, size_t row0, size_t row1, size_t most) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], distance = tern_panel_bytes(c->w.k);
    const uint8_t *w = (const uint8_t *)c->w.data + row0 / M80_ROWS * distance;
    size_t r = row0;
#if TERN_VEC_BITS == 512
    if (most >= 4)
        for (; r + 3 * M80_ROWS < row1; r += 4 * M80_ROWS, w += 4 * distance)
            m80_dot(c, w, r, row1, c->x->q, 0, 1, 1, 4, ahead);
#endif
    if (most >= 2)
        for (; r + (2 / VEC_STREAMS - 1) * M80_ROWS < row1;
             r += 2 / VEC_STREAMS * M80_ROWS, w += 2 / VEC_STREAMS * distance)
            m80_dot(c, w, r, row1, c->x->q, 0, 1, 1, 2, ahead);
    for (; r < row1; r += M80_ROWS, w += distance)
        for (size_t s = 0; s < VEC_STREAMS; s++)
            m80_dot(c, w + s * VEC_BYTES, r + s * VEC_ROWS, row1, c->x->q, 0, 1, 1, 1, ahead);
}

/* Register tiles of one stream and `tokens` tokens; the quotients are found once for all of them. */
ALWAYS_INLINE void m80_dot_gemm(const struct tern_call *c, size_t row0, size_t row1, size_t tokens) {
    const size_t distance = tern_panel_bytes(c->w.k), block = tern_panel_groups(c->w.k) * 4 * tokens,
                 n = c->x->n;
    for (size_t r = row0; r < row1; r += M80_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / M80_ROWS * distance;
        for (size_t s = 0; s < VEC_STREAMS; s++) {
            const uint8_t *at = w + s * VEC_BYTES;
            const size_t row = r + s * VEC_ROWS;
            const int8_t *q = c->shared;
            size_t t = 0;
            for (; t + tokens <= n; t += tokens, q += block)
                m80_dot(c, at, row, row1, q, t, tokens, tokens, 1, 0);
            UNROLL
            for (size_t live = 1; live < tokens; live++)
                if (n - t == live) m80_dot(c, at, row, row1, q, t, tokens, live, 1, 0);
        }
    }
}
#endif

/* vpmaddubsw saturates above 127 * 2 codes' worth: the three lowest rows are turned into digits (3 operations
 * each), the fourth stays a quotient 0..8 and telescopes. Per register: 1 load, 22 operations (26 before
 * AVX-512), 5 vpmaddubsw, 5 add. A pair of products is at most 2 * 8 * 128 = 2,048, so 16 of them fill int16
 * (-32,768 exactly). */
enum { M80_FLUSH = 16 };

ALWAYS_INLINE void m80_mad(const struct tern_call *c, const uint8_t *w, size_t row, size_t end,
                           size_t streams, size_t ahead, size_t flush) {
    const size_t distance = tern_panel_bytes(c->w.k), groups = tern_panel_groups(c->w.k);
    const int8_t *q = c->x->q;
    vec sum[2][5];
    UNROLL
    for (size_t s = 0; s < streams; s++) UNROLL
    for (size_t f = 0; f < 5; f++) sum[s][f] = v_zero();

    for (size_t g = 0; g < groups;) {
        const size_t stop = tern_min(groups, g + flush);
        vec acc[2][5];
        UNROLL
        for (size_t s = 0; s < streams; s++) UNROLL
        for (size_t f = 0; f < 5; f++) acc[s][f] = v_zero();
        for (; g < stop; g++) {
            const vec a = v_four(q + 4 * g);
            UNROLL
            for (size_t s = 0; s < streams; s++) {
                const uint8_t *at = stream_at(w, distance, s) + g * TERN_PANEL_GROUP;
                _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
                vec u[5];
                m80_quotients(v_load(at), u);
                UNROLL
                for (size_t f = 0; f < 3; f++) u[f] = m80_digit(u[f], u[f + 1]);
                UNROLL
                for (size_t f = 0; f < 5; f++) acc[s][f] = v_mad(acc[s][f], u[f], a);
            }
        }
        UNROLL
        for (size_t s = 0; s < streams; s++) UNROLL
        for (size_t f = 0; f < 5; f++) sum[s][f] = v_widen(sum[s][f], acc[s][f]);
    }
    UNROLL
    for (size_t s = 0; s < streams; s++) m80_store(c, 0, stream_row(row, M80_ROWS, s), end, sum[s], 3);
}

ALWAYS_INLINE void m80_mad_gemv(const struct tern_call *c, size_t row0, size_t row1) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], flush = (size_t)c->param[TERN_P_FLUSH];
    const size_t distance = tern_panel_bytes(c->w.k);
    for (size_t r = row0; r < row1; r += M80_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / M80_ROWS * distance;
        for (size_t s = 0; s < VEC_STREAMS; s++)
            m80_mad(c, w + s * VEC_BYTES, r + s * VEC_ROWS, row1, 1, ahead, flush);
    }
}
