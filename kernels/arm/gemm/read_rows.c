/* Readers of layouts that hold one row after another: those of files, and the bit planes of planes and bin1.
 *
 * Sixteen columns of four rows at a time: a register of codes for each row, and a transpose of 32-bit lanes that makes a quarter
 * of four quads. Rows beyond M are read as the last one. */
#include "kernels/arm/gemm/digits.h"
#include "kernels/arm/gemm/readers.h"
#include "kernels/arm/gemm/transpose.h"

#include "kernels/formats/memory/planes.h"

enum { ROW_QUADS = 4, ROW_COLUMNS = ROW_QUADS * QUAD_COLUMNS };

/* Codes of columns column .. column + 15, a multiple of 16, of one row. */
typedef vec row_codes_fn(const struct tern_call *c, size_t row, size_t column);

ALWAYS_INLINE void read_rows(const struct tern_call *c, size_t row, size_t first, size_t count,
                             struct quads out, row_codes_fn *codes) {
    for (size_t q = 0; q < count; q += ROW_QUADS, out.at += ROW_QUADS * out.step) {
        for (size_t part = 0; part < QUAD_ROWS; part += 4) {
            vec x[4], quad[4];
            UNROLL
            for (size_t i = 0; i < 4; i++)
                x[i] = codes(c, tern_min(row + part + i, c->w.m - 1), (first + q) * QUAD_COLUMNS);
            transpose_four(x, quad);
            UNROLL
            for (size_t i = 0; i < 4; i++) v_store(out.at + i * out.step + part * QUAD_COLUMNS, quad[i]);
        }
    }
}

#define ROW_READER(name)                                                                                     \
    static void read_##name(const struct tern_call *c, size_t row, size_t first, size_t count,               \
                            struct quads out) {                                                              \
        read_rows(c, row, first, count, out, codes_##name);                                                  \
    }                                                                                                        \
    const struct reader tern_reader_##name = {QUAD_ROWS, ROW_QUADS, read_##name, NULL};

/* Bits 2 f, 2 f + 1 of sixteen bytes; f varies. */
ALWAYS_INLINE vec some_field(const uint8_t *at, size_t f) {
    return v_and(vshlq_u8(v_load(at), vdupq_n_s8((int8_t)(-2 * (int)f))), v_bytes(3));
}

/* Where row `row` of the matrix begins, in bytes. */
ALWAYS_INLINE const uint8_t *row_at(const struct tern_call *c, size_t row, size_t bytes) {
    const uint8_t *at = (const uint8_t *)c->w.data + row * bytes;
    v_prefetch(at + QUAD_ROWS * bytes);
    return at;
}

/* Blocks of columns whose 2-bit fields are a quarter of a block apart; the first in the upper or the lower bits. */
ALWAYS_INLINE vec codes_i2s(const struct tern_call *c, size_t row, size_t column) {
    return some_field(row_at(c, row, c->w.k / 4) + column / 128 * 32 + column % 32, 3 - column % 128 / 32);
}
ROW_READER(i2s)

ALWAYS_INLINE vec codes_i2sarm(const struct tern_call *c, size_t row, size_t column) {
    return some_field(row_at(c, row, c->w.k / 4) + column / 64 * 16, 3 - column % 64 / 16);
}
ROW_READER(i2sarm)

ALWAYS_INLINE vec codes_iq2bn(const struct tern_call *c, size_t row, size_t column) {
    return some_field(row_at(c, row, 4 + c->w.k / 4) + 4 + column / 64 * 16, column % 64 / 16);
}
ROW_READER(iq2bn)

ALWAYS_INLINE vec codes_tq20(const struct tern_call *c, size_t row, size_t column) {
    const uint8_t *block = row_at(c, row, c->w.k / 256 * 66) + column / 256 * 66;
    return some_field(block + column % 256 / 128 * 32 + column % 32, column % 128 / 32);
}
ROW_READER(tq20)

/* Bytes of four rows of one column. */
ALWAYS_INLINE vec codes_i2s4(const struct tern_call *c, size_t row, size_t column) {
    return some_field(row_at(c, row / 4, c->w.k) + column, 3 - row % 4);
}
ROW_READER(i2s4)

ALWAYS_INLINE vec codes_hfu8(const struct tern_call *c, size_t row, size_t column) {
    return some_field(row_at(c, row % (c->w.m / 4), c->w.k) + column, row / (c->w.m / 4));
}
ROW_READER(hfu8)

/* Four bytes that hold sixteen columns in turn. */
ALWAYS_INLINE vec next_fields(const uint8_t *at) {
    static const uint8_t spread[16] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
    uint32_t four;
    memcpy(&four, at, sizeof four);
    const int8x16_t down = vreinterpretq_s8_u32(vdupq_n_u32(0xfafcfe00)); /* 0, -2, -4, -6 */
    return v_and(vshlq_u8(v_look16(V_OF_U32(vdupq_n_u32(four)), v_load(spread)), down), v_bytes(3));
}

ALWAYS_INLINE vec codes_q20g64(const struct tern_call *c, size_t row, size_t column) {
    return next_fields(row_at(c, row, c->w.k / 64 * 18) + column / 64 * 18 + 2 + column % 64 / 4);
}
ROW_READER(q20g64)

ALWAYS_INLINE vec codes_q20g128(const struct tern_call *c, size_t row, size_t column) {
    return next_fields(row_at(c, row, c->w.k / 128 * 34) + column / 128 * 34 + 2 + column % 128 / 4);
}
ROW_READER(q20g128)

/* Base 3, as fractions: digit n of a byte x is the first of 3^n x. */
static const uint8_t power_of_three[5] = {1, 3, 9, 27, 81};

ALWAYS_INLINE vec codes_tq10(const struct tern_call *c, size_t row, size_t column) {
    static const uint8_t powers[16] = {1, 1, 1, 1, 3, 3, 3, 3, 9, 9, 9, 9, 27, 27, 27, 27};
    const uint8_t *block = row_at(c, row, c->w.k / 256 * 54) + column / 256 * 54;
    const size_t i = column % 256;
    if (i == 240) {
        uint32_t four;
        memcpy(&four, block + 48, sizeof four);
        return fraction_digit(vmulq_u8(V_OF_U32(vdupq_n_u32(four)), v_load(powers)));
    }
    const vec x = v_load(i < 160 ? block + i % 32 : block + 32);
    return fraction_digit(vmulq_u8(x, v_bytes(power_of_three[i < 160 ? i / 32 : i / 16 - 10])));
}
ROW_READER(tq10)

/* iq1bn: three bytes of five digits, the least significant first, and a digit of the thirteenth. */
ALWAYS_INLINE vec codes_iq1bn(const struct tern_call *c, size_t row, size_t column) {
    static const uint8_t powers[15] = {81, 27, 9, 3, 1, 81, 27, 9, 3, 1, 81, 27, 9, 3, 1};
    static const uint8_t spread[15] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2};
    const uint8_t *block = row_at(c, row, 2 + c->w.k / 64 * 13) + 2 + column / 64 * 13;
    const size_t group = column % 64 / 16;
    uint8_t x[16];
    for (size_t i = 0; i < 15; i++) x[i] = (uint8_t)(block[3 * group + spread[i]] * powers[i]);
    x[15] = (uint8_t)(block[12] * power_of_three[4 - group]);
    return fraction_digit(v_load(x));
}
ROW_READER(iq1bn)

/* Sixteen bits -> sixteen bytes of 0 or -1. */
ALWAYS_INLINE vec bytes_of_bits(const uint8_t *at) {
    static const uint8_t bit[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    return vtstq_u8(vcombine_u8(vdup_n_u8(at[0]), vdup_n_u8(at[1])), v_load(bit));
}

ALWAYS_INLINE vec codes_planes(const struct tern_call *c, size_t row, size_t column) {
    const uint8_t *at = row_at(c, row, tern_plane_words(c->w.k) * 16) + column / 64 * 16 + column % 64 / 8;
    return v_add8(v_sub8(v_bytes(1), bytes_of_bits(at)), bytes_of_bits(at + 8));
}
ROW_READER(planes)

ALWAYS_INLINE vec codes_bin1(const struct tern_call *c, size_t row, size_t column) {
    return v_and(bytes_of_bits(row_at(c, row, tern_plane_words(c->w.k) * 8) + column / 8), v_bytes(2));
}
ROW_READER(bin1)

ALWAYS_INLINE vec codes_q10(const struct tern_call *c, size_t row, size_t column) {
    const uint8_t *block = row_at(c, row, c->w.k / 128 * 18) + column / 128 * 18;
    return v_and(bytes_of_bits(block + 2 + column % 128 / 8), v_bytes(2));
}
ROW_READER(q10)

/* iq2bnr4: four rows together; a register of a group holds sixteen columns of them. */
static void read_iq2bnr4(const struct tern_call *c, size_t row, size_t first, size_t count,
                         struct quads out) {
    const size_t bytes = 4 * (4 + c->w.k / 4);
    for (size_t part = 0; part < 4; part++) {
        const size_t four = tern_min(row / 4 + part, c->w.m / 4 - 1);
        const uint8_t *w = (const uint8_t *)c->w.data + four * bytes + 16 + first * 4;
        uint8_t *to = out.at + part * VEC_BYTES;
        for (size_t q = 0; q < count; q += 4, w += VEC_BYTES, to += 4 * out.step) {
            const vec x = v_load(w);
            UNROLL
            for (unsigned f = 0; f < 4; f++) v_store(to + f * out.step, field_of(x, f));
        }
    }
}
const struct reader tern_reader_iq2bnr4 = {QUAD_ROWS, ROW_QUADS, read_iq2bnr4, NULL};
