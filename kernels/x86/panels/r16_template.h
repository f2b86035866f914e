/* r16 (2.0 bpw, rows in lanes, four columns of a row per byte) at every width: fields are masked, not
 * shifted.
 *
 * Included with TERN_VEC_BITS set (panel_vec.h). `q` holds the activations of `tokens` tokens as
 * [K/4][tokens][4], of which the first `live` are multiplied; one token is its own row. Streams are walked
 * together and share the broadcast activations.
 *
 * r16_dot, per register of weights (4 * VEC_ROWS bytes = 16 * VEC_ROWS weights) and token: 1 load, 4 and,
 * 4 broadcasts, 4 vpdpbusd; field f comes out 4^f times too large, and is shifted down once, exactly, at the
 * end. Overflow: the largest field is 2 << 6, so |sum| <= K/4 * 128 * 128 < 2^31 for K < 524,288. */
#include "kernels/formats/memory/r16.h"
#include "kernels/x86/panel_vec.h"

#ifdef VEC_HAS_DP
ALWAYS_INLINE void r16_dot(const struct tern_call *c, const uint8_t *w, size_t row, size_t end,
                           const int8_t *q, size_t t, size_t tokens, size_t live, size_t streams,
                           size_t ahead) {
    const size_t distance = tern_r16_panel(c->w.k), groups = distance / TERN_R16_GROUP;
    vec acc[6][4][4];
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t s = 0; s < streams; s++) UNROLL
    for (size_t f = 0; f < 4; f++) acc[j][s][f] = v_zero();

    for (size_t g = 0; g < groups; g++, q += 16 * tokens) {
        vec x[4];
        UNROLL
        for (size_t s = 0; s < streams; s++) {
            const uint8_t *at = stream_at(w, distance, s) + g * TERN_R16_GROUP;
            _mm_prefetch((const char *)(at + ahead),
                         _MM_HINT_T0); /* ahead == 0: the line is being read anyway */
            x[s] = v_load(at);
        }
        UNROLL
        for (size_t f = 0; f < 4; f++) {
            vec u[4];
            UNROLL
            for (size_t s = 0; s < streams; s++) u[s] = v_and(x[s], v_bytes(3 << 2 * f));
            UNROLL
            for (size_t j = 0; j < live; j++) {
                const vec a = v_four(q + 4 * (f * tokens + j));
                UNROLL
                for (size_t s = 0; s < streams; s++) acc[j][s][f] = dp(acc[j][s][f], u[s], a);
            }
        }
    }
    UNROLL
    for (size_t j = 0; j < live; j++) {
        const vec bias = V(set1_epi32)(c->x->sum[t + j]);
        int32_t *y = (int32_t *)c->y + (t + j) * c->ldy;
        UNROLL
        for (size_t s = 0; s < streams; s++) {
            const vec *a = acc[j][s];
            vec sum = V(add_epi32)(a[0], V(srai_epi32)(a[1], 2));
            sum = V(add_epi32)(sum, V(srai_epi32)(a[2], 4));
            sum = V(add_epi32)(sum, V(srai_epi32)(a[3], 6));
            v_store_rows(y, stream_row(row, TERN_R16_ROWS, s), end, V(sub_epi32)(sum, bias));
        }
    }
}

/* One token: `most` panels together while there are as many, then two, then one. */
ALWAYS_INLINE void r16_dot_gemv(const struct tern_call *c, size_t row0, size_t row1, size_t most) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], distance = tern_r16_panel(c->w.k);
    const uint8_t *w = (const uint8_t *)c->w.data + row0 / TERN_R16_ROWS * distance;
    size_t r = row0;
#if TERN_VEC_BITS == 512
    if (most >= 4)
        for (; r + 3 * TERN_R16_ROWS < row1; r += 4 * TERN_R16_ROWS, w += 4 * distance)
            r16_dot(c, w, r, row1, c->x->q, 0, 1, 1, 4, ahead);
#endif
    if (most >= 2)
        for (; r + TERN_R16_ROWS < row1; r += 2 * TERN_R16_ROWS, w += 2 * distance)
            r16_dot(c, w, r, row1, c->x->q, 0, 1, 1, 2 * VEC_STREAMS, ahead);
    for (; r < row1; r += TERN_R16_ROWS, w += distance)
        r16_dot(c, w, r, row1, c->x->q, 0, 1, 1, VEC_STREAMS, ahead);
}

/* Register tiles of one stream and `tokens` tokens; the activations were packed for them (cols<tokens>k16).
 */
ALWAYS_INLINE void r16_dot_gemm(const struct tern_call *c, size_t row0, size_t row1, size_t tokens) {
    const size_t distance = tern_r16_panel(c->w.k), block = distance / 4 * tokens, n = c->x->n;
    for (size_t r = row0; r < row1; r += TERN_R16_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / TERN_R16_ROWS * distance;
        for (size_t s = 0; s < VEC_STREAMS; s++) {
            const uint8_t *at = w + s * VEC_BYTES;
            const size_t row = r + s * VEC_ROWS;
            const int8_t *q = c->shared;
            size_t t = 0;
            for (; t + tokens <= n; t += tokens, q += block)
                r16_dot(c, at, row, row1, q, t, tokens, tokens, 1, 0);
            UNROLL
            for (size_t live = 1; live < tokens; live++)
                if (n - t == live) r16_dot(c, at, row, row1, q, t, tokens, live, 1, 0);
        }
    }
}
#endif

/* How the four fields of a byte reach vpmaddubsw.
 * R16_HALF: one shift by 4; fields 0 and 2 in one sum, fields 1 and 3, four times too large, in another. A
 * pair of products is at most 512 and 2,048, two pairs per group: 8 groups fill int16 (8 * 2 * 2,048 =
 * 32,768, reached only as -32,768). Per register and token 1 shift, 4 and, 4 vpmaddubsw, 4 add. R16_SHIFT:
 * three shifts, one sum; 16 groups (16 * 4 * 512). 3 shifts, 4 and, 4 vpmaddubsw, 4 add. */
enum r16_fields { R16_HALF, R16_SHIFT };
enum { R16_HALF_FLUSH = 8, R16_SHIFT_FLUSH = 16 };

ALWAYS_INLINE void r16_mad(const struct tern_call *c, const uint8_t *w, size_t row, size_t end,
                           const int8_t *q, size_t t, size_t tokens, size_t live, size_t streams,
                           size_t ahead, size_t flush, enum r16_fields how) {
    const size_t distance = tern_r16_panel(c->w.k), groups = distance / TERN_R16_GROUP;
    const size_t sums = how == R16_HALF ? 2 : 1;
    vec sum[4][4][2];
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t s = 0; s < streams; s++) UNROLL
    for (size_t i = 0; i < sums; i++) sum[j][s][i] = v_zero();

    for (size_t g = 0; g < groups;) {
        const size_t stop = tern_min(groups, g + flush);
        vec acc[4][4][2];
        UNROLL
        for (size_t j = 0; j < live; j++) UNROLL
        for (size_t s = 0; s < streams; s++) UNROLL
        for (size_t i = 0; i < sums; i++) acc[j][s][i] = v_zero();
        for (; g < stop; g++, q += 16 * tokens) {
            UNROLL
            for (size_t s = 0; s < streams; s++) {
                const uint8_t *at = stream_at(w, distance, s) + g * TERN_R16_GROUP;
                _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
                const vec x = v_load(at), high = V(srli_epi16)(x, 4);
                UNROLL
                for (unsigned f = 0; f < 4; f++) {
                    const vec u = how == R16_HALF ? v_and(f < 2 ? x : high, v_bytes(f % 2 ? 12 : 3))
                                                  : v_and(V(srli_epi16)(x, 2 * f), v_bytes(3));
                    UNROLL
                    for (size_t j = 0; j < live; j++) {
                        vec *a = &acc[j][s][how == R16_HALF ? f % 2 : 0];
                        *a = v_mad(*a, u, v_four(q + 4 * (f * tokens + j)));
                    }
                }
            }
        }
        UNROLL
        for (size_t j = 0; j < live; j++) UNROLL
        for (size_t s = 0; s < streams; s++) UNROLL
        for (size_t i = 0; i < sums; i++) sum[j][s][i] = v_widen(sum[j][s][i], acc[j][s][i]);
    }
    UNROLL
    for (size_t j = 0; j < live; j++) {
        const vec bias = V(set1_epi32)(c->x->sum[t + j]);
        int32_t *y = (int32_t *)c->y + (t + j) * c->ldy;
        UNROLL
        for (size_t s = 0; s < streams; s++) {
            vec all = sum[j][s][0];
            if (how == R16_HALF) all = V(add_epi32)(all, V(srai_epi32)(sum[j][s][1], 2));
            v_store_rows(y, stream_row(row, TERN_R16_ROWS, s), end, V(sub_epi32)(all, bias));
        }
    }
}

ALWAYS_INLINE void r16_mad_gemv(const struct tern_call *c, size_t row0, size_t row1, enum r16_fields how) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], flush = (size_t)c->param[TERN_P_FLUSH];
    const size_t distance = tern_r16_panel(c->w.k);
    const uint8_t *w = (const uint8_t *)c->w.data + row0 / TERN_R16_ROWS * distance;
    size_t r = row0;
    if (c->param[TERN_P_TOGETHER] >= 2)
        for (; r + TERN_R16_ROWS < row1; r += 2 * TERN_R16_ROWS, w += 2 * distance)
            r16_mad(c, w, r, row1, c->x->q, 0, 1, 1, 2 * VEC_STREAMS, ahead, flush, how);
    for (; r < row1; r += TERN_R16_ROWS, w += distance)
        r16_mad(c, w, r, row1, c->x->q, 0, 1, 1, VEC_STREAMS, ahead, flush, how);
}

ALWAYS_INLINE void r16_mad_gemm(const struct tern_call *c, size_t row0, size_t row1, size_t tokens,
                                enum r16_fields how) {
    const size_t flush = (size_t)c->param[TERN_P_FLUSH], distance = tern_r16_panel(c->w.k);
    const size_t block = distance / 4 * tokens, n = c->x->n;
    for (size_t r = row0; r < row1; r += TERN_R16_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / TERN_R16_ROWS * distance;
        for (size_t s = 0; s < VEC_STREAMS; s++) {
            const uint8_t *at = w + s * VEC_BYTES;
            const size_t row = r + s * VEC_ROWS;
            const int8_t *q = c->shared;
            size_t t = 0;
            for (; t + tokens <= n; t += tokens, q += block)
                r16_mad(c, at, row, row1, q, t, tokens, tokens, 1, 0, flush, how);
            UNROLL
            for (size_t live = 1; live < tokens; live++)
                if (n - t == live) r16_mad(c, at, row, row1, q, t, tokens, live, 1, 0, flush, how);
        }
    }
}
