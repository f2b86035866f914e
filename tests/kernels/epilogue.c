#include "kernels/epilogue.h"

#include "base/isa.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/proof_make.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

#define LEVELS 8 /* at most */

#define MOST 700

static struct tern_random seed = {42};

static float some(float size) {
    return size * (float)(2 * tern_random_unit(&seed) - 1);
}

/* Every level that this processor can run, the scalar one first. */
static size_t levels(const struct tern_epilogue_ops **out) {
    size_t n = 0;
    for (size_t i = 0; n < LEVELS && tern_epilogue_ops_levels[i]; i++)
        if (!(tern_epilogue_ops_levels[i]->needs & ~tern_isa_detected()))
            out[n++] = tern_epilogue_ops_levels[i];
    return n;
}

#define FOR_EACH_LEVEL(o)                                                                                    \
    const struct tern_epilogue_ops *table_[LEVELS], *o;                                                      \
    const size_t levels_ = levels(table_);                                                                   \
    for (size_t l_ = 0; l_ < levels_ && (o = table_[l_]); l_++)

/* The same whole numbers as results of both kinds. */
static int32_t gate[MOST], up[MOST];
static float gate_f[MOST], up_f[MOST];
static const void *const gates[2] = {gate, gate_f}, *const ups[2] = {up, up_f};

static void fill_results(size_t n, float size) {
    for (size_t i = 0; i < n; i++) {
        gate_f[i] = (float)(gate[i] = (int32_t)some(size));
        up_f[i] = (float)(up[i] = (int32_t)some(size));
    }
}

Test(epilogue, gates_follow_relu_squared_and_silu) {
    enum { N = 77 };
    float c[N], d[N];
    fill_results(N, 3000);
    FOR_EACH_LEVEL(o)
    for (int act = 0; act < 4; act++) { /* twice with a negative scale of the gate */
        const float factor = act < 2 ? 0.01f : -0.01f;
        o->relu2[act % 2](gates[act % 2], factor, ups[act % 2], 0.02f, N, c);
        o->silu[act % 2](gates[act % 2], factor, ups[act % 2], 0.02f, N, d);
        for (size_t i = 0; i < N; i++) {
            const double g = gate[i] * (act < 2 ? 0.01 : -0.01), u = up[i] * 0.02, r = g > 0 ? g * g * u : 0,
                         s = g / (1 + exp(-g)) * u;
            cr_assert(le(dbl, fabs(c[i] - r), 1e-6 * fabs(r)));
            cr_assert(le(dbl, fabs(d[i] - s), 2e-6 * fabs(s) + 1e-9), "%g", g);
        }
    }
}

Test(epilogue, silu_stands_gates_of_any_size) {
    static const int32_t far[] = {INT32_MIN + 1, -1000, 0, 1000, INT32_MAX};
    static const int32_t one[] = {1, 1, 1, 1, 1};
    float c[5];
    FOR_EACH_LEVEL(o) {
        o->silu[0](far, 1, one, 1, 5, c);
        cr_assert(lt(flt, fabsf(c[0]), 1e-20f));
        cr_assert(lt(flt, fabsf(c[1]), 1e-20f));
        cr_assert(c[2] == 0);
        cr_assert(epsilon_eq(flt, c[3], 1000, 1e-3f));
        cr_assert(epsilon_eq(flt, c[4], 2147483647.0f, 1e3f));
    }
}

Test(epilogue, every_level_gives_the_same_bits_for_every_tail) {
    const struct tern_epilogue_ops *o[LEVELS];
    const size_t count = levels(o);
    if (count < 2) cr_skip_test("this processor has one level only");
    for (size_t n = 0; n < 100; n++) {
        float out[LEVELS][8][100] = {{{0}}};
        fill_results(n, n % 3 ? 4000 : 2e9f);
        for (size_t l = 0; l < count; l++) {
            for (int act = 0; act < 2; act++) {
                float(*y)[100] = &out[l][4 * act];
                o[l]->scale[act](gates[act], n, 0.1234f, y[0]);
                memcpy(y[1], y[0], sizeof y[0]);
                o[l]->add[act](ups[act], n, 0.321f, y[1]);
                o[l]->relu2[act](gates[act], 0.01f, ups[act], 0.3f, n, y[2]);
                o[l]->silu[act](gates[act], 0.01f, ups[act], 0.3f, n, y[3]);
                for (size_t i = 0; i < n; i++) cr_assert(eq(flt, y[0][i], (float)gate[i] * 0.1234f));
            }
            cr_assert(memcmp(out[0], out[l], sizeof out[0]) == 0, "%s, %zu values", o[l]->level, n);
        }
    }
}

/* The norm as the engine defines it: sums of squares in two times sixteen lanes, folded by halves. Products
 * are stored before they are added, so that no compiler fuses the two. */
static void plain_norm(const float *x, const float *weight, size_t n, float eps, float *out) {
    volatile float square;
    float lane[32] = {0}, sum = 0;
    const size_t whole = n / 32 * 32;
    for (size_t i = 0; i < whole; i += 32)
        for (size_t j = 0; j < 32; j++) {
            square = x[i + j] * x[i + j];
            lane[j] += square;
        }
    for (size_t j = 0; j < 16; j++) lane[j] += lane[j + 16];
    for (size_t j = 0; j < 8; j++) lane[j] += lane[j + 8];
    for (size_t j = 0; j < 4; j++) lane[j] += lane[j + 4];
    sum = (lane[0] + lane[2]) + (lane[1] + lane[3]);
    for (size_t i = whole; i < n; i++) {
        square = x[i] * x[i];
        sum += square;
    }
    const float r = 1.0f / sqrtf(sum / (float)n + eps);
    for (size_t i = 0; i < n; i++) out[i] = x[i] * r * weight[i];
}

static void same_as_two_steps(const float *x, const float *weight, size_t k, const char *what) {
    const size_t stride = tern_token_stride(k);
    float *h = tern_alloc(k * sizeof *h), inv, want_inv;
    int8_t *want = tern_alloc(stride), *got = tern_alloc(stride);
    int32_t sum, want_sum;
    if (weight)
        plain_norm(x, weight, k, 1e-5f, h);
    else
        memcpy(h, x, k * sizeof *h);
    tern_quantise_reference(h, k, stride, want, &want_sum, &want_inv);
    FOR_EACH_LEVEL(o) {
        memset(got, 0x55, stride);
        o->quantise(x, weight, o->norm_factor(x, k, 1e-5f), k, stride, got, &sum, &inv);
        cr_assert(memcmp(got, want, stride) == 0, "%s: q of K = %zu at %s", what, k, o->level);
        cr_assert(eq(i32, sum, want_sum), "%s: sum of K = %zu at %s", what, k, o->level);
        cr_assert(memcmp(&inv, &want_inv, sizeof inv) == 0, "%s: inv of K = %zu at %s", what, k, o->level);
        cr_assert(isfinite(inv) && inv > 0);
    }
    tern_free(h);
    tern_free(want);
    tern_free(got);
}

static void all_rows(size_t k) {
    float *x = tern_alloc(k * sizeof *x), *w = tern_alloc(k * sizeof *w);
    static const float size[] = {0, 1e-42f, 1e-6f, 1, 1e18f, 3e38f};
    for (size_t i = 0; i < k; i++) w[i] = some(2);
    for (size_t s = 0; s < sizeof size / sizeof *size; s++) {
        for (size_t i = 0; i < k; i++) x[i] = some(size[s]);
        same_as_two_steps(x, w, k, "normed");
        same_as_two_steps(x, NULL, k, "as it is");
    }
    for (size_t i = 0; i < k; i++) x[i] = (float)(int)tern_random_below(&seed, 255) / 2.0f;
    same_as_two_steps(x, NULL, k, "halves");
    x[k / 2] = NAN;
    same_as_two_steps(x, w, k, "NaN, normed");
    same_as_two_steps(x, NULL, k, "NaN");
    x[k / 2] = 1;
    x[k - 1] = -INFINITY;
    same_as_two_steps(x, w, k, "infinity, normed");
    same_as_two_steps(x, NULL, k, "infinity");
    tern_free(x);
    tern_free(w);
}

Test(epilogue, norm_and_quantiser_in_one_equal_norm_and_then_quantiser) {
    for (size_t k = 1; k <= 130; k++) all_rows(k);
    all_rows(256);
    all_rows(691);
    all_rows(2560);
    all_rows(6912);
}

/* A matrix of random trits, and tokens, for one variant. */
struct fixture {
    const struct tern_variant *v;
    struct tern_proof proof;
    struct tern_matrix w[2];
    struct tern_tokens x;
    struct tern_call call[2];
    void *shared, *local;
    int32_t *block;
};

static void *packed(const struct tern_format *f, size_t m, size_t k) {
    int8_t *trits = tern_alloc(m * k);
    for (size_t i = 0; i < m * k; i++)
        trits[i] = (int8_t)(f->binary ? 2 * (int)tern_random_below(&seed, 2) - 1
                                      : (int)tern_random_below(&seed, 3) - 1);
    void *data = tern_alloc(f->bytes(m, k));
    f->pack(trits, m, k, 0, m, 1, data);
    tern_free(trits);
    return data;
}

static void make_tokens(struct tern_tokens *x, size_t n, size_t k) {
    const size_t stride = tern_token_stride(k);
    *x = (struct tern_tokens){.n = n, .k = k, .stride = stride, .fstride = stride};
    x->q = tern_alloc(n * stride);
    x->sum = tern_alloc(n * sizeof *x->sum);
    x->inv = tern_alloc(n * sizeof *x->inv);
    x->f = tern_alloc(n * stride * sizeof *x->f);
    for (size_t t = 0; t < n; t++) {
        float *f = x->f + t * stride;
        for (size_t i = 0; i < k; i++) f[i] = some(3);
        tern_quantise_reference(f, k, stride, x->q + t * stride, &x->sum[t], &x->inv[t]);
    }
}

static void bed_make(struct fixture *b, const struct tern_variant *v, size_t m, size_t k, size_t n) {
    memset(b, 0, sizeof *b);
    b->v = v;
    b->proof = tern_proof_of(v);
    make_tokens(&b->x, n, k);
    for (int i = 0; i < 2; i++) {
        b->w[i] = (struct tern_matrix){.format = v->format, .m = m, .k = k, .data = packed(v->format, m, k)};
        b->call[i] = (struct tern_call){.w = b->w[i], .x = &b->x, .ldy = m};
        tern_variant_defaults(v, b->call[i].param);
    }
    b->shared = tern_alloc(tern_proof_shared_bytes(&b->proof, &b->call[0]) + 64);
    b->local = tern_alloc(tern_proof_local_bytes(&b->proof, &b->call[0]) + 64);
    b->call[0].shared = b->call[1].shared = b->shared;
    tern_proof_prepare(&b->proof, &b->call[0], 0, 1);
}

static void bed_free(struct fixture *b) {
    for (int i = 0; i < 2; i++) tern_free((void *)(uintptr_t)b->w[i].data);
    tern_free(b->x.q);
    tern_free(b->x.sum);
    tern_free(b->x.inv);
    tern_free(b->x.f);
    tern_free(b->shared);
    tern_free(b->local);
    tern_free(b->block);
}

/* Rows [from, to) of matrix i, all tokens, in one call: [n][m]. */
static int32_t *in_one_call(const struct fixture *b, int i, size_t from, size_t to) {
    struct tern_call c = b->call[i];
    int32_t *y = tern_alloc(b->x.n * c.w.m * sizeof *y);
    c.y = y;
    tern_proof_run(&b->proof, &c, from, to, b->local);
    return y;
}

static float unit(const struct fixture *b, size_t t) {
    return b->v->act == TERN_ACT_F32 ? 1 : b->x.inv[t];
}

static void fused(struct fixture *b, const struct tern_epilogue *ep, int both, size_t bytes, size_t from,
                  size_t to) {
    const size_t cut = ep->pair ? 2 * ep->pair : b->v->row_step;
    const struct tern_epilogue_ops *ops = tern_epilogue_ops_for(tern_isa_detected());
    tern_free(b->block);
    b->block = tern_alloc(tern_fused_words(b->v, b->w[0].m, b->x.n, cut, 1 + (size_t)both, bytes) *
                          sizeof *b->block);
    const struct tern_fused f = {.ops = ops, .block = b->block, .block_bytes = bytes, .local = b->local};
    tern_proof_run_fused(&b->proof, &b->call[0], both ? &b->call[1] : NULL, ep, &f, from, to);
}

enum { GAP = 3 }; /* floats between the rows of a result, which must stay as they are */

static float *canvas(size_t n, size_t ld) {
    float *y = tern_alloc(n * ld * sizeof *y);
    for (size_t i = 0; i < n * ld; i++) y[i] = 7 + (float)(i % 13);
    return y;
}

static void expect(const float *want, const float *got, size_t count, const struct fixture *b,
                   const char *what) {
    for (size_t i = 0; i < count; i++) {
        cr_assert(isfinite(got[i]));
        if (b->v->act == TERN_ACT_F32) /* a float sum depends on the place of its row in a tile */
            cr_assert(le(flt, fabsf(want[i] - got[i]), 1e-3f + 1e-4f * fabsf(want[i])), "%s", b->v->name);
    }
    if (b->v->act == TERN_ACT_F32) return;
    cr_assert(memcmp(want, got, count * sizeof *want) == 0, "%s: %s, %zu tokens", b->v->name, what, b->x.n);
}

/* Scaled, or added, in three segments that begin anywhere. */
static void check_scale(struct fixture *b, enum tern_epilogue_kind kind, size_t bytes, size_t from,
                        size_t to) {
    const size_t m = b->w[0].m, n = b->x.n, ld = m + GAP;
    const size_t end[3] = {m / 2 + 1, m / 2 + 8, m};
    const struct tern_epilogue_ops *ops = tern_epilogue_ops_for(0);
    float *want = canvas(n, ld), *got = canvas(n, ld);
    struct tern_epilogue ep = {.kind = kind, .segments = 3, .ld = ld};
    int32_t *y = in_one_call(b, 0, from, to);
    for (size_t s = 0, first = 0; s < 3; first = end[s++]) {
        ep.segment[s] = (struct tern_segment){end[s], 0.5f + (float)s, got + first};
        for (size_t t = 0; t < n; t++) {
            const size_t a = tern_max(from, first), z = tern_min(to, end[s]);
            if (a >= z) continue;
            (kind == TERN_EPILOGUE_ADD ? ops->add : ops->scale)[b->v->act == TERN_ACT_F32](
                y + t * m + a, z - a, unit(b, t) * (0.5f + (float)s), want + t * ld + a);
        }
    }
    fused(b, &ep, 0, bytes, from, to);
    expect(want, got, n * ld, b, kind == TERN_EPILOGUE_ADD ? "added" : "scaled");
    tern_free(y);
    tern_free(want);
    tern_free(got);
}

/* Gate and up: two matrices. */
static void check_gates(struct fixture *b, enum tern_epilogue_kind kind, size_t bytes, size_t from,
                        size_t to) {
    const size_t m = b->w[0].m, n = b->x.n, ld = m + GAP;
    const struct tern_epilogue_ops *ops = tern_epilogue_ops_for(0);
    float *want = canvas(n, ld), *got = canvas(n, ld);
    const struct tern_epilogue ep = {
        .kind = kind, .segments = 1, .segment = {{m, 0.25f, got}}, .up_scale = 0.75f, .ld = ld};
    int32_t *g = in_one_call(b, 0, from, to), *u = in_one_call(b, 1, from, to);
    for (size_t t = 0; t < n; t++)
        (kind == TERN_EPILOGUE_SILU ? ops->silu : ops->relu2)[b->v->act == TERN_ACT_F32](
            g + t * m + from, unit(b, t) * 0.25f, u + t * m + from, unit(b, t) * 0.75f, to - from,
            want + t * ld + from);
    fused(b, &ep, 1, bytes, from, to);
    expect(want, got, n * ld, b, "gated");
    tern_free(g);
    tern_free(u);
    tern_free(want);
    tern_free(got);
}

/* Gate and up in one matrix, in pairs of `pair` rows; the last ones are shorter. */
static void check_pairs(struct fixture *b, size_t bytes, size_t workers, size_t w) {
    const size_t m = b->w[0].m, n = b->x.n, half = m / 2, ld = half + GAP, pair = 3 * b->v->row_step;
    const struct tern_epilogue_ops *ops = tern_epilogue_ops_for(0);
    float *want = canvas(n, ld), *got = canvas(n, ld);
    const struct tern_epilogue ep = {.kind = TERN_EPILOGUE_RELU2,
                                     .segments = 1,
                                     .segment = {{half, 0.25f, got}},
                                     .up_scale = 0.75f,
                                     .pair = pair,
                                     .ld = ld};
    const size_t blocks = (m + 2 * pair - 1) / (2 * pair);
    const size_t from = blocks * w / workers * 2 * pair,
                 to = tern_min(blocks * (w + 1) / workers * 2 * pair, m);
    int32_t *y = in_one_call(b, 0, 0, m);
    for (size_t t = 0; t < n; t++)
        for (size_t r = from / 2; r < to / 2; r++) {
            const size_t at = r / pair * pair, count = tern_min(pair, half - at);
            const int32_t *v = y + t * m + 2 * at + (r - at);
            ops->relu2[b->v->act == TERN_ACT_F32](v, unit(b, t) * 0.25f, v + count, unit(b, t) * 0.75f, 1,
                                                  want + t * ld + r);
        }
    fused(b, &ep, 0, bytes, from, to);
    expect(want, got, n * ld, b, "paired");
    tern_free(y);
    tern_free(want);
    tern_free(got);
}

/* Whole matrices, and ranges that begin in the middle, in blocks of every kind of size. */
static void check_all(const struct tern_variant *v, size_t m, size_t k, size_t n) {
    static const size_t bytes[] = {0, 1, 4000, SIZE_MAX};
    struct fixture b;
    bed_make(&b, v, m, k, n);
    for (size_t i = 0; i < 4; i++) {
        size_t from, to;
        tern_variant_share(v, m, i % 3, i == 3 ? 1 : 3, &from, &to);
        check_scale(&b, TERN_EPILOGUE_SCALE, bytes[i], from, to);
        check_scale(&b, TERN_EPILOGUE_ADD, bytes[i], from, to);
        check_gates(&b, TERN_EPILOGUE_RELU2, bytes[i], from, to);
        check_gates(&b, TERN_EPILOGUE_SILU, bytes[i], from, to);
        if (m % 2 == 0) check_pairs(&b, bytes[i], 3, i % 3);
    }
    bed_free(&b);
}

/* A K that the variant computes, or 0. */
static size_t some_k(const struct tern_variant *v, size_t m, size_t n) {
    static const size_t try[] = {200, 256, 384, 480, 768, 960, 1280};
    for (size_t i = 0; i < sizeof try / sizeof *try; i++)
        if (tern_variant_fits_signs(v, tern_isa_detected(), m, try[i], n, NULL)) return try[i];
    return 0;
}

Test(epilogue, blocks_and_epilogue_equal_one_call_and_then_the_epilogue_for_every_variant) {
    size_t count, checked = 0;
    const struct tern_variant *all = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        if (!(all[i].exact || all[i].act == TERN_ACT_F32) || all[i].rank < 0) continue;
        const size_t n = tern_max(all[i].n_min, tern_min(5, all[i].n_max)), m = i % 2 ? 331 : 334;
        const size_t k = some_k(&all[i], m, n);
        if (!k) continue;
        check_all(&all[i], m, k, n);
        checked++;
    }
    cr_assert(ge(sz, checked, 20));
}

Test(epilogue, any_number_of_tokens_is_cut_as_well) {
    static const size_t n[] = {1, 2, 3, 4, 6, 7, 8, 13, 31, 33, 64, 127, 130};
    for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
        const struct tern_variant *v =
            tern_variant_static(tern_isa_detected(), TERN_ACT_I8, NULL, 333, 256, n[i]);
        check_all(v, 333, 256, n[i]);
        check_all(tern_variant_static(0, TERN_ACT_I8, &tern_format_p64, 334, 200, n[i]), 334, 200, n[i]);
    }
}

Test(epilogue, a_block_holds_what_was_asked_for) {
    const struct tern_variant *v = tern_variant_named("gemm_p64_i8_r1k1__scalar");
    cr_assert(eq(sz, tern_fused_rows(v, 128, 64, 1, 0), 512));
    cr_assert(eq(sz, tern_fused_rows(v, 128, 64, 2, 0), 256));
    cr_assert(eq(sz, tern_fused_rows(v, 128, 80, 2, 0), 240));
    cr_assert(eq(sz, tern_fused_rows(v, 1024, 80, 2, 0), 80));
    cr_assert(eq(sz, tern_fused_rows(v, 128, 64, 1, 1), 64));
    cr_assert(eq(sz, tern_fused_rows(v, 128, 1, 1, 1), 16));
    cr_assert(eq(sz, tern_fused_words(v, 2560, 128, 64, 1, 0), 512 * 128));
    cr_assert(eq(sz, tern_fused_words(v, 300, 128, 64, 2, SIZE_MAX), 2 * 304 * 128));
    cr_assert(eq(sz, tern_fused_words(v, 300, 1, 64, 1, 0), 304));
    const struct tern_variant *tables = tern_variant_named("gemm_g4_i8_r1k4__scalar");
    cr_assert(eq(sz, tern_fused_rows(tables, 512, 64, 1, 0), 2048));
}
