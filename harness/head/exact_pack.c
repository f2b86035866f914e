/* One row of the scan's matrix from its values. All loops run over 64 columns, which are four columns of each of the
 * sixteen blocks of a group, so that compilers can do them in vectors. What is lost by rounding is computed in double. */
#include "harness/head/exact_internal.h"
#include "kernels/dense/q6_lanes.h"

#include <string.h>

#define LANES      64
#define VECTORS    (TERN_SCAN_UNIT / LANES) /* of a unit */
#define GROUP_MOST (4 * TERN_SCAN_UNIT)     /* columns: blocks of 64 weights */
#define MAGIC      12582912.0f              /* 1.5 * 2^23: a sum with it ends in the whole number */
#define LEAST      1e-30                    /* a width below it has no inverse in f32: all codes are 0 */

/* The columns of one group, and what becomes of them. */
struct group {
    size_t vectors; /* of LANES columns */
    float value[GROUP_MOST], whole[GROUP_MOST];
    unsigned char code[GROUP_MOST], step[16];
    float inverse[LANES];
    double width[LANES]; /* of a code, exact */
};

/* Sums of squares, one for each lane. */
struct squares {
    double left[LANES], all[LANES];
};

static double sum_of(const double lane[LANES]) {
    double sum = 0;
    for (size_t l = 0; l < LANES; l++) sum += lane[l];
    return sum;
}

/* Steps are scale * 1..255; the largest block needs top / most. */
static void choose_steps(struct group *g, float scale, int most) {
    float high[LANES] = {0};
    for (size_t v = 0; v < g->vectors; v++)
        for (size_t l = 0; l < LANES; l++) {
            const float x = fabsf(g->value[v * LANES + l]);
            high[l] = x > high[l] ? x : high[l];
        }
    for (size_t j = 0; j < 16; j++) {
        float top = 0;
        for (size_t i = 0; i < 4; i++) top = high[4 * j + i] > top ? high[4 * j + i] : top;
        const double exact = scale > 0 ? (double)top / most / (double)scale : 0;
        double step = exact < 255 ? (int)exact : 255;
        step += step < exact && step < 255;
        step = step < 1 ? 1 : step;
        const double width = step * (double)scale;
        g->step[j] = (unsigned char)step;
        for (size_t i = 0; i < 4; i++) {
            g->width[4 * j + i] = width;
            g->inverse[4 * j + i] = width > LEAST ? (float)(1 / width) : 0;
        }
    }
}

static void round_all(struct group *g, float most) {
    for (size_t v = 0; v < g->vectors; v++)
        for (size_t l = 0; l < LANES; l++) {
            const size_t c = v * LANES + l;
            const float q = g->value[c] * g->inverse[l] + MAGIC - MAGIC;
            g->whole[c] = q > most ? most : q < -most ? -most : q;
        }
    for (size_t c = 0; c < g->vectors * LANES; c++)
        g->code[c] = (unsigned char)((int)g->whole[c] + (int)most + 1);
}

static void add_squares(const struct group *g, struct squares *s) {
    for (size_t v = 0; v < g->vectors; v++)
        for (size_t l = 0; l < LANES; l++) {
            const double w = (double)g->value[v * LANES + l];
            const double left = w - (double)g->whole[v * LANES + l] * g->width[l];
            s->left[l] += left * left;
            s->all[l] += w * w;
        }
}

/* Six bits: the low four of vectors 0 and 2, of 1 and 3, then the high two of all. */
static void put_six(const unsigned char *code, unsigned char *out) {
    const unsigned char *a = code, *b = a + LANES, *c = b + LANES, *d = c + LANES;
    for (size_t l = 0; l < LANES; l++) {
        out[l] = (unsigned char)((a[l] & 15) | c[l] << 4);
        out[LANES + l] = (unsigned char)((b[l] & 15) | d[l] << 4);
        out[2 * LANES + l] =
            (unsigned char)(a[l] >> 4 | (b[l] >> 4) << 2 | (c[l] >> 4) << 4 | (d[l] >> 4) << 6);
    }
}

static unsigned char *put_group(const struct group *g, int bits, unsigned char *out) {
    memcpy(out, g->step, sizeof g->step);
    out += sizeof g->step;
    for (size_t v = 0; v < g->vectors; v += VECTORS, out += bits == 6 ? 192 : 256) {
        if (bits == 6)
            put_six(g->code + v * LANES, out);
        else
            memcpy(out, g->code + v * LANES, TERN_SCAN_UNIT);
    }
    return out;
}

void tern_exact_pack(struct tern_exact *x, size_t r, const float *row) {
    const struct tern_scan *s = &x->scan;
    const int most = x->zero - 1;
    unsigned char *p = (unsigned char *)x->codes.data + r * s->row_bytes;
    double residual[TERN_EXACT_SEGMENTS] = {0}, left = 0, all = 0;
    const float top = tern_exact_largest(row, x->k);
    const float scale = isfinite(top) ? tern_exact_up((double)top / most / 255) : 0;
    s->scale[r] = scale;
    if (!isfinite(top)) {
        memset(p, 0, s->row_bytes);
        x->norm[r] = INFINITY;
        return;
    }
    for (size_t i = 0, u = 0; i < x->groups; i++, u += s->units) {
        const size_t units = tern_min(s->units, s->all_units - u), from = u * TERN_SCAN_UNIT;
        const size_t columns = units * TERN_SCAN_UNIT, there = tern_min(columns, x->k - from);
        struct group g;
        struct squares q = {{0}, {0}};
        g.vectors = units * VECTORS;
        memcpy(g.value, row + from, there * sizeof *row);
        memset(g.value + there, 0, (columns - there) * sizeof *row);
        choose_steps(&g, scale, most);
        round_all(&g, (float)most);
        add_squares(&g, &q);
        p = put_group(&g, s->bits, p);
        residual[i * x->segments / x->groups] += sum_of(q.left);
        all += sum_of(q.all);
    }
    for (size_t i = 0; i < x->segments; i++) left += residual[i];
    /* At least that of the row, and that of its code, which is what is left away from it. */
    x->norm[r] = tern_exact_up((sqrt(all) + sqrt(left)) * (1 + TERN_EXACT_SLACK));
    for (size_t i = 0; i < x->segments; i++)
        x->residual[r * x->segments + i] = tern_exact_up(sqrt(residual[i]) * (1 + TERN_EXACT_SLACK));
}

void tern_exact_pack_in_place(struct tern_exact *x, size_t r, const void *row) {
    const float norm = tern_exact_up(sqrt(tern_lanes_squares(row, x->k)) * (1 + TERN_EXACT_SLACK));
    x->norm[r] = isfinite(norm) ? norm : INFINITY;
}
