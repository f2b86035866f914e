/* The loops of all kernels that look bytes up: over registers of rows and over blocks of columns, for every width. */
#ifndef TERN_KERNELS_X86_LUT_LOOPS_H
#define TERN_KERNELS_X86_LUT_LOOPS_H

#include "base/pool.h"
#include "kernels/run.h"
#include "kernels/x86/lut/digits.h"
#include "kernels/x86/lut/octets.h"

/* One tile; the family is a constant. */
ALWAYS_INLINE void lut_multiply(const struct lut *f, const struct tern_call *c, struct lut_tile x) {
    if (f->groups == OCTET)
        octet_tile(f, c, x);
    else
        digit_tile(f, c, x);
}

/* Rows [row0, x.end), as many registers together as the parameter says and the rows allow. */
ALWAYS_INLINE void all_rows(const struct lut *f, const struct tern_call *c, size_t row0, struct lut_tile x) {
    const int regs = c->param[TERN_LUT_ROWS];
    x.flush = (size_t)c->param[TERN_LUT_FLUSH] / f->groups;
    x.row = row0;
    if (regs >= 4)
        for (x.regs = 4; x.row + 3 * VEC_BYTES < x.end; x.row += 4 * VEC_BYTES) lut_multiply(f, c, x);
    if (regs >= 2)
        for (x.regs = 2; x.row + VEC_BYTES < x.end; x.row += 2 * VEC_BYTES) lut_multiply(f, c, x);
    for (x.regs = 1; x.row < x.end; x.row += VEC_BYTES) lut_multiply(f, c, x);
}

/* Units of a block of columns. */
ALWAYS_INLINE size_t lut_block(const struct lut *f, const struct tern_call *c) {
    return tern_lut_block(c, f->columns * f->groups) / (f->columns * f->groups);
}

/* Tables of all columns are in c->shared. */
ALWAYS_INLINE void lut_gemv(struct lut f, const struct tern_call *c, size_t row0, size_t row1) {
    const size_t units = lut_units(&f, c->w.k), step = lut_block(&f, c);
    for (size_t u = 0; u < units; u += step)
        all_rows(&f, c, row0,
                 (struct lut_tile){.y = c->y,
                                   .end = row1,
                                   .first = u,
                                   .stop = tern_min(units, u + step),
                                   .tab = (const uint8_t *)c->shared + u * f.groups * f.table,
                                   .ahead = (size_t)c->param[TERN_LUT_PREFETCH],
                                   .start = lut_start(&f, c->x->sum[0], units)});
}

/* Per block of columns and token the tables are built in `local`, by each worker for its own rows: the
 * block's weights and one token's tables stay in cache. */
ALWAYS_INLINE void lut_gemm(struct lut f, const struct tern_call *c, size_t row0, size_t row1,
                            uint8_t *local) {
    const size_t units = lut_units(&f, c->w.k), step = lut_block(&f, c);
    for (size_t u = 0; u < units; u += step) {
        const size_t stop = tern_min(units, u + step);
        for (size_t t = 0; t < c->x->n; t++) {
            build_range(c->x->q + t * c->x->stride, c->x->stride, f.columns, f.groups * u, f.groups * stop,
                        f.table, local, f.build);
            all_rows(
                &f, c, row0,
                (struct lut_tile){
                    .y = (int32_t *)c->y + t * c->ldy, .end = row1, .first = u, .stop = stop, .tab = local});
        }
    }
}

/* The preparation of lut_gemv: one token's tables, shared by the workers. */
ALWAYS_INLINE size_t lut_shared(struct lut f, const struct tern_call *c) {
    return lut_units(&f, c->w.k) * f.groups * f.table;
}

ALWAYS_INLINE void lut_prepare(struct lut f, const struct tern_call *c, size_t worker, size_t workers) {
    size_t from, to;
    tern_share(lut_units(&f, c->w.k), 1, worker, workers, &from, &to);
    build_range(c->x->q, c->x->stride, f.columns, f.groups * from, f.groups * to, f.table,
                (uint8_t *)c->shared + from * f.groups * f.table, f.build);
}

/* What a level instantiates: a GEMV with its preparation `lut<prep>_<level>`, and a GEMM. */
#define LUT_GEMV(name, prep, family)                                                                         \
    static size_t prep##_bytes(const struct tern_call *c) {                                                  \
        return lut_shared(family, c);                                                                        \
    }                                                                                                        \
    static void prep##_run(const struct tern_call *c, size_t worker, size_t workers) {                       \
        lut_prepare(family, c, worker, workers);                                                             \
    }                                                                                                        \
    const struct tern_prep tern_prep_##prep = {prep##_bytes, tern_prep_no_bytes, prep##_run, 0};             \
    TERN_RUN(name, lut_gemv(family, c, row0, row1))

#define LUT_GEMM(name, family) TERN_RUN(name, lut_gemm(family, c, row0, row1, local))

#endif
