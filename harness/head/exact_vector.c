/* A vector in codes of its own, and how wrong products with them can be (docs/exact-head.md). */
#include "harness/head/exact_internal.h"

#define HIGHEST 32512 /* 127 * 256: the largest code of two planes */
#define UNIT    0x1p-24

/* Lengths that the bound is made of, squared: what the codes leave, what they hold, the vector. */
struct lengths {
    double left, coded, all;
};

/* e . w^ ; the scan's own sums and the two additions of the bound; the full head's sums. */
static float rest_of(const struct tern_exact *x, const struct lengths *s) {
    return tern_exact_up((sqrt(s->left) + ((double)x->groups + 14) * UNIT * sqrt(s->coded) +
                          tern_rows_roundings(x->k) * UNIT * sqrt(s->all)) *
                         (1 + TERN_EXACT_SLACK));
}

/* Two planes, one scale for all. */
static int two_planes(const struct tern_exact *x, struct tern_exact_view *v, const float *h) {
    const float top = tern_exact_largest(h, x->k);
    if (!isfinite(top)) return 0;
    v->scale = tern_exact_up((double)top / HIGHEST);
    const double scale = (double)v->scale, inverse = scale > 0 ? 1 / scale : 0;
    double segment[TERN_EXACT_SEGMENTS] = {0};
    struct lengths s = {0};
    const size_t per_group = x->scan.units * TERN_SCAN_UNIT;
    memset(v->offset, 0, x->groups * 16 * sizeof *v->offset);
    for (size_t i = 0; i < x->k; i++) {
        const size_t g = i / per_group;
        const int q = (int)rint((double)h[i] * inverse), high = (q + 128) >> 8;
        const double left = (double)h[i] - q * scale, square = (double)h[i] * (double)h[i];
        v->high[i] = (int8_t)high;
        v->low[i] = (int8_t)(q - 256 * high);
        v->offset[g * 16 + i % 64 / 4] += q * x->zero;
        s.left += left * left;
        s.coded += q * scale * (q * scale);
        segment[g * x->segments / x->groups] += square;
        s.all += square;
    }
    for (size_t i = 0; i < x->segments; i++)
        v->segment[i] = tern_exact_up(sqrt(segment[i]) * (1 + TERN_EXACT_SLACK));
    v->rest = rest_of(x, &s);
    return isfinite(v->rest);
}

/* One plane in the order of q6_lanes.h, a step for each block. */
static int one_plane(const struct tern_exact *x, struct tern_exact_view *v, const float *h) {
    struct lengths s = {0};
    for (size_t b = 0; b < x->groups; b++, h += TERN_SCAN_UNIT) {
        const float top = tern_exact_largest(h, TERN_SCAN_UNIT);
        if (!isfinite(top)) return 0;
        const double step = (double)(v->step[b] = tern_exact_up((double)top / 127));
        const double inverse = step > 0 ? 1 / step : 0;
        for (size_t j = 0; j < 16; j++) {
            int sum = 0;
            for (size_t c = 0; c < 16; c++) {
                const double value = (double)h[16 * j + c];
                const int q = (int)rint(value * inverse);
                v->high[b * TERN_SCAN_UNIT + c / 4 * 64 + 4 * j + c % 4] = (int8_t)q;
                sum += q;
                s.left += (value - q * step) * (value - q * step);
                s.coded += q * step * (q * step);
                s.all += value * value;
            }
            v->zero[b * 32 + 2 * j] = v->zero[b * 32 + 2 * j + 1] = (int16_t)(-16 * sum);
        }
    }
    v->rest = rest_of(x, &s);
    return isfinite(v->rest);
}

int tern_exact_look(const struct tern_exact *x, struct tern_exact_view *v, const float *h) {
    return x->in_place ? one_plane(x, v, h) : two_planes(x, v, h);
}
