/* The linear shapes of real models (2B-4T, large, 3B, Llama3-8B, Falcon3, Falcon-E, the embedding models,
 * TriLM, MMfree) in every format and with every kernel that runs here: the first rows, some in the middle and
 * the last ones, whose panels are seldom whole (M % 64, M % 80), at K that no block length divides (K % 3, K
 * % 5, K % 256). */
#include "base/isa.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/proof_make.h"
#include "kernels/reference.h"

#include <criterion/criterion.h>
#include <string.h>

static const size_t shape[][2] = {
    {2560, 2560}, {640, 2560},   {6912, 2560},  {2560, 6912}, {1536, 1536},  {4096, 1536},  {1536, 4096},
    {3200, 3200}, {8640, 3200},  {3200, 8640},  {4096, 4096}, {1024, 4096},  {14336, 4096}, {4096, 14336},
    {2048, 2048}, {1024, 2048},  {8192, 2048},  {2048, 8192}, {3072, 3072},  {1024, 3072},  {9216, 3072},
    {3072, 9216}, {23040, 3072}, {3072, 23040}, {256, 2048},  {13312, 2048}, {2048, 13312}, {2048, 1024},
    {1024, 1024}, {3072, 1024},  {1024, 640},   {256, 640},   {640, 1024},   {2048, 640},   {640, 2048},
    {768, 3072},  {13824, 2560}, {11264, 2048}, {2048, 5632},
};
enum { SHAPES = sizeof shape / sizeof *shape, EDGE = 400, BLOCK = 1000003 };

/* Trits of the largest of them, or signs; the pattern's length divides none. */
static int8_t *weights(int signs) {
    size_t most = 0;
    for (size_t i = 0; i < SHAPES; i++) most = tern_max(most, shape[i][0] * shape[i][1]);
    int8_t *t = tern_alloc(most);
    struct tern_random r = {2025};
    for (size_t i = 0; i < BLOCK; i++)
        t[i] = signs ? (int8_t)(tern_random_below(&r, 2) * 2) - 1 : (int8_t)tern_random_below(&r, 3) - 1;
    for (size_t i = BLOCK; i < most; i += BLOCK) memcpy(t + i, t, tern_min(BLOCK, most - i));
    return t;
}

struct range {
    size_t from, to;
};

/* Rows that are packed: enough for the first and the last step of every kernel. */
static void ranges_of(const struct tern_format *f, size_t m, size_t k, struct range out[3]) {
    const size_t step = f->row_step(m, k), some = tern_min(m, tern_round_up(EDGE, step));
    out[0] = (struct range){0, some};
    out[2] = (struct range){(m - tern_min(m, EDGE)) / step * step, m};
    const size_t middle = tern_max(some, m / 2 / step * step);
    out[1] = (struct range){middle, tern_min(out[2].from, middle + step)};
}

static void pack(const struct tern_format *f, size_t m, size_t k, const int8_t *trits, void *data) {
    struct range r[3];
    ranges_of(f, m, k, r);
    for (int i = 0; i < 3; i++)
        if (r[i].from < r[i].to) f->pack(trits + r[i].from * k, m, k, r[i].from, r[i].to, 0.5f, data);
}

Test(real_shapes, every_format_keeps_them_or_says_why_not, .timeout = 170) {
    size_t count, kept = 0;
    const struct tern_format *const *f = tern_formats(&count);
    int8_t *trits[2] = {weights(0), weights(1)};
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < SHAPES; s++) {
            const size_t m = shape[s][0], k = shape[s][1];
            const int8_t *want = trits[f[i]->binary];
            struct tern_error e = {{0}};
            if (f[i]->accepts(m, k, &e)) {
                /* Only blocks of 128 and 256 weights are longer than what every model's K is a multiple
                 * of: 64. */
                const char *name = f[i]->name;
                const size_t block = !strncmp(name, "tq", 2)                            ? 256
                                     : !strcmp(name, "q10") || !strcmp(name, "q20g128") ? 128
                                                                                        : 1;
                cr_assert(k % block, "%s: %s", name, e.text);
                continue;
            }
            struct tern_pages data;
            cr_assert(tern_pages_get(&data, f[i]->bytes(m, k)) == 0);
            pack(f[i], m, k, want, data.data);
            struct range r[3];
            ranges_of(f[i], m, k, r);
            for (int j = 0; j < 3; j++) {
                if (r[j].from >= r[j].to) continue;
                const size_t n = (r[j].to - r[j].from) * k;
                int8_t *back = tern_alloc(n);
                f[i]->unpack(data.data, m, k, r[j].from, r[j].to, back);
                cr_assert(!memcmp(back, want + r[j].from * k, n), "%s %zux%zu from row %zu", f[i]->name, m, k,
                          r[j].from);
                tern_free(back);
            }
            tern_pages_drop(&data);
            kept++;
        }
    cr_assert(kept > 30 * SHAPES, "only %zu", kept);
}

static void check(const struct tern_proof *p, struct tern_call *c, const int8_t *trits, size_t row0,
                  size_t row1, void *local) {
    const struct tern_variant *v = p->variant;
    const size_t k = c->w.k;
    tern_proof_run(p, c, row0, row1, local);
    for (size_t t = 0; t < c->x->n; t++)
        for (size_t r = row0; r < row1; r++) {
            const int32_t want = tern_reference_of(v->act)(trits + r * k, c->x->q + t * c->x->stride, k);
            const int32_t got = ((const int32_t *)c->y)[t * c->ldy + r];
            cr_assert(got == want, "%s %zux%zu: row %zu of token %zu is %d, not %d", v->name, c->w.m, k, r, t,
                      got, want);
        }
}

/* One kernel on a packed matrix: its first and its last step of rows. */
static void kernel(const struct tern_variant *v, const struct tern_matrix *w, const int8_t *trits) {
    const struct tern_proof p = tern_proof_of(v);
    const size_t n = v->n_min, k = w->k, m = w->m;
    struct tern_tokens x = {.n = n, .k = k, .stride = tern_token_stride(k)};
    int32_t *sum = tern_alloc(n * sizeof *sum); /* zeros */
    struct tern_random r = {m + k};
    x.q = tern_alloc(n * x.stride);
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < k; i++)
            sum[t] += x.q[t * x.stride + i] = (int8_t)(tern_random_below(&r, 256) - 128);
    x.sum = sum;
    struct tern_call c = {.w = *w, .x = &x, .ldy = m};
    tern_variant_defaults(v, c.param);
    c.y = tern_alloc(n * m * 4);
    c.shared = tern_alloc(tern_proof_shared_bytes(&p, &c));
    void *local = tern_alloc(tern_proof_local_bytes(&p, &c));
    tern_proof_prepare(&p, &c, 0, 1);
    check(&p, &c, trits, 0, tern_min(m, v->row_step), local);
    check(&p, &c, trits, (m - 1) / v->row_step * v->row_step, m, local);
    tern_free(local), tern_free(c.shared), tern_free(c.y), tern_free(x.q), tern_free(sum);
}

Test(real_shapes, every_kernel_computes_their_first_and_last_rows, .timeout = 170) {
    size_t count, formats, ran = 0;
    const struct tern_variant *v = tern_variants(&count);
    const struct tern_format *const *f = tern_formats(&formats);
    const uint32_t usable = tern_isa_detected();
    int8_t *trits[2] = {weights(0), weights(1)};
    for (size_t i = 0; i < formats; i++)
        for (size_t s = 0; s < SHAPES; s++) {
            const size_t m = shape[s][0], k = shape[s][1];
            const int8_t *t = trits[f[i]->binary];
            struct tern_pages data;
            if (f[i]->accepts(m, k, NULL) || f[i]->bits > 4) continue;
            cr_assert(tern_pages_get(&data, f[i]->bytes(m, k)) == 0);
            pack(f[i], m, k, t, data.data);
            const struct tern_matrix w = {.format = f[i], .m = m, .k = k, .data = data.data};
            for (size_t j = 0; j < count; j++) {
                if (v[j].format != f[i] || v[j].act == TERN_ACT_F32) continue;
                if (!tern_variant_fits_signs(&v[j], usable, m, k, v[j].n_min, NULL)) continue;
                kernel(&v[j], &w, t);
                ran++;
            }
            tern_pages_drop(&data);
        }
    cr_assert(ran > 30 * (SHAPES - 10), "only %zu", ran); /* every format has a scalar one */
}
