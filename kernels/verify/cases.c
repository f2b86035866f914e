#include "kernels/verify/cases.h"

#include "base/memory.h"
#include "base/random.h"
#include "kernels/split.h"
#include "kernels/verify/case.h"

#include <stdio.h>
#include <string.h>

/* Shapes that break kernels: tails of every block size, the bounds of 16-bit sums (2048 safe, 2176 not,
 * 4096), and the widest K of a real model. */
static const size_t full_k[] = {1,    3,    4,    5,    64,   96,   128,  250,  263,  256,   384,  640,
                                1024, 1536, 2048, 2176, 2560, 3200, 4096, 6912, 8640, 14336, 23040};
static const size_t full_m[] = {1, 15, 16, 17, 63, 64, 65, 80, 81, 130, 192, 257, 400};
static const size_t full_n[] = {1, 2, 3, 4, 5, 6, 7, 8, 16, 33};
static const size_t quick_k[] = {4, 263, 128, 250, 256, 2304, 8640};
static const size_t quick_m[] = {17, 63, 81, 257};
static const size_t quick_n[] = {1, 2, 7};
/* Whole tiles, for formats that accept no ragged M; the quick proof takes the first seven. 84 and 20 rows are for formats that
 * need only a multiple of four: their tiles of sixteen rows end within one. */
static const size_t tiled[][3] = {{64, 256, 1},    {84, 256, 7},    {20, 768, 2},   {640, 768, 2},
                                  {320, 8640, 1},  {1536, 4096, 1}, {256, 2560, 7}, {64, 23040, 1},
                                  {128, 512, 128}, {64, 256, 512}};

static const struct {
    enum tern_weight_pattern w;
    enum tern_act_pattern a;
} patterns[] = {
    {TERN_W_PLUS, TERN_A_MAX},       {TERN_W_MINUS, TERN_A_MIN},     {TERN_W_RANDOM, TERN_A_RANDOM},
    {TERN_W_RUNS, TERN_A_ALIGNED},   {TERN_W_RANDOM, TERN_A_EDGE},   {TERN_W_ALTERNATING, TERN_A_RANDOM},
    {TERN_W_ZERO, TERN_A_MAX},       {TERN_W_MINUS, TERN_A_MAX},     {TERN_W_RANDOM, TERN_A_ZERO},
    {TERN_W_RANDOM, TERN_A_ALIGNED}, {TERN_W_RANDOM, TERN_A_NARROW}, {TERN_W_PLUS, TERN_A_MIN},
};
#define N_PATTERNS (sizeof patterns / sizeof *patterns)

struct run {
    const struct tern_variant *v;
    struct tern_random random;
    unsigned cases;
    int failed;
    char text[320];
};

static int try_at(struct run *r, struct tern_case *c, int end) {
    if (!tern_variant_fits_signs(r->v, r->v->isa, c->m, c->k, c->n, NULL)) return 1;
    c->seed = tern_random_next(&r->random) >> 1;
    c->end = end;
    c->gap = 3;
    char what[96];
    r->cases++;
    if (tern_case_run(r->v, c, what, sizeof what)) return 1;
    char where[220];
    tern_case_text(r->v, c, where, sizeof where);
    snprintf(r->text, sizeof r->text, "%s: %s", where, what);
    r->failed = 1;
    return 0;
}

/* Buffers begin after an unreadable page in one case and end before one in the next. */
static int try_case(struct run *r, struct tern_case *c) {
    return try_at(r, c, (int)(r->cases & 1));
}

/* A range that starts and ends inside the matrix, at legal cuts. */
static void middle(const struct tern_variant *v, struct tern_case *c) {
    const size_t step = v->row_step, cuts = c->m / step;
    if (cuts < 2) return;
    c->row0 = step * (cuts / 2);
    c->row1 = cuts >= 3 ? tern_min(c->m, c->row0 + step) : c->m;
}

/* From the middle to the last row, whose tile is seldom whole. */
static void to_the_end(const struct tern_variant *v, struct tern_case *c) {
    c->row0 = v->row_step * (c->m / v->row_step / 2);
}

/* The pattern that drives the sums of 8 and 16 bits of every kernel to their bounds: products of the largest,
 * and for signs against signs, where differences are counted, nothing but differences. */
static size_t extreme(const struct tern_variant *v) {
    return v->act == TERN_ACT_B1 ? N_PATTERNS - 1 : 0;
}

/* `limit` patterns on this shape: the one that makes every sum largest, then others in turn, so that a few
 * per shape are all of them over a few shapes. Small shapes meet the largest at both kinds of guard. */
static void patterns_in_turn(struct run *r, struct tern_case *c, size_t turn, size_t limit) {
    for (size_t i = 0; i < limit && i < N_PATTERNS && !r->failed; i++) {
        const size_t p = i == 0 ? extreme(r->v) : (turn + i) % N_PATTERNS;
        c->weights = patterns[p].w;
        c->acts = patterns[p].a;
        c->row0 = 0;
        c->row1 = c->m;
        c->workers = 1 + p % 3;
        if (p == 5) middle(r->v, c);
        if (p == 9) to_the_end(r->v, c);
        try_case(r, c);
        if (i == 0 && c->m * c->k * c->n < 100000) try_at(r, c, !c->end);
    }
}

/* Every combination of parameters on shapes that have a body and tails. */
static void every_parameter(struct run *r, int full) {
    static const size_t shape[][3] = {{130, 640, 3}, {321, 2304, 3}, {257, 640, 7}, {64, 256, 1}};
    const struct tern_space *s = r->v->space;
    size_t total = 1;
    for (size_t i = 0; i < s->count; i++) total *= s->params[i].count;
    for (size_t at = 0; at < total && !r->failed; at++) {
        struct tern_case c = {.weights = TERN_W_RANDOM, .acts = TERN_A_RANDOM, .workers = 1};
        for (size_t i = 0, rest = at; i < s->count; rest /= s->params[i].count, i++)
            c.param[i] = s->params[i].values[rest % s->params[i].count];
        for (size_t j = 0; j < (full ? 4 : 1) && !r->failed; j++) {
            c.m = shape[j][0], c.k = shape[j][1],
            c.n = tern_max(r->v->n_min, tern_min(shape[j][2], r->v->n_max));
            c.row0 = 0, c.row1 = c.m;
            try_case(r, &c);
        }
    }
}

/* Every number of tokens up to two tiles of the widest register tile, eight: the last tile has code of its
 * own for each number of tokens that it holds. */
static void every_tail(struct run *r) {
    static const size_t shape[][2] = {{81, 263}, {64, 256}}; /* the latter for formats of whole blocks */
    struct tern_case c = {.weights = TERN_W_RANDOM, .acts = TERN_A_RANDOM, .workers = 1};
    tern_variant_defaults(r->v, c.param);
    for (c.n = r->v->n_min; c.n <= tern_min(17, r->v->n_max) && !r->failed; c.n++) {
        const unsigned before = r->cases;
        for (size_t i = 0; i < 2 && r->cases == before; i++) {
            c.m = c.row1 = shape[i][0], c.k = shape[i][1];
            try_case(r, &c);
        }
    }
}

/* The longest K that a variant takes, where sums of 32 bits are largest. */
static void longest(struct run *r) {
    struct tern_case c = {.n = r->v->n_min, .workers = 1};
    tern_variant_defaults(r->v, c.param);
    c.m = c.row1 = r->v->format->row_step(400, tern_variant_k_max(r->v));
    c.k = tern_variant_k_max(r->v) / r->v->k_step * r->v->k_step;
    for (int i = 0; i < 3 && !r->failed; i++) {
        c.weights = i == 1 ? TERN_W_MINUS : TERN_W_PLUS;
        c.acts = i == 2 ? TERN_A_MAX : TERN_A_MIN;
        try_case(r, &c);
    }
}

/* Slices of K: one panel of rows and several with a last one that is not whole, K that no step divides, more
 * slices than K has steps; then every combination of parameters. */
static void slices(struct run *r, int full) {
    static const size_t shape[][3] = {{17, 263, 2},   {81, 640, 3},  {257, 2304, 2}, {1, 96, 7},
                                      {400, 1000, 5}, {64, 8640, 4}, {193, 6912, 16}};
    const struct tern_space *space = r->v->space;
    struct tern_case c = {.n = 1, .workers = 1};
    size_t total = 1;
    tern_variant_defaults(r->v, c.param);
    c.param[TERN_P_SPLIT] = TERN_SPLIT_K;
    for (size_t i = 0; i < (full ? sizeof shape / sizeof *shape : 4) && !r->failed; i++) {
        c.m = shape[i][0], c.k = shape[i][1], c.slices = shape[i][2];
        if (!tern_variant_splits(r->v, c.m, c.k, NULL)) continue;
        const size_t step = tern_slice_rows(r->v, c.m, c.k);
        for (size_t p = 0; p < (full ? N_PATTERNS : 3) && !r->failed; p++) {
            c.weights = patterns[p].w, c.acts = patterns[p].a;
            c.row0 = p == 2 ? c.m / step / 2 * step : 0, c.row1 = c.m;
            try_case(r, &c);
        }
    }
    c.m = 81, c.k = full ? 2304 : 640, c.slices = 3, c.row0 = 0, c.row1 = c.m;
    c.weights = TERN_W_RANDOM, c.acts = TERN_A_RANDOM;
    if (!tern_variant_splits(r->v, c.m, c.k, NULL)) return;
    for (size_t i = 0; i < space->count; i++) total *= space->params[i].count;
    for (size_t at = 0; at < total && !r->failed; at++) {
        for (size_t i = 0, rest = at; i < space->count; rest /= space->params[i].count, i++)
            c.param[i] = space->params[i].values[rest % space->params[i].count];
        try_case(r, &c);
    }
}

/* Tiles of other programs, and of no program: blocks of both widths, tiles of one step and of an odd number of them. */
static void tiles(struct run *r) {
    static const struct tern_tl_tile tile[] = {{32, 8, 32},    {64, 4, 64},   {64, 36, 64},
                                               {320, 64, 64},  {160, 40, 32}, {32, 24, 32},
                                               {160, 120, 32}, {64, 96, 32},  {320, 192, 32}};
    static const size_t shape[][2] = {{320, 2560}, {320, 1224}, {320, 648}, {320, 1536}};
    struct tern_case c = {.workers = 3, .n = r->v->n_min};
    tern_variant_defaults(r->v, c.param);
    if (!r->v->format->tile_fits) return;
    for (size_t i = 0; i < sizeof tile / sizeof *tile; i++)
        for (size_t j = 0; j < sizeof shape / sizeof *shape && !r->failed; j++) {
            c.m = c.row1 = shape[j][0], c.k = shape[j][1], c.tile = tile[i];
            if (r->v->format->tile_fits(c.tile, c.m, c.k, NULL)) continue;
            c.weights = i % 2 ? TERN_W_MINUS : TERN_W_RANDOM, c.acts = i % 2 ? TERN_A_MIN : TERN_A_RANDOM;
            try_case(r, &c);
        }
}

static void all_cases(struct run *r, enum tern_verify_effort effort) {
    const int full = effort == TERN_VERIFY_FULL;
    const size_t *ks = full ? full_k : quick_k, *ms = full ? full_m : quick_m, *ns = full ? full_n : quick_n;
    const size_t n_k = full ? sizeof full_k / sizeof *full_k : sizeof quick_k / sizeof *quick_k;
    const size_t n_m = full ? sizeof full_m / sizeof *full_m : sizeof quick_m / sizeof *quick_m;
    const size_t n_n = full ? sizeof full_n / sizeof *full_n : sizeof quick_n / sizeof *quick_n;
    size_t turn = 0;
    struct tern_case c;
    memset(&c, 0, sizeof c);
    tern_variant_defaults(r->v, c.param);
    for (size_t i = 0; i < n_k && !r->failed; i++) {
        for (size_t j = 0; j < n_m && !r->failed; j++, turn++) {
            c.k = ks[i];
            c.m = ms[j];
            c.n = tern_max(r->v->n_min, tern_min(ns[turn % n_n], r->v->n_max));
            /* Rows and columns have their tails elsewhere. */
            if (c.m * c.k > (full ? 1000000 : 150000) && turn % 3) continue;
            const size_t work = c.m * c.k * c.n * (full ? 1 : 4);
            patterns_in_turn(r, &c, turn, work > 1000000 ? 2 : work > 100000 ? 3 : full ? N_PATTERNS : 5);
        }
    }
    if (r->v->format->accepts(257, 256, NULL)) {
        const size_t n_tiled = full ? sizeof tiled / sizeof *tiled : 7;
        for (size_t i = 0; i < n_tiled && !r->failed; i++) {
            c.m = tiled[i][0], c.k = tiled[i][1];
            c.n = tern_max(r->v->n_min, tern_min(tiled[i][2], r->v->n_max));
            patterns_in_turn(r, &c, i, c.m * c.k * c.n > 1000000 ? (full ? 3 : 2) : full ? N_PATTERNS : 5);
        }
    }
    every_parameter(r, full);
    if (!r->failed) every_tail(r);
    if (!r->failed) slices(r, full);
    if (!r->failed) tiles(r);
    if (full && !r->failed) longest(r);
    if (!full || r->v->n_max < 128) return;
    c.m = 130, c.k = 512, c.n = 128;
    patterns_in_turn(r, &c, 2, 4);
    c.m = 65, c.k = 256, c.n = 512;
    patterns_in_turn(r, &c, 6, 4);
    if (r->v->act != TERN_ACT_B1) return;
    /* Carry-save adders count one register of four: their bytes need four times the K to overflow. */
    c.m = 5, c.k = 69697, c.n = 2;
    patterns_in_turn(r, &c, 0, N_PATTERNS);
}

void tern_run_cases(const struct tern_variant *v, uint64_t seed, enum tern_verify_effort effort,
                    struct tern_case_report *out) {
    struct run r = {.v = v, .random = {seed}};
    all_cases(&r, effort);
    out->cases = r.cases;
    out->failed = r.failed;
    memcpy(out->text, r.text, sizeof out->text);
}
