#include "models/model.h"

#include "kernels/formats/file/tl.h"
#include "models/synthetic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The row of the file that is row r of the layer. Source: the converters of llama.cpp, which reshape the rows
 * of a head from [2][size/2] to [size/2][2]. */
size_t tern_linear_file_row(const struct tern_linear *l, size_t r) {
    if (!l->halves) return r;
    const size_t at = r % l->halves;
    return r - at + at % 2 * (l->halves / 2) + at / 2;
}

struct tern_dense tern_linear_dense(const struct tern_linear *l) {
    struct tern_dense d = {.type = l->dense, .rows = l->m, .cols = l->k, .data = l->data};
    memcpy(d.name, l->name, sizeof d.name);
    return d;
}

static float clamped(double t) {
    return t > 1 ? 1 : t < -1 ? -1 : (float)t;
}

/* Dense rows of -unit, 0, +unit, or master weights that become so. */
static enum tern_status dense_rows(const struct tern_linear *l, size_t r0, size_t r1, int8_t *trits,
                                   struct tern_error *e) {
    const struct tern_dense d = tern_linear_dense(l);
    float *row = malloc(l->k * sizeof *row);
    if (!row) return tern_fail(e, TERN_NO_MEMORY, "model: %s: out of memory", l->name);
    enum tern_status s = TERN_OK;
    for (size_t r = r0; !s && r < r1; r++, trits += l->k) {
        tern_dense_row(&d, tern_linear_file_row(l, r), row);
        for (size_t i = 0; i < l->k && l->absmean; i++) {
            const double w = (double)row[i] / (double)l->unit; /* no overflow: both are finite floats */
            trits[i] = (int8_t)clamped(nearbyint(w));
        }
        for (size_t i = 0; i < l->k && !l->absmean; i++) {
            trits[i] = (int8_t)((row[i] > 0) - (row[i] < 0));
            if (row[i] != (float)trits[i] * l->unit) {
                s = tern_fail(e, TERN_BAD_INPUT,
                              "model: %s: row %zu: %g is not -%g, 0 or +%g: not a ternary layer", l->name, r,
                              (double)row[i], (double)l->unit, (double)l->unit);
                break;
            }
        }
    }
    free(row);
    return s;
}

static void tiled_rows(const struct tern_linear *l, size_t r0, size_t r1, int8_t *trits) {
    const size_t n = (r1 - r0) * l->k;
    uint8_t *code = (uint8_t *)trits;
    for (size_t r = r0; r < r1; r++) {
        if (l->format == &tern_format_tl1)
            tern_tl1_read(l->tile, l->data, l->k, r, code + (r - r0) * l->k);
        else
            tern_tl2_read(l->tile, l->data, l->m, l->k, r, code + (r - r0) * l->k);
    }
    for (size_t i = 0; i < n; i++) trits[i] = (int8_t)(code[i] - 1);
}

static int all_trits(const int8_t *t, size_t n) {
    unsigned bad = 0;
    for (size_t i = 0; i < n; i++) bad |= (uint8_t)(t[i] + 1) > 2;
    return !bad;
}

size_t tern_linear_step(const struct tern_linear *l) {
    /* Any rows of hfu8 can be read; only writing takes the matrix as a whole. */
    if (!l->data || l->dense || l->tile.rows || l->format == &tern_format_hfu8) return 1;
    return l->format->row_step(l->m, l->k);
}

enum tern_status tern_linear_rows(const struct tern_linear *l, size_t r0, size_t r1, int8_t *trits,
                                  struct tern_error *e) {
    if (r0 > r1 || r1 > l->m)
        return tern_fail(e, TERN_BAD_INPUT, "model: %s: rows %zu to %zu of %zu", l->name, r0, r1, l->m);
    if (!l->data) return tern_synth_trits(l->seed, l->zeros, l->k, r0, r1, trits), TERN_OK;
    if (l->plain) return tern_fail(e, TERN_UNSUPPORTED, "model: %s: not a ternary layer", l->name);
    if (l->dense) return dense_rows(l, r0, r1, trits, e);
    const size_t step = tern_linear_step(l);
    if (r0 % step || (r1 % step && r1 != l->m))
        return tern_fail(e, TERN_BAD_INPUT, "model: %s: rows %zu to %zu are not multiples of %zu", l->name,
                         r0, r1, step);
    if (l->tile.rows)
        tiled_rows(l, r0, r1, trits);
    else if (l->halves)
        for (size_t r = r0; r < r1; r++) {
            const size_t from = tern_linear_file_row(l, r);
            l->format->unpack(l->data, l->m, l->k, from, from + 1, trits + (r - r0) * l->k);
        }
    else
        l->format->unpack(l->data, l->m, l->k, r0, r1, trits);
    if (all_trits(trits, (r1 - r0) * l->k)) return TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "model: %s: rows %zu to %zu hold a code that is no trit", l->name, r0,
                     r1);
}
