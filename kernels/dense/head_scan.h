/* The integer scan of the two-stage exact head. head_ops_level.c includes it, once per level. */
#ifndef TERN_KERNELS_DENSE_HEAD_SCAN_H
#define TERN_KERNELS_DENSE_HEAD_SCAN_H

#include "kernels/dense/head_words.h"

static inline void scan_rows(const struct tern_scan *s, const struct tern_scan_vector *x, size_t r0,
                             size_t r1, float *y, int bits) {
    const size_t unit_bytes = bits == 6 ? 192 : 256;
    for (size_t r = r0; r < r1; r++) {
        const unsigned char *p = s->data + r * s->row_bytes;
        const int32_t *offset = x->offset;
        vec acc = vec_zero();
        for (size_t u = 0; u < s->all_units; offset += 16) {
            const unsigned char *scale = p;
            const size_t end = u + s->units < s->all_units ? u + s->units : s->all_units;
            scan_sums d = scan_none();
            for (p += 16; u < end; u++, p += unit_bytes) {
                ahead(p, unit_bytes);
                d = scan_unit(d, p, x, u * TERN_SCAN_UNIT, bits);
            }
            acc = vec_add(acc, scan_value(d, offset, scale));
        }
        *y++ = vec_fold(acc) * (s->scale[r] * x->scale);
    }
}

static inline void scan(const struct tern_scan *s, const struct tern_scan_vector *x, size_t r0, size_t r1,
                        float *y) {
    if (s->bits == 6)
        scan_rows(s, x, r0, r1, y, 6);
    else
        scan_rows(s, x, r0, r1, y, s->bits == 8 ? 8 : 7);
}

#endif
