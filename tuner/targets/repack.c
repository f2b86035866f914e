#include "tuner/targets/repack.h"

#include "base/memory.h"
#include "base/random.h"
#include "kernels/variant.h"
#include "measure/sampling/sampler.h"

#include <string.h>

enum { ROUNDS = 31, BLOCK_ROWS = 64 };

static const struct tern_repack_target targets[] = {
    {"repack-trits", NULL, 6912, 2560, 1.0},
    {"repack-i2s", "i2s", 6912, 2560, 1.0},
};

const struct tern_repack_target *tern_repack_targets(size_t *count) {
    *count = sizeof targets / sizeof *targets;
    return targets;
}

struct job {
    const struct tern_format *from, *to;
    size_t m, k, block;
    int8_t *trits; /* of the whole matrix without `from`, else of one block */
    void *source, *packed;
};

static void pack_once(const struct job *j) {
    for (size_t r = 0; r < j->m; r += j->block) {
        const size_t end = tern_min(j->m, r + j->block);
        const int8_t *rows = j->from ? j->trits : j->trits + r * j->k;
        if (j->from) j->from->unpack(j->source, j->m, j->k, r, end, j->trits);
        j->to->pack(rows, j->m, j->k, r, end, 1, j->packed);
    }
}

static void pack_all(void *ctx, uint64_t calls) {
    for (uint64_t i = 0; i < calls; i++) pack_once(ctx);
}

/* The packed bytes hold the weights that `seed` makes. */
static int holds(const struct job *j, uint64_t seed, int8_t *row) {
    struct tern_random random = {seed};
    const size_t step = j->to->row_step(j->m, j->k);
    for (size_t r = 0; r < j->m; r += step) {
        const size_t end = tern_min(j->m, r + step);
        j->to->unpack(j->packed, j->m, j->k, r, end, row);
        for (size_t i = 0; i < (end - r) * j->k; i++)
            if (row[i] != (int)tern_random_below(&random, 3) - 1) return 0;
    }
    return 1;
}

static enum tern_status run(const struct tern_repack_target *t, struct job *j, uint64_t seed, int8_t *whole,
                            struct tern_repack_seen *out, struct tern_error *e) {
    struct tern_random random = {seed};
    double ns[ROUNDS], ideal[ROUNDS];
    for (size_t i = 0; i < j->m * j->k; i++) whole[i] = (int8_t)((int)tern_random_below(&random, 3) - 1);
    if (j->from)
        j->from->pack(whole, j->m, j->k, 0, j->m, 1, j->source);
    else
        j->trits = whole;
    const struct tern_alternative a = {.name = t->name, .work = pack_all, .ctx = j, .calls = 1};
    const struct tern_sampler_options how = {
        .own_calls = 1, .warmup = TERN_WARMUP_ONE, .rounds_min = ROUNDS, .rounds_max = ROUNDS};
    struct tern_comparison c;
    const enum tern_status s = tern_compare(&a, 1, &how, &c, e);
    if (s) return s;
    tern_comparison_samples(&c, 0, ns);
    tern_comparison_free(&c);
    for (size_t n = 0; n < ROUNDS; n++)
        ideal[n] = (double)j->m * (double)j->k; /* at one weight per nanosecond */
    if (!holds(j, seed, whole))
        return tern_fail(e, TERN_CHECK_FAILED, "%s: the packed bytes do not hold the weights", t->name);
    out->to = j->to;
    out->ns = tern_estimate_of(ns, ROUNDS);
    out->rate = tern_ratio_of(ideal, ns, ROUNDS);
    out->verdict = out->rate.ci_lo >= t->goal  ? TERN_OK
                   : out->rate.ci_hi < t->goal ? TERN_CHECK_FAILED
                                               : TERN_INCONCLUSIVE;
    return TERN_OK;
}

enum tern_status tern_repack_measure(const struct tern_repack_target *t, uint32_t usable, uint64_t seed,
                                     struct tern_repack_seen *out, struct tern_error *e) {
    const struct tern_variant *v = tern_variant_static(usable, TERN_ACT_I8, NULL, t->m, t->k, 1);
    struct job j = {.to = v->format, .m = t->m, .k = t->k};
    if (t->from) j.from = tern_format_named(t->from);
    const size_t step = j.to->row_step(j.m, j.k); /* i2s rows of these shapes begin anywhere */
    j.block = step * tern_max(1, BLOCK_ROWS / step);
    int8_t *whole = tern_alloc(j.m * j.k), *block = tern_alloc(j.block * j.k);
    j.trits = block;
    j.packed = tern_alloc(j.to->bytes(j.m, j.k));
    j.source = j.from ? tern_alloc(j.from->bytes(j.m, j.k)) : NULL;
    enum tern_status s = TERN_OK;
    if (!whole || !block || !j.packed || (j.from && !j.source))
        s = tern_fail(e, TERN_NO_MEMORY, "%s: out of memory", t->name);
    else
        s = run(t, &j, seed, whole, out, e);
    tern_free(whole);
    tern_free(block);
    tern_free(j.packed);
    tern_free(j.source);
    return s;
}
