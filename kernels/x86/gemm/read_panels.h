/* Readers of row panels (formats/memory/panel.h): a register of weights becomes `fields` registers of codes,
 * field f holding rows 16 f further down. The next panel's lines are asked for while one is decoded: between
 * two chunks of a panel the hardware's prefetcher has lost the stream. */
#ifndef TERN_KERNELS_X86_GEMM_READ_PANELS_H
#define TERN_KERNELS_X86_GEMM_READ_PANELS_H

#include "kernels/formats/memory/panel.h"
#include "kernels/x86/gemm/quads.h"

struct panel_layout {
    size_t rows, fields; /* of a panel */
    size_t bytes, group,
        part; /* from panel to panel, from quad to quad, from register to register of a quad */
    void (*unpack)(const uint8_t *at, vec *code);
};

ALWAYS_INLINE void read_panel(const struct tern_call *c, struct panel_layout p, size_t row, size_t first,
                              size_t count, struct quads out) {
    const uint8_t *w = (const uint8_t *)c->w.data + row / p.rows * p.bytes + first * p.group;
    for (size_t q = 0; q < count; q++, w += p.group, out.at += QUAD) {
        _mm_prefetch((const char *)(w + p.bytes), _MM_HINT_T0);
        UNROLL
        for (size_t part = 0; part < QUAD / VEC_BYTES; part++) {
            vec code[8];
            p.unpack(w + part * p.part, code);
            UNROLL
            for (size_t f = 0; f < p.fields; f++) v_store(out.at + f * out.pitch + part * VEC_BYTES, code[f]);
        }
    }
}

ALWAYS_INLINE void unpack_p64(const uint8_t *at, vec *code) {
    const vec x = v_load(at);
    UNROLL
    for (unsigned f = 0; f < 4; f++) code[f] = v_and(v_shr16(x, 2 * f), v_bytes(3));
}

ALWAYS_INLINE void read_p64(const struct tern_call *c, size_t row, size_t first, size_t count,
                            struct quads out) {
    const struct panel_layout p = {64, 4, tern_panel_bytes(c->w.k), TERN_PANEL_GROUP, VEC_BYTES, unpack_p64};
    read_panel(c, p, row, first, count, out);
}

#define READER_P64 ((struct reader){.rows = 64, .unit = 1, .read = read_p64})

#endif
