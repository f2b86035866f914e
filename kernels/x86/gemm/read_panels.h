/* Readers of row panels: a register of weights becomes `fields` registers of codes, field f holding rows 16 f
 * further down. How, the families of kernels/x86/panels/ know. */
#ifndef TERN_KERNELS_X86_GEMM_READ_PANELS_H
#define TERN_KERNELS_X86_GEMM_READ_PANELS_H

#include "kernels/formats/memory/r16.h"
#include "kernels/gemm/quads.h"
#include "kernels/x86/panels/b128.h"
#include "kernels/x86/panels/b80.h"
#include "kernels/x86/panels/m80.h"
#include "kernels/x86/panels/p64.h"
#include "kernels/x86/panels/p64t.h"

#if defined(__AVX512VBMI__)
#include "kernels/x86/panels/e80_avx512vbmi.h"
#include "kernels/x86/panels/t5_avx512vbmi.h"
#elif VEC_BITS == 256
#include "kernels/x86/panels/e80_avx2.h"
#include "kernels/x86/panels/t5_avx2.h"
#endif

ALWAYS_INLINE void read_panel(const struct tern_call *c, struct panel p, size_t row, size_t first,
                              size_t count, struct quads out) {
    const uint8_t *w = (const uint8_t *)c->w.data + row / p.rows * p.bytes + first * p.group;
    for (size_t q = 0; q < count; q++, w += p.group, out.at += out.step) {
        _mm_prefetch((const char *)(w + READ_AHEAD), _MM_HINT_T0);
        UNROLL
        for (size_t s = 0; s < VEC_STREAMS; s++) {
            vec code[8];
            p.unpack(w + s * p.stream, code);
            UNROLL
            for (size_t f = 0; f < p.fields; f++) v_store(out.at + f * out.pitch + s * VEC_BYTES, code[f]);
        }
    }
}

#define PANEL_READER(name, panel_rows, panel)                                                                \
    static void read_##name(const struct tern_call *c, size_t row, size_t first, size_t count,               \
                            struct quads out) {                                                              \
        read_panel(c, panel, row, first, count, out);                                                        \
    }                                                                                                        \
    static const struct reader reader_##name = {panel_rows, 1, read_##name, NULL};

#if defined(__AVX512VBMI__)
PANEL_READER(e80, 80, e80_panel(c))
PANEL_READER(t5, TERN_T5_ROWS, t5_panel(c))
#else
PANEL_READER(p64, 64, p64_panel(c))
PANEL_READER(p64t, 64, p64t_panel(c))
PANEL_READER(m80, 80, m80_panel(c, 0))
PANEL_READER(b80, 80, b80_panel(c))
PANEL_READER(b128, 128, b128_panel(c, 0))
#if VEC_BITS == 256
PANEL_READER(e80, 80, e80_panel(c))
PANEL_READER(t5, TERN_T5_ROWS, t5_panel(c, 0))
#endif
#endif

/* r16: a group is sixteen columns of sixteen rows, field f columns 4 f .. 4 f + 3. */
static void read_r16(const struct tern_call *c, size_t row, size_t first, size_t count, struct quads out) {
    const uint8_t *w = (const uint8_t *)c->w.data + row / TERN_R16_ROWS * tern_r16_panel(c->w.k) +
                       first / 4 * TERN_R16_GROUP;
    for (size_t q = 0; q < count; q += 4, w += TERN_R16_GROUP, out.at += 4 * out.step) {
        _mm_prefetch((const char *)(w + READ_AHEAD), _MM_HINT_T0);
        UNROLL
        for (size_t part = 0; part < QUAD; part += VEC_BYTES) {
            const vec x = v_load(w + part);
            UNROLL
            for (unsigned f = 0; f < 4; f++)
                v_store(out.at + f * out.step + part, v_and(v_shr16(x, 2 * f), v_bytes(3)));
        }
    }
}
static const struct reader reader_r16 = {TERN_R16_ROWS, 4, read_r16, NULL};

#endif
