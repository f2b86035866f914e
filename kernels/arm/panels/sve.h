/* Row panels in registers of any length (SVE, 128 to 2048 bits): one program for all machines.
 *
 * A stream is a slice of a panel: 16, 32 or 64 bytes of the 64 of a group, as many as a register holds. Four streams are walked side
 * by side, so the number of independent sums is the same at every length:
 *
 *     bits of a register   slice   streams of a panel   four streams are
 *     128                  16      4                    one panel
 *     256, 384             32      2                    two panels
 *     512 and more         64      1                    four panels
 *
 * Lanes beyond the slice are zero. Four activations are loaded into every 32-bit lane (ld1rw): sdot with the number of a lane is two
 * operations on an A64FX. Registers whose length the compiler does not know cannot be in arrays. Hence macros: a family F is these,
 * where EACH names the streams:
 *
 *     F_MASKS         constants before the loop
 *     F_SUMS(q)       declares the sums of stream q
 *     F_GROUP(EACH)   adds a group of every stream; its activations are at `a`
 *     F_STORE(q)      stores the rows of stream q
 */
#ifndef TERN_KERNELS_ARM_PANELS_SVE_H
#define TERN_KERNELS_ARM_PANELS_SVE_H

#include "kernels/arm/pressure.h"

#include "base/memory.h"
#include "kernels/formats/memory/panel.h"
#include "kernels/prep/prep.h"
#include "kernels/run.h"

#include <arm_sve.h>
#include <string.h>

/* Bytes of a slice. */
static inline size_t sve_slice(void) {
    const size_t bytes = svcntb();
    return bytes >= 64 ? 64 : bytes >= 32 ? 32 : 16;
}

/* Where the weights lie; `fours` as in panel.h. */
struct sve_panel {
    size_t rows, bytes, fours;
};

/* Streams from number `stream` on. */
struct sve_tile {
    const struct tern_call *c;
    struct sve_panel p;
    size_t slice, stream, end; /* rows from `end` on are not stored */
};

static inline const uint8_t *sve_weights(const struct sve_tile *t, size_t q) {
    const size_t of_panel = 64 / t->slice, s = t->stream + q;
    return (const uint8_t *)t->c->w.data + s / of_panel * t->p.bytes + s % of_panel * t->slice;
}

static inline size_t sve_row(const struct sve_tile *t, size_t q) {
    const size_t of_panel = 64 / t->slice, s = t->stream + q;
    return s / of_panel * t->p.rows + s % of_panel * t->slice / 4;
}

/* Stores the rows of field f of a stream. */
ALWAYS_INLINE void sve_store(const struct sve_tile *t, size_t q, size_t f, svint32_t sums) {
    const size_t row = sve_row(t, q) + 16 * f;
    if (row >= t->end) return;
    const svbool_t rows = svwhilelt_b32_u64(row, tern_min(t->end, row + t->slice / 4));
    svst1_s32(rows, (int32_t *)t->c->y + row, sums);
}

ALWAYS_INLINE svint8_t sve_four(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return svreinterpret_s8_s32(svdup_n_s32(four));
}

/* A constant byte that the compiler does not know: AND with an immediate overwrites its operand, and costs a copy. */
ALWAYS_INLINE svuint8_t sve_mask(uint8_t byte) {
    svuint8_t m = svdup_n_u8(byte);
    __asm__("" : "+w"(m));
    return m;
}

#define SVE_AND(w, mask) svreinterpret_s8_u8(svand_u8_x(all, w, mask))
/* asm, because gcc 12 copies the accumulator around the intrinsic; volatile, so that products stay in the order in which they are
 * written. */
#define SVE_DOT(sum, s8, x) __asm__ volatile("sdot %0.s, %1.b, %2.b" : "+w"(sum) : "w"(s8), "w"(x))

#define SVE_1(DO)     DO(0)
#define SVE_4(DO)     DO(0) DO(1) DO(2) DO(3)
#define SVE_PLACES(q) const uint8_t *at##q = sve_weights(t, q);
#define SVE_NEXT(q)   at##q += TERN_PANEL_GROUP;
#define SVE_LOAD(q)                                                                                          \
    __builtin_prefetch(at##q + ahead);                                                                       \
    svuint8_t w##q = svld1_u8(bytes, at##q);

/* The function `name`: the streams that EACH (SVE_1 or SVE_4) names. */
#define SVE_BODY(name, EACH, F)                                                                              \
    static void name(const struct sve_tile *t) {                                                             \
        const size_t columns = 4 * t->p.fours, groups = (t->c->w.k + columns - 1) / columns;                 \
        const size_t ahead = (size_t)t->c->param[TERN_P_PREFETCH];                                           \
        const svbool_t all = svptrue_b8(), bytes = svwhilelt_b8_u64(0, t->slice);                            \
        const int8_t *a = t->c->x->q;                                                                        \
        const svint32_t bias = svdup_n_s32(t->c->x->sum[0]);                                                 \
        F##_MASKS EACH(SVE_PLACES) EACH(F##_SUMS) for (size_t g = 0; g < groups; g++, a += columns){         \
            F##_GROUP(EACH) EACH(SVE_NEXT)} EACH(F##_STORE)(void) bias;                                      \
    }

/* Four streams while there are as many, then one at a time. */
static inline void sve_gemv(const struct tern_call *c, size_t row0, size_t row1, struct sve_panel p,
                            void (*four)(const struct sve_tile *t), void (*one)(const struct sve_tile *t)) {
    struct sve_tile t = {.c = c, .p = p, .slice = sve_slice(), .end = row1};
    const size_t of_panel = 64 / t.slice, end = (row1 + p.rows - 1) / p.rows * of_panel;
    for (t.stream = row0 / p.rows * of_panel; t.stream + 4 <= end; t.stream += 4) four(&t);
    for (; t.stream < end; t.stream++) one(&t);
}

/* The variant `name` of a family. */
#define SVE_GEMV(name, F, panel)                                                                             \
    SVE_BODY(F##_four, SVE_4, F)                                                                             \
    SVE_BODY(F##_one, SVE_1, F)                                                                              \
    TERN_RUN(name, sve_gemv(c, row0, row1, panel, F##_four, F##_one))

#endif
