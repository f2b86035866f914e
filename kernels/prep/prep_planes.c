/* Preparations and spaces of the row-panel and bit-plane kernels. */
#include "kernels/prep/prep.h"

#include "base/memory.h"
#include "base/pool.h"
#include "kernels/signs.h"
#include "kernels/slices.h"

#include <string.h>

static size_t nothing(const struct tern_call *c) {
    (void)c;
    return 0;
}

/* Codes of one block of K: at most eight planes of 64 bytes per group of four columns. */
static size_t block_bytes(const struct tern_call *c) {
    return tern_min((size_t)c->param[TERN_P_BLOCK] / 4, (c->w.k + 3) / 4) * 8 * 64;
}

/* Activations as panels of nr tokens, [N/nr][groups][nr][4]; groups of four columns rounded up to `unit`
 * columns. */
static size_t panels_bytes(const struct tern_call *c, size_t nr, size_t unit) {
    return (c->x->n + nr - 1) / nr * tern_round_up(c->w.k, unit) * nr;
}

static void panels_run(const struct tern_call *c, size_t worker, size_t workers, size_t nr, size_t unit) {
    const size_t groups = tern_round_up(c->w.k, unit) / 4, blocks = (c->x->n + nr - 1) / nr;
    size_t from, to;
    tern_share(blocks, 1, worker, workers, &from, &to);
    for (size_t t = from * nr; t < to * nr; t++) {
        char *out = (char *)c->shared + (t / nr * groups * nr + t % nr) * 4;
        const int8_t *q = c->x->q + t * c->x->stride;
        for (size_t g = 0; g < groups; g++, out += nr * 4) {
            if (t < c->x->n)
                memcpy(out, q + 4 * g, 4);
            else
                memset(out, 0, 4);
        }
    }
}

#define PANELS(name, nr, unit, local)                                                                        \
    static size_t name##_bytes(const struct tern_call *c) {                                                  \
        return panels_bytes(c, nr, unit);                                                                    \
    }                                                                                                        \
    static void name##_run(const struct tern_call *c, size_t worker, size_t workers) {                       \
        panels_run(c, worker, workers, nr, unit);                                                            \
    }                                                                                                        \
    const struct tern_prep tern_prep_##name = {name##_bytes, local, name##_run};

PANELS(cols1, 1, 4, nothing)
PANELS(cols3, 3, 4, nothing)
PANELS(cols2k16, 2, 16, nothing)
PANELS(cols4k16, 4, 16, nothing)
PANELS(cols6k16, 6, 16, nothing)
PANELS(cols1block, 1, 4, block_bytes)
PANELS(cols2block, 2, 4, block_bytes)
PANELS(cols3block, 3, 4, block_bytes)
PANELS(cols4block, 4, 4, block_bytes)
PANELS(cols8block, 8, 4, block_bytes)

static size_t wide_bytes(const struct tern_call *c) {
    return c->x->n * tern_round_up(c->w.k, 64) * sizeof(int16_t);
}

static void wide_run(const struct tern_call *c, size_t worker, size_t workers) {
    const size_t columns = tern_round_up(c->w.k, 64), blocks = columns / 64;
    size_t from, to;
    tern_share(c->x->n * blocks, 1, worker, workers, &from, &to);
    for (size_t i = from; i < to; i++) {
        const int8_t *q = c->x->q + i / blocks * c->x->stride + i % blocks * 64;
        int16_t *out = (int16_t *)c->shared + i * 64;
        for (size_t j = 0; j < 64; j++) out[j] = q[j];
    }
}

const struct tern_prep tern_prep_wide = {wide_bytes, nothing, wide_run};

/* Eight bytes of eight bits, transposed (Hacker's Delight, 7-3): bit j of byte i becomes bit i of byte j. */
static uint64_t transpose(uint64_t x) {
    x = (x & 0xaa55aa55aa55aa55) | (x & 0x00aa00aa00aa00aa) << 7 | (x >> 7 & 0x00aa00aa00aa00aa);
    x = (x & 0xcccc3333cccc3333) | (x & 0x0000cccc0000cccc) << 14 | (x >> 14 & 0x0000cccc0000cccc);
    return (x & 0xf0f0f0f00f0f0f0f) | (x & 0x00000000f0f0f0f0) << 28 | (x >> 28 & 0x00000000f0f0f0f0);
}

static size_t slices_bytes(const struct tern_call *c, size_t columns) {
    return c->x->n * tern_slice_chunks(c->w.k, columns) * (TERN_SLICE_BYTES + 1);
}

static void slices_run(const struct tern_call *c, size_t worker, size_t workers, size_t columns) {
    const size_t chunks = tern_slice_chunks(c->w.k, columns), all = c->x->n * chunks;
    const size_t copies = TERN_SLICE_ONCE / columns, limit = c->x->stride;
    uint8_t *needed = (uint8_t *)c->shared + all * TERN_SLICE_BYTES;
    size_t from, to;
    tern_share(all, 1, worker, workers, &from, &to);
    for (size_t i = from; i < to; i++) {
        const size_t at = i % chunks * columns;
        const int8_t *q = c->x->q + i / chunks * c->x->stride + at;
        uint8_t plane[8][TERN_SLICE_PLANE] = {{0}};
        for (size_t j = 0; j < columns && at + j < limit;
             j += 8) { /* the stride, a multiple of 256, may end here */
            uint64_t eight;
            memcpy(&eight, q + j, sizeof eight);
            eight = transpose(eight);
            for (size_t b = 0; b < 8; b++)
                for (size_t copy = 0; copy < copies; copy++)
                    plane[b][(j / 64 * copies + copy) * 8 + j % 64 / 8] = (uint8_t)(eight >> 8 * b);
        }
        uint8_t planes = 8;
        while (planes > 1 && !memcmp(plane[planes - 1], plane[planes - 2], TERN_SLICE_PLANE)) planes--;
        needed[i] = planes;
        memcpy((uint8_t *)c->shared + i * TERN_SLICE_BYTES, plane, sizeof plane);
    }
}

#define SLICES(name, columns)                                                                                \
    static size_t name##_bytes(const struct tern_call *c) {                                                  \
        return slices_bytes(c, columns);                                                                     \
    }                                                                                                        \
    static void name##_run(const struct tern_call *c, size_t worker, size_t workers) {                       \
        slices_run(c, worker, workers, columns);                                                             \
    }                                                                                                        \
    const struct tern_prep tern_prep_##name = {name##_bytes, nothing, name##_run};

SLICES(slicestwice, TERN_SLICE_TWICE)
SLICES(slicesonce, TERN_SLICE_ONCE)

/* Bit 7 of eight bytes as one byte: the multiplication moves byte i's to bit 56 + i, and no two sums meet. */
static uint64_t sign_word(const int8_t *q) {
    uint64_t signs = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t x;
        memcpy(&x, q + 8 * i, sizeof x);
        signs |= ((~x >> 7 & 0x0101010101010101u) * 0x0102040810204080u >> 56) << 8 * i;
    }
    return signs;
}

static void signs_run(const struct tern_call *c, size_t worker, size_t workers) {
    tern_signs_run(c, worker, workers, sign_word);
}

const struct tern_prep tern_prep_signs = {tern_signs_bytes, tern_signs_local, signs_run};

static const int prefetch_values[] = {0, 1024, 2048, 4096, 8192}, panel_values[] = {1, 2, 4};
#define PREFETCH                                                                                             \
    { "prefetch", prefetch_values, 5, 3 }

/* Panels together: no more than the matrix has. */
#define TOGETHER(rows, count)                                                                                \
    static const struct tern_constraint together##rows##x##count[] = {                                       \
        {"panels * " #rows " <= up(m, " #rows ")", "more panels together than the matrix has"}};             \
    static const struct tern_param params##rows##x##count[] = {PREFETCH,                                     \
                                                               {"panels", panel_values, count, 1}};          \
    const struct tern_space tern_space_panels##rows##x##count = {params##rows##x##count, 2,                  \
                                                                 together##rows##x##count, 1};

TOGETHER(16, 2)
TOGETHER(16, 3)
TOGETHER(48, 3)
TOGETHER(80, 2)
TOGETHER(80, 3)
TOGETHER(128, 2)

/* Steps between two flushes of int16 sums: never beyond the bound, which the kernel proves. With `panels`,
 * one or two panels together (one where 16 registers do not hold the sums of two). */
#define FLUSH(bound, ...)                                                                                    \
    static const int flush##bound##_values[] = {__VA_ARGS__};                                                \
    static const struct tern_param flush##bound##_params[] = {                                               \
        PREFETCH, {"flush", flush##bound##_values, 3, 2}, {"panels", panel_values, 2, 0}};                   \
    const struct tern_space tern_space_flush##bound = {flush##bound##_params, 2, NULL, 0};

FLUSH(8, 2, 4, 8)
FLUSH(16, 4, 8, 16)
FLUSH(31, 7, 15, 31)
FLUSH(63, 15, 31, 63)
FLUSH(255, 63, 127, 255)

const struct tern_space tern_space_flush8panels = {flush8_params, 3, NULL, 0};
const struct tern_space tern_space_flush16panels = {flush16_params, 3, NULL, 0};

/* Columns unpacked at a time. */
static const int short_values[] = {64, 128, 252};
static const struct tern_param short_block = {"block", short_values, 3, 2};
const struct tern_space tern_space_block252 = {&short_block, 1, NULL, 0};
