/* Register tiles of smmla, which multiplies 2 rows x 8 columns by 8 columns x 2 tokens: 16 rows x 6 tokens. Per pair of quads 8
 * loads of codes, 3 of activations, 24 smmla into 24 of 32 registers: 768 multiply-adds. |sum| <= 2 * 128 * K < 2^31.
 *
 * Codes are put in pairs of rows once, after they were decoded: a register of two quads each has the same four rows, and two
 * interleavings bring the eight columns of a row together. */
#include "kernels/arm/vec_dotprod.h"

#include "kernels/arm/gemm/readers.h"
#include "kernels/arm/gemm/store.h"
#include "kernels/run.h"

enum { PAIRS = FOURS_TOKENS / 2, ROW_PAIRS = QUAD_ROWS / 2 };

/* int32 lanes [row][token] + eight products of codes and activations each. asm in its place, because gcc 12 has too many loads
 * before the first product and spills. */
ALWAYS_INLINE vec tile_add(vec acc, vec codes, vec q) {
    __asm__ volatile("smmla %0.4s, %1.16b, %2.16b" : "+w"(acc) : "w"(codes), "w"(q));
    return acc;
}

/* Two quads of rows -> rows 0 to 7 in the first, 8 to 15 in the second. */
static void pair_quads(struct quads tile, size_t count) {
    for (; count > 0; count -= 2, tile.at += 2 * tile.step) {
        vec x[TILE_PARTS], y[TILE_PARTS];
        UNROLL
        for (size_t i = 0; i < TILE_PARTS; i++) {
            x[i] = v_load(tile.at + i * VEC_BYTES);
            y[i] = v_load(tile.at + tile.step + i * VEC_BYTES);
        }
        UNROLL
        for (size_t i = 0; i < TILE_PARTS; i++) {
            uint8_t *to = tile.at + i / 2 * tile.step + i % 2 * 2 * VEC_BYTES;
            v_store(to, v_zip_low32(x[i], y[i]));
            v_store(to + VEC_BYTES, v_zip_high32(x[i], y[i]));
        }
    }
}

ALWAYS_INLINE void tile_step(vec (*acc)[ROW_PAIRS], const uint8_t *codes, size_t step, const int8_t *q,
                             size_t pairs) {
    vec a[PAIRS];
    UNROLL
    for (size_t j = 0; j < pairs; j++) a[j] = v_load(q + j * VEC_BYTES);
    UNROLL
    for (size_t i = 0; i < ROW_PAIRS; i++) {
        if (i == ROW_PAIRS / 2) { /* the other loads come after these products, or registers do not suffice */
            codes += step;
            __asm__ volatile("" : "+r"(codes));
        }
        const vec u = v_load(codes + i % (ROW_PAIRS / 2) * VEC_BYTES);
        UNROLL
        for (size_t j = 0; j < pairs; j++) acc[j][i] = tile_add(acc[j][i], u, a[j]);
    }
}

ALWAYS_INLINE void tile_multiply(const struct tern_call *c, const struct gemm_tile *x, size_t live) {
    const size_t pairs = (live + 1) / 2;
    vec acc[PAIRS][ROW_PAIRS];
    const uint8_t *codes = x->codes;
    const int8_t *q = x->q;
    tile_clear(acc[0], pairs * ROW_PAIRS);
    tile_fetch(c, x, live);
    for (size_t n = (x->quads + 1) / 2; n > 0; n--, codes += 2 * x->step, q += pairs * VEC_BYTES)
        tile_step(acc, codes, x->step, q, pairs);
    UNROLL
    for (size_t j = 0; j < live; j++) {
        vec sum[TILE_PARTS];
        UNROLL
        for (size_t i = 0; i < TILE_PARTS; i++) {
            const uint32x4_t a = V_U32(acc[j / 2][2 * i]), b = V_U32(acc[j / 2][2 * i + 1]);
            sum[i] = V_OF_U32(j % 2 ? vuzp2q_u32(a, b) : vuzp1q_u32(a, b));
        }
        tile_store(c, x, j, sum);
    }
}

TILES

static const struct tile_kernel tile_kernel = {1, 2, 0, tile_run, pair_quads};

TERN_READERS(TERN_TILE_I8MM, TILE_RUN)
