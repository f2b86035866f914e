#include "models/load/i2s_layout.h"

#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *format;
} layouts[3] = {{"x86", "i2s"}, {"arm", "i2sarm"}, {"rows4", "i2s4"}};

const struct tern_format *tern_i2s_layout_named(const char *name) {
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(name, layouts[i].name)) return tern_format_named(layouts[i].format);
    return NULL;
}

/* Zeros of each row and of each column; either count may be NULL. 0 when there is no memory. */
static int count_zeros(const struct tern_linear *l, const struct tern_format *f, uint32_t *by_row,
                       uint32_t *by_col) {
    const size_t step = f->row_step(l->m, l->k);
    int8_t *trits = malloc(step * l->k);
    if (!trits) return 0;
    for (size_t r = 0; r < l->m; r += step) {
        const size_t end = tern_min(l->m, r + step);
        f->unpack(l->data, l->m, l->k, r, end, trits);
        for (size_t i = r; i < end; i++)
            for (size_t j = 0; j < l->k; j++) {
                const uint32_t zero = trits[(i - r) * l->k + j] == 0;
                if (by_row) by_row[i] += zero;
                if (by_col) by_col[j] += zero;
            }
    }
    free(trits);
    return 1;
}

/* |Pearson correlation| in units of its standard error without correlation, 1/sqrt(n). */
static double strength(const uint32_t *a, const uint32_t *b, size_t n) {
    double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
    for (size_t i = 0; i < n; i++) {
        sa += a[i], sb += b[i];
        saa += (double)a[i] * a[i], sbb += (double)b[i] * b[i], sab += (double)a[i] * b[i];
    }
    const double d = (double)n, va = saa - sa * sa / d, vb = sbb - sb * sb / d;
    return va > 0 && vb > 0 ? fabs(sab - sa * sb / d) / sqrt(va * vb) * sqrt(d) : 0;
}

static double evidence_for(const struct tern_layer *layer, const struct tern_format *f) {
    const struct tern_linear *up = &layer->up, *down = &layer->down;
    if (f->accepts(up->m, up->k, NULL) || f->accepts(down->m, down->k, NULL)) return 0;
    uint32_t *rows = calloc(up->m, sizeof *rows), *cols = calloc(down->k, sizeof *cols);
    const int counted = rows && cols && count_zeros(up, f, rows, NULL) && count_zeros(down, f, NULL, cols);
    const double z = counted ? strength(rows, cols, up->m) : 0;
    free(rows);
    free(cols);
    return z;
}

const struct tern_format *tern_i2s_layout_guess(struct tern_model *m, double evidence[3]) {
    const struct tern_format *x86 = tern_format_named("i2s");
    const struct tern_layer *layer = &m->layer[m->hp.layers / 2];
    size_t best = 0;
    memset(evidence, 0, 3 * sizeof *evidence);
    if (layer->up.format != x86 || layer->down.format != x86) return x86;
    for (size_t i = 0; i < 3; i++) {
        evidence[i] = evidence_for(layer, tern_format_named(layouts[i].format));
        if (evidence[i] > evidence[best]) best = i;
    }
    const int clear = evidence[best] >= 8 && evidence[best] >= 2 * evidence[0];
    return tern_format_named(layouts[clear ? best : 0].format);
}
