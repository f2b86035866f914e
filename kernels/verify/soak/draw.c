#include "kernels/verify/soak/draw.h"

#include "base/memory.h"
#include "kernels/split.h"

#include <string.h>

enum { TRIES = 400, TOKENS_MOST = 600, SHARES_MOST = 8, SLICES_MOST = 16 };

static size_t below(struct tern_random *r, size_t n) {
    return tern_random_below(r, (uint32_t)n);
}

static int one_in(struct tern_random *r, uint32_t n) {
    return tern_random_below(r, n) == 0;
}

/* 1 to `most`, each power of two as often as the next. */
static size_t length(struct tern_random *r, size_t most) {
    size_t bits = 1;
    while (most >> bits) bits++;
    return tern_min(most, 1 + below(r, (size_t)1 << below(r, bits + 1)));
}

/* A multiple of `step` near n; in [step, most], where most >= step. */
static size_t multiple(size_t n, size_t step, size_t most) {
    return tern_min(tern_round_up(n, step), most / step * step);
}

static size_t draw_k(const struct tern_variant *v, struct tern_random *r) {
    static const size_t block[] = {4, 5, 16, 20, 24, 32, 64, 80, 96, 128, 256, 512};
    const size_t most = tern_variant_k_max(v), b = block[below(r, sizeof block / sizeof *block)];
    size_t k;
    if (one_in(r, 32))
        k = most - below(r, one_in(r, 2) ? 1 : 300);
    else if (one_in(r, 3))
        k = b * (1 + below(r, 60)) + below(r, 3) - 1;
    else
        k = one_in(r, 3) ? 1 + below(r, 300) : length(r, most);
    /* Formats of blocks accept only whole ones. */
    const size_t step = tern_common_multiple(v->k_step, one_in(r, 2) ? 1 : b);
    return multiple(tern_max(k, 1), tern_min(step, most), most);
}

static void draw_shape(const struct tern_variant *v, struct tern_random *r, struct tern_case *c) {
    static const size_t tile[] = {1, 2, 4, 16, 32, 64, 80, 96, 128, 256};
    size_t size = (size_t)1 << (one_in(r, 256) ? 24 : 10 + below(r, 11));
    c->k = draw_k(v, r);
    c->n = one_in(r, 2) ? 1 : length(r, tern_max(1, tern_min(TOKENS_MOST, size / c->k)));
    c->n = tern_max(v->n_min, tern_min(c->n, v->n_max));
    /* Else most matrices would be one panel high. */
    if (c->k <= 4096 && c->n <= 16 && one_in(r, 2)) size = tern_max(size, c->k * c->n * (1 + below(r, 400)));
    const size_t most = tern_max(1, size / (c->k * c->n)), t = tile[below(r, sizeof tile / sizeof *tile)];
    c->m = one_in(r, 4) ? most : length(r, most);
    if (one_in(r, 2)) c->m = tern_round_up(c->m, t);
    if (one_in(r, 8)) c->m++;
}

static void draw_parameters(const struct tern_variant *v, struct tern_random *r, struct tern_case *c) {
    for (size_t i = 0; i < v->space->count; i++)
        c->param[i] = v->space->params[i].values[below(r, v->space->params[i].count)];
}

/* A range of rows that begins at a multiple of `step` and ends at one or at M. */
static void draw_rows(struct tern_random *r, struct tern_case *c, size_t step) {
    const size_t steps = (c->m + step - 1) / step;
    c->row0 = 0, c->row1 = c->m;
    if (one_in(r, 2)) return;
    const size_t from = below(r, steps), many = 1 + below(r, steps - from);
    c->row0 = from * step;
    c->row1 = tern_min(c->m, (from + many) * step);
}

static void draw_shares(const struct tern_variant *v, struct tern_random *r, struct tern_case *c) {
    size_t step = v->row_step;
    c->workers = 1 + below(r, SHARES_MOST);
    if (c->n == 1 && tern_variant_splits(v, c->m, c->k, NULL) && one_in(r, 3)) {
        c->slices = 1 + below(r, SLICES_MOST);
        c->param[TERN_P_SPLIT] = TERN_SPLIT_K;
        step = tern_slice_rows(v, c->m, c->k);
    }
    draw_rows(r, c, step);
    c->together = one_in(r, 8) && (c->slices ? c->slices : c->workers) <= TERN_CASE_TOGETHER_MAX;
}

int tern_case_draw(const struct tern_variant *v, uint64_t seed, struct tern_case *c) {
    struct tern_random r = {seed};
    memset(c, 0, sizeof *c);
    for (int i = 0; i < TRIES; i++) {
        draw_shape(v, &r, c);
        if (!tern_variant_fits_signs(v, v->isa, c->m, c->k, c->n, NULL)) continue;
        draw_parameters(v, &r, c);
        draw_shares(v, &r, c);
        c->weights = (enum tern_weight_pattern)below(&r, TERN_W_PATTERNS);
        c->acts = (enum tern_act_pattern)below(&r, TERN_A_PATTERNS);
        c->end = one_in(&r, 2);
        c->gap = one_in(&r, 2) ? 3 : below(&r, 40);
        c->seed = tern_random_next(&r) >> 1;
        return 1;
    }
    return 0;
}
