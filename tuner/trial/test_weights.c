#include "tuner/trial/test_weights.h"

#include "base/memory.h"
#include "base/random.h"

#include <string.h>

#define MAX_FORMATS 64
#define ZEROS       27525 /* 42 % of 65536: the share of zeros in BitNet b1.58 weights */
#define MINUS       46531 /* the rest is shared equally by -1 and +1 */

struct kept {
    struct tern_packed packed;
    struct tern_pages pages;
};

struct tern_test_weights {
    size_t cold_bytes, m, k;
    uint64_t seed;
    struct tern_pages trits;
    struct tern_pages signs; /* the same without zeros, for binary formats; made when first asked for */
    int signed_shape;        /* signs belong to this shape */
    int sparing;             /* one copy is enough for now */
    struct kept kept[MAX_FORMATS];
    struct tern_pages working; /* the tokens and y */
    struct tern_pages scratch;
    struct tern_tokens tokens;
    void *y;
    size_t ldy;
};

/* Memory of at least `bytes`, the old block when it is large enough. */
static int hold(struct tern_pages *p, size_t bytes) {
    if (p->bytes >= bytes) return 1;
    tern_pages_drop(p);
    *p = (struct tern_pages){0};
    return tern_pages_get(p, bytes) == 0;
}

static void draw(void *ctx, size_t worker, size_t workers) {
    const struct tern_test_weights *s = ctx;
    size_t r0, r1;
    tern_share(s->m, 1, worker, workers, &r0, &r1);
    int8_t *trits = s->trits.data;
    for (size_t r = r0; r < r1; r++) {
        struct tern_random random = {s->seed + 0x632be59bd9b4e019ull * (r + 1)};
        for (size_t c = 0; c < s->k; c += 4) {
            uint64_t bits = tern_random_next(&random);
            for (size_t i = c; i < tern_min(c + 4, s->k); i++, bits >>= 16) {
                const uint32_t u = bits & 0xffff;
                trits[r * s->k + i] = (int8_t)(u < ZEROS ? 0 : u < MINUS ? -1 : 1);
            }
        }
    }
}

struct packing {
    const struct tern_test_weights *test_weights;
    struct tern_pool *pool;
    const struct tern_packed *packed;
    unsigned char *data;
    size_t from; /* first copy that is not valid yet */
};

static void pack(void *ctx, size_t worker, size_t workers) {
    const struct packing *j = ctx;
    const struct tern_test_weights *s = j->test_weights;
    const struct tern_packed *p = j->packed;
    size_t from = j->from;
    if (from == 0) {
        size_t r0, r1;
        tern_share(s->m, p->format->row_step(s->m, s->k), worker, workers, &r0, &r1);
        const int8_t *trits = tern_test_weights_trits(s, p->format);
        if (r0 < r1) p->format->pack(trits + r0 * s->k, s->m, s->k, r0, r1, 1.0f, j->data);
        tern_pool_barrier(j->pool);
        from = 1;
    }
    size_t b0, b1;
    tern_share(p->bytes, 4096, worker, workers, &b0, &b1);
    for (size_t i = from; i < p->copies && b0 < b1; i++)
        memcpy(j->data + i * p->stride + b0, j->data + b0, b1 - b0);
}

enum tern_status tern_test_weights_new(size_t cold_bytes, uint64_t seed, struct tern_test_weights **out,
                                       struct tern_error *e) {
    *out = tern_alloc(sizeof **out);
    if (!*out) return tern_fail(e, TERN_NO_MEMORY, "weights: out of memory");
    (*out)->cold_bytes = cold_bytes;
    (*out)->seed = seed;
    return TERN_OK;
}

void tern_test_weights_free(struct tern_test_weights *s) {
    if (!s) return;
    for (size_t i = 0; i < MAX_FORMATS; i++) tern_pages_drop(&s->kept[i].pages);
    tern_pages_drop(&s->trits);
    tern_pages_drop(&s->signs);
    tern_pages_drop(&s->working);
    tern_pages_drop(&s->scratch);
    tern_free(s);
}

enum tern_status tern_test_weights_shape(struct tern_test_weights *s, size_t m, size_t k,
                                         struct tern_pool *pool, struct tern_error *e) {
    if (s->m == m && s->k == k) return TERN_OK;
    for (size_t i = 0; i < MAX_FORMATS; i++) s->kept[i].packed = (struct tern_packed){0};
    s->tokens.n = 0;
    s->m = s->k = 0;
    s->signed_shape = 0;
    const size_t bytes = tern_mul_size(m, k);
    if (!bytes || !hold(&s->trits, bytes))
        return tern_fail(e, TERN_NO_MEMORY, "weights: %zux%zu: no memory for the trits", m, k);
    s->m = m, s->k = k;
    tern_pool_run(pool, draw, s);
    return TERN_OK;
}

static enum tern_status make_signs(struct tern_test_weights *s, struct tern_error *e) {
    if (s->signed_shape) return TERN_OK;
    if (!hold(&s->signs, s->m * s->k))
        return tern_fail(e, TERN_NO_MEMORY, "weights: %zux%zu: no memory for the signs", s->m, s->k);
    const int8_t *trits = s->trits.data;
    int8_t *signs = s->signs.data;
    for (size_t i = 0; i < s->m * s->k; i++) signs[i] = trits[i] ? trits[i] : i % 2 ? 1 : -1;
    s->signed_shape = 1;
    return TERN_OK;
}

void tern_test_weights_sparing(struct tern_test_weights *s, int on) {
    s->sparing = on;
}

static struct kept *kept_of(struct tern_test_weights *s, const struct tern_format *f) {
    size_t count;
    const struct tern_format *const *all = tern_formats(&count);
    for (size_t i = 0; i < count && i < MAX_FORMATS; i++)
        if (all[i] == f) return &s->kept[i];
    return NULL;
}

enum tern_status tern_test_weights_get(struct tern_test_weights *s, const struct tern_format *format,
                                       int rotate, struct tern_pool *pool, struct tern_packed **out,
                                       struct tern_error *e) {
    struct kept *kept = kept_of(s, format);
    if (!kept)
        return tern_fail(e, TERN_UNSUPPORTED, "weights: format %s: not in the list of formats", format->name);
    enum tern_status st = format->accepts(s->m, s->k, e);
    if (!st && format->binary) st = make_signs(s, e);
    if (st) return st;
    struct tern_packed *p = &kept->packed;
    const size_t bytes = format->bytes(s->m, s->k);
    /* A cache line off the page grid: copies do not start in the same cache set. */
    const size_t stride = tern_round_up(bytes, 4096) + TERN_CACHE_LINE;
    const size_t copies = rotate ? tern_max(2, (s->cold_bytes + bytes - 1) / bytes) : 1;
    *out = p;
    const size_t now = s->sparing ? 1 : copies;
    if (p->copies >= now) return TERN_OK;
    const size_t from = kept->pages.bytes >= tern_mul_size(copies, stride) ? p->copies : 0;
    if (!hold(&kept->pages, tern_mul_size(copies, stride))) {
        *p = (struct tern_packed){0};
        return tern_fail(e, TERN_NO_MEMORY, "weights: %zux%zu as %s: no memory for %zu copies of %zu bytes",
                         s->m, s->k, format->name, copies, bytes);
    }
    *p = (struct tern_packed){
        .format = format, .data = kept->pages.data, .bytes = bytes, .stride = stride, .copies = now};
    struct packing j = {.test_weights = s, .pool = pool, .packed = p, .data = kept->pages.data, .from = from};
    tern_pool_run(pool, pack, &j);
    return TERN_OK;
}

/* A part of zeros. Between parts are gaps, which some builds watch: the region cannot be cleared as a whole. */
static void *take_zeros(struct tern_region *r, size_t count, size_t size) {
    void *part = tern_region_take(r, count, size);
    if (part) memset(part, 0, count * size);
    return part;
}

static size_t lay_tokens(struct tern_test_weights *s, size_t n, unsigned char *base) {
    struct tern_tokens *t = &s->tokens;
    struct tern_region r = {.base = base};
    t->q = take_zeros(&r, n, t->stride);
    t->sum = take_zeros(&r, n, sizeof *t->sum);
    t->inv = take_zeros(&r, n, sizeof *t->inv);
    t->f = take_zeros(&r, n, t->fstride * sizeof *t->f);
    s->y = take_zeros(&r, n, s->ldy * 4);
    return r.used;
}

enum tern_status tern_test_weights_tokens(struct tern_test_weights *s, size_t n, struct tern_tokens *x,
                                          void **y, size_t *ldy, struct tern_error *e) {
    struct tern_tokens *t = &s->tokens;
    if (t->n != n) {
        *t = (struct tern_tokens){
            .k = s->k, .stride = tern_token_stride(s->k), .fstride = tern_round_up(s->k, 64)};
        s->ldy = tern_round_up(s->m, 64);
        if (!hold(&s->working, lay_tokens(s, n, NULL)))
            return tern_fail(e, TERN_NO_MEMORY, "weights: %zux%zux%zu: no memory for tokens", s->m, s->k, n);
        lay_tokens(s, n, s->working.data);
        struct tern_random random = {s->seed ^ 0x746f6b656e73};
        for (size_t i = 0; i < n; i++)
            for (size_t c = 0; c < s->k; c++)
                t->f[i * t->fstride + c] = (float)(2 * tern_random_unit(&random) - 1);
        t->n = n;
    }
    *x = *t;
    *y = s->y;
    *ldy = s->ldy;
    return TERN_OK;
}

void *tern_test_weights_scratch(struct tern_test_weights *s, size_t bytes) {
    return hold(&s->scratch, tern_max(bytes, 1)) ? s->scratch.data : NULL;
}

const int8_t *tern_test_weights_trits(const struct tern_test_weights *s, const struct tern_format *format) {
    return format->binary ? s->signs.data : s->trits.data;
}
