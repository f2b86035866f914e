/* p64t (2.0 bpw, four rows per byte, the top digit balanced; packed by formats/memory/p64t.c): p64 after one add.
 *
 * vpdpbusd and vpmaddubsw want unsigned prefixes, and the byte plus 64 is that of p64. It costs 1 operation more than
 * p64 (p64.h); the layout is there for signed dot products. */
#ifndef TERN_KERNELS_X86_PANELS_P64T_H
#define TERN_KERNELS_X86_PANELS_P64T_H

#include "kernels/x86/panels/p64.h"

ALWAYS_INLINE vec p64t_unsigned(const uint8_t *at) {
    return v_add8(v_load(at), v_bytes(64));
}

ALWAYS_INLINE void p64t_load(const uint8_t *at, vec *state) {
    *state = p64t_unsigned(at);
}

ALWAYS_INLINE void p64t_unpack(const uint8_t *at, vec *code) {
    const vec x = p64t_unsigned(at);
    UNROLL
    for (size_t f = 0; f < 4; f++) v_store(code + f, p64_field(&x, f));
}

ALWAYS_INLINE struct panel p64t_panel(const struct tern_call *c) {
    struct panel p = p64_panel(c);
    p.load = p64t_load;
    p.unpack = p64t_unpack;
    return p;
}

#endif
