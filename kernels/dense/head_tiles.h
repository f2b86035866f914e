/* Rows of f16, f32 and Q8_0 weights against several tokens. head_ops_level.c includes it, once per level.
 *
 * A few rows are widened to floats, a piece of columns at a time, and multiplied with a few tokens out of registers. Each
 * (row, token) keeps the 64 sums of a single product: column c goes to sum c % 64, in ascending order, and the sums are
 * folded alike, so nothing tells the two ways apart.
 *
 * Budget: a part of the sums costs a multiplication and an addition for each row and token, and a load for each row and
 * each token; the tile keeps the loads and the widening well below the arithmetic. */
#ifndef TERN_KERNELS_DENSE_HEAD_TILES_H
#define TERN_KERNELS_DENSE_HEAD_TILES_H

#include "kernels/dense/head_rows.h"
#include "kernels/unroll.h"

enum { TILE_ROWS = 4, TILE_COLUMNS = 1024 /* 16 KiB of each operand: both stay in the nearest cache */ };

struct tile {
    _Alignas(64) float sum[TERN_ROWS_TOGETHER][TILE_ROWS][64];
    _Alignas(64) float wide[TILE_ROWS][TILE_COLUMNS];
};

/* Columns [0, 64 * steps) of TILE_ROWS rows and `tokens` tokens, onto their sums. */
ALWAYS_INLINE void tile_steps(const float *const w[TILE_ROWS], const float *const *x, size_t steps,
                              float (*sum)[TILE_ROWS][64], size_t tokens) {
    for (size_t p = 0; p < 64; p += PART) {
        part s[TILE_TOKENS][TILE_ROWS];
        UNROLL for (size_t t = 0; t < tokens; t++) {
            UNROLL for (size_t r = 0; r < TILE_ROWS; r++) s[t][r] = part_load(sum[t][r] + p);
        }
        for (size_t c = p; c < 64 * steps; c += 64) {
            part a[TILE_ROWS];
            UNROLL for (size_t r = 0; r < TILE_ROWS; r++) a[r] = part_load(w[r] + c);
            UNROLL for (size_t t = 0; t < tokens; t++) {
                const part b = part_load(x[t] + c);
                UNROLL for (size_t r = 0; r < TILE_ROWS; r++) s[t][r] = part_add(s[t][r], a[r], b);
            }
        }
        UNROLL for (size_t t = 0; t < tokens; t++) {
            UNROLL for (size_t r = 0; r < TILE_ROWS; r++) part_put(sum[t][r] + p, s[t][r]);
        }
    }
}

/* The last columns of a row, fewer than 64, and the end of its sums. */
static inline float tile_end(const float *sum, const float *w, const float *x, size_t left) {
    vec acc[4] = {vec_f32(sum), vec_f32(sum + 16), vec_f32(sum + 32), vec_f32(sum + 48)};
    const size_t more = left / 16;
    UNROLL for (size_t j = 0; j < 3; j++) {
        if (j == more) break;
        acc[j] = vec_add(acc[j], vec_mul(vec_f32(w + 16 * j), vec_f32(x + 16 * j)));
    }
    float all = vec_fold_four(acc);
    for (size_t i = 16 * more; i < left; i++) all += w[i] * x[i];
    return all;
}

/* Columns [at, at + n) of a row: where they lie as floats. */
typedef const float *widen_fn(const void *row, size_t at, size_t n, float *wide);

/* A product of rows and tokens: row r of the weights begins at data + r * row_bytes, token t of the activations at x + t *
 * xstride, and its results at y + t * ystride. */
struct tile_product {
    const unsigned char *data;
    size_t row_bytes, k, rows;
    const float *x;
    size_t xstride, n;
    float *y;
    size_t ystride;
};

/* Up to TILE_ROWS rows and TERN_ROWS_TOGETHER tokens. */
ALWAYS_INLINE void tile_block(widen_fn *widen, struct tile_product p, struct tile *tile) {
    memset(tile->sum, 0, p.n * sizeof tile->sum[0]);
    for (size_t at = 0; at < p.k; at += TILE_COLUMNS) {
        const size_t columns = p.k - at < TILE_COLUMNS ? p.k - at : TILE_COLUMNS, steps = columns / 64;
        const float *w[TILE_ROWS];
        for (size_t r = 0; r < TILE_ROWS; r++) /* rows that are missing repeat the last one */
            w[r] = r < p.rows ? widen(p.data + r * p.row_bytes, at, columns, tile->wide[r]) : w[p.rows - 1];
        for (size_t t = 0; t < p.n; t += TILE_TOKENS) {
            const float *token[TILE_TOKENS];
            const size_t tokens = p.n - t < TILE_TOKENS ? p.n - t : TILE_TOKENS;
            for (size_t i = 0; i < TILE_TOKENS; i++)
                token[i] = p.x + (t + (i < tokens ? i : tokens - 1)) * p.xstride + at;
            if (TILE_TOKENS > 2 && tokens > 2)
                tile_steps(w, token, steps, tile->sum + t, TILE_TOKENS);
            else
                tile_steps(w, token, steps, tile->sum + t, 2);
        }
        if (at + columns < p.k) continue;
        for (size_t t = 0; t < p.n; t++)
            for (size_t r = 0; r < p.rows; r++)
                p.y[t * p.ystride + r] =
                    tile_end(tile->sum[t][r], w[r] + 64 * steps, p.x + t * p.xstride + at + 64 * steps,
                             columns - 64 * steps);
    }
}

static inline const float *widen_f16(const void *row, size_t at, size_t n, float *wide) {
    const uint16_t *w = (const uint16_t *)row + at;
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        if (i % 32 == 0) ahead(w + i, 64);
        vec_put(wide + i, vec_f16(w + i));
    }
    for (; i < n; i++) wide[i] = tern_f16_to_f32(w[i]);
    return wide;
}

static inline const float *widen_f32(const void *row, size_t at, size_t n, float *wide) {
    (void)n;
    (void)wide;
    return (const float *)row + at;
}

static inline const float *widen_q8(const void *row, size_t at, size_t n, float *wide) {
    const unsigned char *b = (const unsigned char *)row + at / 32 * 34;
    for (size_t i = 0; i < n; i += 32, b += 34) {
        const float d = half_at(b);
        ahead(b, 34);
        vec_put(wide + i, vec_scale(vec_i8((const int8_t *)b + 2), d));
        vec_put(wide + i + 16, vec_scale(vec_i8((const int8_t *)b + 18), d));
    }
    return wide;
}

/* Any number of rows and tokens. */
ALWAYS_INLINE void tile_rows(widen_fn *widen, struct tile_product all) {
    struct tile tile;
    for (size_t t = 0, tokens; t < all.n; t += tokens) {
        tokens = all.n - t < TERN_ROWS_TOGETHER ? all.n - t : TERN_ROWS_TOGETHER;
        for (size_t r = 0; r < all.rows; r += TILE_ROWS) {
            struct tile_product p = all;
            p.data += r * all.row_bytes;
            p.rows = all.rows - r < TILE_ROWS ? all.rows - r : TILE_ROWS;
            p.x += t * all.xstride;
            p.n = tokens;
            p.y += t * all.ystride + r;
            tile_block(widen, p, &tile);
        }
    }
}

#define TILE(name, bytes)                                                                                    \
    static inline void tile_##name(const void *data, size_t k, size_t r0, size_t r1, const float *x,         \
                                   size_t xstride, size_t n, float *y, size_t ystride) {                     \
        if (n == 1)                                                                                          \
            rows_##name(data, k, r0, r1, x, y);                                                              \
        else                                                                                                 \
            tile_rows(widen_##name, (struct tile_product){(const unsigned char *)data + r0 * (bytes), bytes, \
                                                          k, r1 - r0, x, xstride, n, y, ystride});           \
    }
TILE(f16, 2 * k)
TILE(f32, 4 * k)
TILE(q8, k / 32 * 34)

#endif
