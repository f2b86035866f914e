/* Readers of row panels: the digits of a byte are rows that lie 16 apart, and a register of bytes is four lanes by four columns,
 * so that a register of digits is a quarter of a quad. */
#include "kernels/arm/gemm/digits.h"
#include "kernels/arm/gemm/readers.h"

#include "kernels/formats/memory/e80.h"
#include "kernels/formats/memory/panel.h"
#include "kernels/formats/memory/r16.h"
#include "kernels/formats/memory/t5.h"

/* A layout of `fields` rows a byte. */
struct panel_layout {
    size_t fields, bytes, group;              /* bytes: from panel to panel, and from group to group */
    vec (*load)(const uint8_t *at, size_t s); /* register s of a group */
    void (*unpack)(vec x, vec *code);
};

ALWAYS_INLINE void read_panel(const struct tern_call *c, struct panel_layout p, size_t row, size_t first,
                              size_t count, struct quads out) {
    const uint8_t *w = (const uint8_t *)c->w.data + row / (p.fields * QUAD_ROWS) * p.bytes + first * p.group;
    for (size_t q = 0; q < count; q++, w += p.group, out.at += out.step) {
        v_prefetch(w + READ_AHEAD);
        UNROLL
        for (size_t s = 0; s < 4; s++) {
            vec code[8];
            p.unpack(p.load(w, s), code);
            UNROLL
            for (size_t f = 0; f < p.fields; f++) v_store(out.at + f * out.pitch + s * VEC_BYTES, code[f]);
        }
    }
}

ALWAYS_INLINE vec load_bytes(const uint8_t *at, size_t s) {
    return v_load(at + s * VEC_BYTES);
}

#define PANEL_READER(name, fields, bytes, group, load)                                                       \
    static void read_##name(const struct tern_call *c, size_t row, size_t first, size_t count,               \
                            struct quads out) {                                                              \
        const struct panel_layout p = {fields, bytes, group, load, unpack_##name};                           \
        read_panel(c, p, row, first, count, out);                                                            \
    }                                                                                                        \
    const struct reader tern_reader_##name = {(fields)*QUAD_ROWS, 1, read_##name, NULL};
#define BYTE_READER(name, fields)                                                                            \
    PANEL_READER(name, fields, tern_panel_bytes(c->w.k), TERN_PANEL_GROUP, load_bytes)

ALWAYS_INLINE void unpack_p64(vec x, vec *code) {
    UNROLL
    for (unsigned f = 0; f < 4; f++) code[f] = field_of(x, f);
}
BYTE_READER(p64, 4)

ALWAYS_INLINE void unpack_p64t(vec x, vec *code) {
    unpack_p64(v_add8(x, v_bytes(64)), code);
}
BYTE_READER(p64t, 4)

ALWAYS_INLINE void unpack_m80(vec x, vec *code) {
    digits_of(x, 5, code);
}
BYTE_READER(m80, 5)

/* A fraction with its sign turned is one without, and its digits are codes (b80.h). */
ALWAYS_INLINE void unpack_b80(vec x, vec *code) {
    x = v_xor(x, v_bytes(0x80));
    UNROLL
    for (size_t f = 0; f < 5; f++, x = vmulq_u8(x, v_bytes(3))) code[f] = fraction_digit(x);
}
BYTE_READER(b80, 5)

ALWAYS_INLINE vec look_64(const uint8_t *table, vec index) {
    return vqtbl4q_u8(
        (uint8x16x4_t){{v_load(table), v_load(table + 16), v_load(table + 32), v_load(table + 48)}}, index);
}

ALWAYS_INLINE void unpack_e80(vec x, vec *code) {
    const vec index = v_and(x, v_bytes(63)), escape = vcgeq_u8(x, v_bytes(0xc0));
    unpack_p64(vbslq_u8(escape, look_64(tern_e80_escape, index), look_64(tern_e80_plain, index)), code);
    code[4] = v_shr8(vbslq_u8(escape, look_64(tern_e80_fifth, index), x), 6);
}
BYTE_READER(e80, 5)

ALWAYS_INLINE void unpack_b128(vec x, vec *code) {
    UNROLL
    for (unsigned f = 0; f < 8; f++) code[f] = v_and(f ? v_shr8(x, f - 1) : v_shl8(x, 1), v_bytes(2));
}
BYTE_READER(b128, 8)

/* t5: sixteen codes of five bits in ten bytes: a word of two bytes holds each of them, and is shifted down. */
ALWAYS_INLINE vec load_t5(const uint8_t *at, size_t s) {
    static const uint8_t first[16] = {0, 1, 0, 1, 1, 2, 1, 2, 2, 3, 3, 4, 3, 4, 4, 5};
    static const int16_t down[8] = {0, -5, -2, -7, -4, -1, -6, -3};
    const vec x = v_load(at + 10 * s), index = v_load(first);
    const int16x8_t by = vld1q_s16(down);
    const vec low = V_OF_U16(vshlq_u16(V_U16(v_look16(x, index)), by));
    const vec high = V_OF_U16(vshlq_u16(V_U16(v_look16(x, v_add8(index, v_bytes(5)))), by));
    return v_and(vuzp1q_u8(low, high), v_bytes(31));
}

ALWAYS_INLINE void unpack_t5(vec x, vec *code) {
    digits_of(x, 3, code);
}
PANEL_READER(t5, 3, tern_t5_panel(c->w.k), TERN_T5_GROUP, load_t5)

/* r16: a group is sixteen columns of sixteen rows, field f columns 4 f .. 4 f + 3. */
static void read_r16(const struct tern_call *c, size_t row, size_t first, size_t count, struct quads out) {
    const uint8_t *w = (const uint8_t *)c->w.data + row / TERN_R16_ROWS * tern_r16_panel(c->w.k) +
                       first / 4 * TERN_R16_GROUP;
    for (size_t q = 0; q < count; q += 4, w += TERN_R16_GROUP, out.at += 4 * out.step) {
        v_prefetch(w + READ_AHEAD);
        UNROLL
        for (size_t part = 0; part < QUAD; part += VEC_BYTES) {
            const vec x = v_load(w + part);
            UNROLL
            for (unsigned f = 0; f < 4; f++) v_store(out.at + f * out.step + part, field_of(x, f));
        }
    }
}
const struct reader tern_reader_r16 = {TERN_R16_ROWS, 4, read_r16, NULL};
