/* Activations as bits: slices of all eight bits of each, or only their signs. */
#include "kernels/prep/prep.h"

#include "base/pool.h"
#include "kernels/prep/signs.h"
#include "kernels/prep/slices.h"

#include <string.h>

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
    const struct tern_prep tern_prep_##name = {name##_bytes, tern_prep_no_bytes, name##_run, 0};

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

const struct tern_prep tern_prep_signs = {tern_signs_bytes, tern_signs_local, signs_run, 0};
