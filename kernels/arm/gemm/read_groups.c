/* Readers of the look-up layouts (formats/memory/group.h) and of TL1: a register holds one group of columns of sixteen rows.
 * Digits are columns: they become quads by two interleavings, or lines at once. */
#include "kernels/arm/gemm/digits.h"
#include "kernels/arm/gemm/lines.h"
#include "kernels/arm/gemm/readers.h"

#include "kernels/formats/file/tl.h"
#include "kernels/loops/groups.h"

ALWAYS_INLINE void fetch_group(const uint8_t *w, size_t lines) {
    UNROLL
    for (size_t i = 0; i < lines; i++) v_prefetch(w + READ_AHEAD + i * TERN_GROUP_ROWS);
}

ALWAYS_INLINE void read_groups(const struct tern_call *c, struct group_layout p, size_t row, size_t first,
                               size_t count, struct quads out) {
    const uint8_t *w = group_lines(c, &p, row, first);
    for (size_t q = 0; q < count; q += p.unit, w += p.lines * TERN_GROUP_ROWS) {
        fetch_group(w, p.lines);
        for (size_t tile = 0; tile < TERN_GROUP_ROWS / QUAD_ROWS; tile++) {
            vec column[4 * GROUP_UNIT];
            p.columns(w + tile * QUAD_ROWS, column);
            UNROLL
            for (size_t i = 0; i < p.unit; i++)
                columns_to_quad(column + 4 * i, out.at + tile * out.pitch + (q + i) * out.step);
        }
    }
}

ALWAYS_INLINE void group_lines_of(const struct tern_call *c, struct group_layout p, size_t row, size_t first,
                                  size_t count, uint8_t *out, size_t pitch) {
    const uint8_t *w = group_lines(c, &p, row, first);
    for (size_t q = 0; q < count; q += p.unit, w += p.lines * TERN_GROUP_ROWS) {
        fetch_group(w, p.lines);
        for (size_t r = 0; r < TERN_GROUP_ROWS; r += QUAD_ROWS) {
            vec column[4 * GROUP_UNIT];
            p.columns(w + r, column);
            UNROLL
            for (size_t i = 0; i < p.unit; i++)
                v_store(out + (q + i) * pitch + r, line_of_columns(column + 4 * i));
        }
    }
}

#define GROUP_READ(name, panel_bytes, panel_lines, panel_unit)                                               \
    static void read_##name(const struct tern_call *c, size_t row, size_t first, size_t count,               \
                            struct quads out) {                                                              \
        const struct group_layout p = {panel_bytes(c->w.k), panel_lines, panel_unit, columns_##name};        \
        read_groups(c, p, row, first, count, out);                                                           \
    }
#define GROUP_READER(name, panel_bytes, panel_lines, panel_unit)                                             \
    GROUP_READ(name, panel_bytes, panel_lines, panel_unit)                                                   \
    static void lines_##name(const struct tern_call *c, size_t row, size_t first, size_t count,              \
                             uint8_t *out, size_t pitch) {                                                   \
        const struct group_layout p = {panel_bytes(c->w.k), panel_lines, panel_unit, columns_##name};        \
        group_lines_of(c, p, row, first, count, out, pitch);                                                 \
    }                                                                                                        \
    const struct reader tern_reader_##name = {TERN_GROUP_ROWS, panel_unit, read_##name, lines_##name};

/* g2: two codes 0..8 of two columns in a byte. */
ALWAYS_INLINE void columns_g2(const uint8_t *at, vec *column) {
    const vec x = v_load(at);
    digits_of(v_and(x, v_bytes(15)), 2, column);
    digits_of(v_shr8(x, 4), 2, column + 2);
}
GROUP_READER(g2, tern_g2_panel_bytes, 1, 1)

/* -x where bit 7 of s is set. */
ALWAYS_INLINE vec negate_where(vec x, vec s) {
    return vbslq_u8(vcltzq_s8(V_S8(s)), v_sub8(v_zero(), x), x);
}

/* g3: eight magnitudes of three columns in four lines, their signs in a fifth. */
ALWAYS_INLINE void columns_g3(const uint8_t *at, vec *column) {
    vec signs = v_load(at + 4 * TERN_GROUP_ROWS);
    UNROLL
    for (size_t j = 0; j < 8; j++, signs = v_add8(signs, signs)) {
        const vec x = v_load(at + j / 2 * TERN_GROUP_ROWS);
        const vec magnitude = j % 2 ? v_shr8(x, 4) : v_and(x, v_bytes(15));
        digits_of(v_add8(v_bytes(13), negate_where(magnitude, signs)), 3, column + 3 * j);
    }
}
GROUP_READER(g3, tern_g3_panel_bytes, 5, 6)

/* g5: magnitude and sign of five columns in a byte. */
ALWAYS_INLINE void columns_g5(const uint8_t *at, vec *column) {
    UNROLL
    for (size_t i = 0; i < 4; i++) {
        const vec x = v_load(at + i * TERN_GROUP_ROWS);
        digits_of(v_add8(v_bytes(121), negate_where(v_and(x, v_bytes(127)), x)), 5, column + 5 * i);
    }
}
GROUP_READER(g5, tern_g5_panel_bytes, 4, 5)

/* g4: a code 0..80 of four columns, which is a line. */
ALWAYS_INLINE void columns_g4(const uint8_t *at, vec *column) {
    digits_of(v_load(at), 4, column);
}
GROUP_READ(g4, tern_g4_panel_bytes, 1, 1)

static void lines_g4(const struct tern_call *c, size_t row, size_t first, size_t count, uint8_t *out,
                     size_t pitch) {
    const struct group_layout p = {tern_g4_panel_bytes(c->w.k), 1, 1, columns_g4};
    const uint8_t *w = group_lines(c, &p, row, first);
    for (size_t q = 0; q < count; q++, w += TERN_GROUP_ROWS) {
        fetch_group(w, 1);
        memcpy(out + q * pitch, w, TERN_GROUP_ROWS);
    }
}
const struct reader tern_reader_g4 = {TERN_GROUP_ROWS, 1, read_g4, lines_g4};

/* TL1: 16 rows x 4 columns in 16 bytes, the earlier column in the upper digit of a nibble. */
static void read_tl1(const struct tern_call *c, size_t row, size_t first, size_t count, struct quads out) {
    const struct tern_tl_tile t = c->w.tile.rows ? c->w.tile : tern_tl1_tile(c->w.m, c->w.k);
    for (size_t q = 0; q < count; q++, out.at += out.step) {
        const vec x =
            v_load((const uint8_t *)c->w.data + tern_tl1_at(t, c->w.k, row, (first + q) * QUAD_COLUMNS));
        vec column[4];
        column[0] = digit_of(v_shr8(x, 4), 3, column + 1);
        column[2] = digit_of(v_and(x, v_bytes(15)), 3, column + 3);
        columns_to_quad(column, out.at);
    }
}
const struct reader tern_reader_tl1 = {QUAD_ROWS, 1, read_tl1, NULL};
