/* Register tiles of SVE's own sdot, which a machine without dotprod may have (A64FX): registers of any length, 128 to 2048 bits.
 *
 * The quads of row tiles side by side are one run of bytes. A tile is four registers of it, of at most 64 bytes each, x 6 tokens: one
 * row tile of 128 bits, two of 256, four of 512 and more; per quad 4 loads of codes, 6 broadcasts and 24 sdot into 24 of 32 registers.
 * |sum| <= 2 * 128 * K < 2^31. Registers whose length the compiler does not know cannot be in arrays, hence macros. */
#include "kernels/arm/gemm/readers.h"
#include "kernels/gemm/tile.h"
#include "kernels/run.h"

#include <arm_sve.h>
#include <string.h>

/* Bytes of a register that are used: whole row tiles. */
static inline size_t slice_bytes(void) {
    const size_t bytes = svcntb();
    return bytes >= 64 ? 64 : bytes >= 32 ? 32 : 16;
}

#define EACH_TOKEN(M) M(0) M(1) M(2) M(3) M(4) M(5)

#define SUMS(j) svint32_t s##j##0 = zero, s##j##1 = zero, s##j##2 = zero, s##j##3 = zero;

/* asm, because gcc 12 copies the sums about. */
#define DOT(sum, codes) __asm__ volatile("sdot %0.s, %1.b, %2.b" : "+w"(sum) : "w"(codes), "w"(a));

#define STEP(j)                                                                                              \
    if (live > j) {                                                                                          \
        int32_t of;                                                                                          \
        memcpy(&of, q + 4 * j, sizeof of);                                                                   \
        const svint32_t a = svdup_n_s32(of);                                                                 \
        DOT(s##j##0, u0) DOT(s##j##1, u1) DOT(s##j##2, u2) DOT(s##j##3, u3)                                  \
    }

/* Adds to the results of token j, or begins them: those rows of a register that are there. */
#define STORE_PART(j, i)                                                                                     \
    {                                                                                                        \
        const svbool_t there = svwhilelt_b32_u64(i * lanes, tern_min(rows, (i + 1) * lanes));                \
        int32_t *to = y + i * lanes;                                                                         \
        const svint32_t old = x->first ? svdup_n_s32(-c->x->sum[x->token + j]) : svld1_s32(there, to);       \
        svst1_s32(there, to, svadd_s32_x(there, old, s##j##i));                                              \
    }
#define STORE(j)                                                                                             \
    if (live > j) {                                                                                          \
        int32_t *y = (int32_t *)c->y + (x->token + j) * c->ldy + x->row;                                     \
        STORE_PART(j, 0) STORE_PART(j, 1) STORE_PART(j, 2) STORE_PART(j, 3)                                  \
    }

ALWAYS_INLINE void tile_multiply(const struct tern_call *c, const struct gemm_tile *x, size_t live) {
    const size_t slice = slice_bytes(), lanes = slice / QUAD_COLUMNS, rows = x->end - x->row;
    const svbool_t used = svwhilelt_b8_u64(0, slice);
    const svint32_t zero = svdup_n_s32(0);
    const uint8_t *codes = x->codes;
    const int8_t *q = x->q;
    EACH_TOKEN(SUMS)
    for (size_t n = x->quads; n > 0; n--, codes += x->step, q += 4 * live) {
        const svuint8_t u0 = svld1_u8(used, codes), u1 = svld1_u8(used, codes + slice),
                        u2 = svld1_u8(used, codes + 2 * slice), u3 = svld1_u8(used, codes + 3 * slice);
        EACH_TOKEN(STEP)
    }
    EACH_TOKEN(STORE)
}

#define TILE(live)                                                                                           \
    static void tile_##live(const struct tern_call *c, const struct gemm_tile *x) {                          \
        tile_multiply(c, x, live);                                                                           \
    }
TILE(1)
TILE(2)
TILE(3)
TILE(4)
TILE(5)
TILE(6)

static void tile_run(const struct tern_call *c, const struct gemm_tile *x, size_t high, size_t live) {
    static void (*const of[])(const struct tern_call *, const struct gemm_tile *) = {tile_1, tile_2, tile_3,
                                                                                     tile_4, tile_5, tile_6};
    (void)high;
    of[live - 1](c, x);
}

/* Four registers are so many row tiles. */
static void multiply(const struct tern_call *c, size_t row0, size_t row1, uint8_t *codes,
                     const struct reader *reader) {
    const struct tile_kernel kernel = {4 * slice_bytes() / QUAD, 1, 0, tile_run, NULL};
    tern_tile_gemm(c, row0, row1, codes, reader, &kernel);
}

TERN_READERS(TERN_TILE_SVE, TILE_SVE_RUN)
