/* Every architecture of the table, and models that mix dense layers in, against a forward pass in double
 * precision; the same bits for every number of threads, batch and ISA level. */
#define _GNU_SOURCE
#include "judge.h"
#include "reference.h"

#include "base/isa.h"
#include "base/memory.h"
#include "base/random.h"
#include "harness/text/embed.h"
#include "kernels/half.h"
#include "kernels/variant.h"
#include "models/arch.h"
#include "models/dense_pack.h"
#include "models/facts.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROMPT 20
#define MORE   6
/* An engine in f32 is some 1e-5 of a step away from exact activations, so it rounds as the judge does. */
#define MARGIN    2e-4
#define TOLERANCE 1e-3

/* A synthetic model whose norms are not all ones, and of which some layers are dense. */
struct patched {
    struct tern_model *m;
    void *owned[64];
    size_t count;
    struct tern_random random;
};

static void *own(struct patched *p, size_t bytes) {
    cr_assert(p->count < 64);
    return p->owned[p->count++] = tern_alloc(bytes);
}

static float uniform(struct patched *p, double from, double to) {
    return (float)(from + (to - from) * tern_random_unit(&p->random));
}

static void patch_norm(struct patched *p, struct tern_dense *d) {
    float *w = own(p, d->cols * sizeof *w);
    for (size_t i = 0; i < d->cols; i++) w[i] = uniform(p, 0.5, 1.5) * (i % 7 ? 1.0f : -1.0f);
    d->type = TERN_DENSE_F32;
    d->data = w;
}

static struct patched patch(const char *source) {
    struct patched p = {.m = open_model(source), .random = {11}};
    for (uint32_t i = 0; i < p.m->hp.layers; i++)
        for (enum tern_norm n = 0; n < TERN_NORMS; n++)
            if (tern_norm_length(&p.m->hp, n)) patch_norm(&p, tern_norm_of(&p.m->layer[i], n));
    patch_norm(&p, &p.m->output_norm);
    return p;
}

static void patch_free(struct patched *p) {
    for (size_t i = 0; i < p->count; i++) tern_free(p->owned[i]);
    tern_model_close(p->m);
}

static void put_row(struct patched *p, enum tern_dense_type type, const float *x, size_t k,
                    unsigned char *out) {
    if (type == TERN_DENSE_F32) memcpy(out, x, k * sizeof *x);
    for (size_t i = 0; type == TERN_DENSE_F16 && i < k; i++) {
        const uint16_t h = tern_f32_to_f16(x[i]);
        memcpy(out + 2 * i, &h, sizeof h);
    }
    for (size_t i = 0; type == TERN_DENSE_BF16 && i < k; i++)
        memcpy(out + 2 * i, (const char *)(x + i) + 2, 2);
    if (type == TERN_DENSE_Q8_0) tern_pack_q8(x, k, out);
    if (type == TERN_DENSE_Q6_K) tern_pack_q6_k(x, k, out);
    for (size_t i = 0; type == TERN_DENSE_Q4_0 && i < k; i += 32, out += 18) {
        const uint16_t h = tern_f32_to_f16(0.01f + 0.01f * (float)(i % 3));
        memcpy(out, &h, sizeof h);
        for (size_t b = 2; b < 18; b++) out[b] = (unsigned char)tern_random_next(&p->random);
    }
}

/* The layer becomes a dense one, of values near 1/sqrt(k). */
static void patch_linear(struct patched *p, uint32_t layer, enum tern_role r, enum tern_dense_type type) {
    struct tern_linear *l = tern_role_of(&p->m->layer[layer], r);
    const struct tern_dense d = {.type = type, .rows = l->m, .cols = l->k};
    const size_t row_bytes = (size_t)tern_dense_bytes(&d) / l->m;
    unsigned char *data = own(p, l->m * row_bytes);
    float *x = tern_alloc(l->k * sizeof *x);
    const double most = 1.7 / sqrt((double)l->k);
    for (size_t row = 0; row < l->m; row++) {
        for (size_t i = 0; i < l->k; i++) x[i] = uniform(p, -most, most);
        put_row(p, type, x, l->k, data + row * row_bytes);
    }
    tern_free(x);
    l->plain = 1;
    l->dense = type;
    l->data = data;
    l->scale = 1;
}

struct expected {
    int32_t ids[PROMPT], next[MORE];
    double *logits; /* [PROMPT][vocab] */
};

static size_t first_largest(const double *y, size_t n) {
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (y[i] > y[best]) best = i;
    return best;
}

static struct expected judged(const struct tern_model *m, enum tern_act act) {
    struct expected e;
    struct judge *j = judge_new(m, PROMPT + MORE, act);
    const size_t vocab = m->hp.vocab;
    double *y = tern_alloc(vocab * sizeof *y);
    e.logits = tern_alloc(PROMPT * vocab * sizeof *e.logits);
    judge_choose(j, PROMPT, MARGIN, e.ids);
    for (size_t p = 0; p < PROMPT; p++) judge_feed(j, e.ids[p], e.logits + p * vocab, NULL);
    memcpy(y, e.logits + (PROMPT - 1) * vocab, vocab * sizeof *y);
    for (size_t i = 0; i < MORE; i++) {
        e.next[i] = (int32_t)first_largest(y, vocab);
        judge_feed(j, e.next[i], y, NULL);
    }
    tern_free(y);
    judge_free(j);
    return e;
}

/* The engine's logits of the prompt, which must be the judge's, and its continuation. */
static float *agrees(const struct tern_model *m, const struct expected *want,
                     const struct tern_engine_options *o, const char *what) {
    const size_t vocab = m->hp.vocab;
    struct tern_engine *en = start(m, o);
    float *y = tern_alloc(PROMPT * vocab * sizeof *y), *last = tern_alloc(vocab * sizeof *last);
    struct tern_error e = {""};
    cr_assert(tern_engine_feed(en, want->ids, PROMPT, 1, y, &e) == TERN_OK, "%s", e.text);
    for (size_t i = 0; i < PROMPT * vocab; i++)
        cr_assert(lt(dbl, fabs((double)y[i] - want->logits[i]), TOLERANCE), "%s: position %zu", what,
                  i / vocab);
    memcpy(last, y + (PROMPT - 1) * vocab, vocab * sizeof *last);
    for (size_t i = 0; i < MORE; i++) {
        const int32_t id = tern_argmax(last, vocab);
        cr_assert(eq(i32, id, want->next[i]), "%s: token %zu", what, i);
        cr_assert(tern_engine_feed(en, &id, 1, 0, last, NULL) == TERN_OK);
    }
    tern_free(last);
    tern_engine_free(en);
    return y;
}

/* A token's products with every matrix of the model, merged or not, shared by K. */
static size_t all_by_k(const struct tern_hparams *hp, size_t threads, struct tern_wisdom_entry *e) {
    static const char name[] = "gemm_e80_i8_r1k1__scalar";
    const struct tern_variant *v = tern_variant_named(name);
    size_t m[TERN_ROLES + 2], k[TERN_ROLES + 2];
    for (enum tern_role r = 0; r < TERN_ROLES; r++) tern_role_shape(hp, r, &m[r], &k[r]);
    m[TERN_ROLES] = m[TERN_Q] + m[TERN_K] + m[TERN_V], k[TERN_ROLES] = k[TERN_Q];
    m[TERN_ROLES + 1] = m[TERN_GATE] + m[TERN_UP], k[TERN_ROLES + 1] = k[TERN_GATE];
    for (size_t i = 0; i < TERN_ROLES + 2; i++) {
        e[i] = (struct tern_wisdom_entry){
            .problem = {m[i], k[i], 1, threads, TERN_HOT}, .objective = "time", .median_ns = 1, .ratio = 1};
        snprintf(e[i].variant, sizeof e[i].variant, "%s", name);
        snprintf(e[i].base, sizeof e[i].base, "%s", name);
        snprintf(e[i].code, sizeof e[i].code, "%s", tern_variant_code_key(v));
        e[i].param[TERN_P_SPLIT] = TERN_SPLIT_K;
    }
    return TERN_ROLES + 2;
}

/* At every level, with different threads and batches, sharing rows and K: the judge's logits, and always the
 * same bits. */
static void agrees_everywhere(const struct tern_model *m, const char *what) {
    static const size_t ubatch[] = {1, 7, 32, 512, 3};
    size_t levels;
    const struct tern_isa_level *level = tern_isa_levels(&levels);
    const struct expected want = judged(m, TERN_ACT_I8);
    const size_t bytes = PROMPT * m->hp.vocab * sizeof(float);
    float *first = NULL;
    for (size_t i = 0, n = 0; i < levels; i++) {
        if (level[i].needs & ~tern_isa_detected()) continue;
        setenv("TERN_ISA", level[i].name, 1);
        for (size_t twice = 0; twice < 2; twice++, n++) {
            struct tern_wisdom_entry e[TERN_ROLES + 2];
            struct tern_wisdom w = {.entry = e, .count = all_by_k(&m->hp, 1 + n % 3, e)};
            const struct tern_engine_options o = {.threads = 1 + n % 3,
                                                  .wisdom = twice ? &w : NULL,
                                                  .threads_prefill = 1 + n / 3 % 3,
                                                  .ubatch = ubatch[n % 5],
                                                  .context = 64,
                                                  .kv = TERN_KV_F32,
                                                  .merge = (enum tern_merge)(n % 3)};
            float *y = agrees(m, &want, &o, what);
            if (first) cr_assert(memcmp(first, y, bytes) == 0, "%s: %s, run %zu", what, level[i].name, n);
            tern_free(first);
            first = y;
        }
    }
    unsetenv("TERN_ISA");
    tern_free(first);
    tern_free(want.logits);
}

static void open_none(void) {
    unsetenv("TERN_ISA");
    unsetenv("TERN_KERNEL");
}

TestSuite(graphs, .init = open_none);

/* The judge itself: its logits are those of the reference files. */
Test(graphs, the_judge_agrees_with_the_vectors) {
    struct reference r;
    reference_load(&r, data_folder(), "micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58");
    struct tern_model *m = open_model(r.path);
    struct judge *j = judge_new(m, r.count, TERN_ACT_I8);
    double *y = tern_alloc(r.vocab * sizeof *y), least = 1;
    for (size_t p = 0; p < r.count; p++) {
        const double margin = judge_feed(j, r.ids[p], y, NULL);
        if (p) least = fmin(least, margin);
        for (size_t i = 0; i < r.vocab; i++)
            cr_assert(lt(dbl, fabs(y[i] - (double)r.logits[p * r.vocab + i]), 1e-4), "position %zu", p);
    }
    cr_assert(gt(dbl, least, 3.6e-4)); /* as the vectors' README says */
    tern_free(y);
    judge_free(j);
    tern_model_close(m);
    reference_free(&r);
}

Test(graphs, the_judge_agrees_with_the_shared_vectors) {
    const char *folder = shared_folder();
    if (!*folder) cr_skip_test("no shared vectors (TERN_SHARED)");
    static const char *const name[][2] = {{"micro-llama.I2_S", "micro-llama"},
                                          {"micro-bitnet.scale.I2_S", "micro-bitnet"},
                                          {"wide-bitnet-b1.58.I2_S", "wide-bitnet-b1.58"}};
    for (size_t n = 0; n < 3; n++) {
        struct reference r;
        reference_load(&r, folder, name[n][0], name[n][1]);
        struct tern_model *m = open_model(r.path);
        struct judge *j = judge_new(m, r.count, TERN_ACT_I8);
        double *y = tern_alloc(r.vocab * sizeof *y);
        for (size_t p = 0; p < r.count; p++) {
            judge_feed(j, r.ids[p], y, NULL);
            for (size_t i = 0; i < r.vocab; i++)
                cr_assert(lt(dbl, fabs(y[i] - (double)r.logits[p * r.vocab + i]), 1e-4), "position %zu", p);
        }
        tern_free(y);
        judge_free(j);
        tern_model_close(m);
        reference_free(&r);
    }
}

Test(graphs, synthetic_models_of_each_kind) {
    static const char *const source[] = {"synth:micro", "synth:micro-llama", "synth:125m,layers=1,vocab=300"};
    for (size_t i = 0; i < 3; i++) {
        struct patched p = patch(source[i]);
        agrees_everywhere(p.m, source[i]);
        patch_free(&p);
    }
}

Test(graphs, norms_of_q_k_and_every_projection) {
    struct patched p = patch("synth:micro-qwen3");
    cr_assert(p.m->hp.qk_norms && p.m->hp.input_norms);
    agrees_everywhere(p.m, "qwen3");
    p.m->hp.input_norms = 0; /* Bonsai: those of q and k only */
    for (uint32_t i = 0; i < p.m->hp.layers; i++)
        for (enum tern_role r = 0; r < TERN_ROLES; r++)
            p.m->layer[i].input_norm[r] = (struct tern_dense){.type = TERN_DENSE_NONE};
    agrees_everywhere(p.m, "qwen3 without norms of the projections");
    patch_free(&p);
}

static const struct {
    uint32_t layer;
    enum tern_role role;
    enum tern_dense_type type;
} mixture[] = {{0, TERN_Q, TERN_DENSE_F16},    {0, TERN_GATE, TERN_DENSE_Q8_0}, {0, TERN_O, TERN_DENSE_Q4_0},
               {1, TERN_K, TERN_DENSE_BF16},   {1, TERN_V, TERN_DENSE_Q6_K},    {1, TERN_UP, TERN_DENSE_F32},
               {1, TERN_DOWN, TERN_DENSE_Q6_K}};

static struct patched mixed(const char *source) {
    struct patched p = patch(source);
    for (size_t i = 0; i < sizeof mixture / sizeof *mixture; i++)
        patch_linear(&p, mixture[i].layer, mixture[i].role, mixture[i].type);
    p.m->layer[0].q.scale = 0.75f; /* a factor beside it */
    return p;
}

Test(graphs, dense_layers_of_every_type_among_ternary_ones) {
    static const char *const source[] = {"synth:micro", "synth:micro-llama", "synth:micro-qwen3"};
    for (size_t i = 0; i < 3; i++) {
        struct patched p = mixed(source[i]);
        agrees_everywhere(p.m, source[i]);
        patch_free(&p);
    }
}

Test(graphs, rows_of_a_dense_q_in_the_order_of_a_checkpoint) {
    struct patched p = patch("synth:micro-llama");
    patch_linear(&p, 0, TERN_Q, TERN_DENSE_F16);
    p.m->layer[0].q.halves = p.m->hp.head_dim;
    agrees_everywhere(p.m, "halves");
    patch_free(&p);
}

Test(graphs, heads_of_which_only_a_part_is_rotated) {
    static const char *const source[] = {"synth:micro-llama", "synth:micro-qwen3"};
    for (size_t i = 0; i < 2; i++) {
        struct patched p = patch(source[i]);
        p.m->hp.rotary = p.m->hp.head_dim / 4;
        agrees_everywhere(p.m, source[i]);
        patch_free(&p);
    }
}

Test(graphs, a_model_of_dense_layers_alone) {
    struct patched p = patch("synth:micro-llama");
    for (uint32_t i = 0; i < 2; i++)
        for (enum tern_role r = 0; r < TERN_ROLES; r++) patch_linear(&p, i, r, TERN_DENSE_F16);
    agrees_everywhere(p.m, "dense");
    struct tern_engine *en = start(p.m, &(struct tern_engine_options){.threads = 2});
    struct tern_engine_facts f;
    tern_engine_facts(en, &f);
    cr_assert(eq(sz, f.planned, 0));
    cr_assert(eq(str, f.decode_plan, "dense rows (100 % of the weights)"));
    cr_assert(eq(dbl, (double)f.body_bytes, 2 * f.macs_per_token));
    tern_engine_free(en);
    patch_free(&p);
}

Test(graphs, facts_tell_the_dense_part) {
    struct patched p = mixed("synth:micro");
    struct tern_engine *en =
        start(p.m, &(struct tern_engine_options){.threads = 2, .merge = TERN_MERGE_ALWAYS});
    struct tern_engine_facts f;
    tern_engine_facts(en, &f);
    cr_assert(eq(sz, f.planned, 7));
    cr_assert(not(f.merged_qkv));
    cr_assert(not(f.merged_gate_up));
    cr_assert(strstr(f.prefill_plan, "dense rows (") != NULL, "%s", f.prefill_plan);
    tern_engine_free(en);
    patch_free(&p);
}

Test(graphs, activations_that_are_not_quantised) {
    struct patched p = mixed("synth:micro-qwen3");
    const struct expected want = judged(p.m, TERN_ACT_F32);
    for (size_t threads = 1; threads <= 2; threads++) {
        const struct tern_engine_options o = {
            .threads = threads, .ubatch = 1 + 6 * threads, .kv = TERN_KV_F32, .act = TERN_ACT_F32};
        tern_free(agrees(p.m, &want, &o, "f32"));
    }
    tern_free(want.logits);
    patch_free(&p);
}

Test(graphs, a_packed_cache_holds_the_dense_layers_too) {
    char folder[] = "/tmp/tern-test-XXXXXX", line[600];
    cr_assert(mkdtemp(folder) != NULL);
    struct patched p = mixed("synth:micro-llama");
    const struct expected want = judged(p.m, TERN_ACT_I8);
    const struct tern_engine_options o = {.threads = 2, .kv = TERN_KV_F32, .cache = folder, .quiet = 1};
    for (int second = 0; second < 2; second++) {
        struct tern_engine *en = start(p.m, &o);
        struct tern_engine_facts f;
        tern_engine_facts(en, &f);
        cr_assert(eq(int, f.from_cache, second));
        cr_assert(tern_engine_keep(en, NULL) == TERN_OK);
        tern_engine_free(en);
        tern_free(agrees(p.m, &want, &o, "cached"));
    }
    tern_free(want.logits);
    patch_free(&p);
    snprintf(line, sizeof line, "rm -r '%s'", folder);
    cr_assert(system(line) == 0);
}

Test(graphs, every_format_beside_dense_layers_and_norms) {
    struct patched p = mixed("synth:micro-qwen3");
    const struct expected want = judged(p.m, TERN_ACT_I8);
    const struct tern_variant *v[64];
    const size_t n = one_per_format(v, 64);
    float *first = NULL;
    for (size_t i = 0; i < n; i++) {
        setenv("TERN_KERNEL", v[i]->name, 1);
        const struct tern_engine_options o = {
            .threads = 1 + i % 3, .kv = TERN_KV_F32, .ubatch = i % 2 ? 7 : 128};
        float *y = agrees(p.m, &want, &o, v[i]->name);
        if (first) cr_assert(memcmp(first, y, PROMPT * p.m->hp.vocab * sizeof *y) == 0, "%s", v[i]->name);
        tern_free(first);
        first = y;
    }
    tern_free(first);
    tern_free(want.logits);
    patch_free(&p);
}

/* Vectors of texts, of the model that is made for them. */
Test(graphs, an_embedding_is_the_judges) {
    struct patched p = patch("synth:micro-qwen3");
    const size_t hidden = p.m->hp.hidden;
    struct judge *j = judge_new(p.m, PROMPT, TERN_ACT_I8);
    int32_t ids[PROMPT];
    double *each = tern_alloc(hidden * sizeof *each), *mean = tern_alloc(hidden * sizeof *mean);
    judge_choose(j, PROMPT, MARGIN, ids);
    for (size_t t = 0; t < PROMPT; t++) {
        judge_feed(j, ids[t], NULL, each);
        for (size_t i = 0; i < hidden; i++) mean[i] += each[i] / PROMPT;
    }
    struct tern_engine *en =
        start(p.m, &(struct tern_engine_options){.threads = 2, .ubatch = 7, .kv = TERN_KV_F32});
    float *out = tern_alloc(hidden * sizeof *out);
    cr_assert(tern_embed(en, ids, PROMPT, p.m->hp.pooling, 0, out, NULL) == TERN_OK);
    for (size_t i = 0; i < hidden; i++) cr_assert(lt(dbl, fabs((double)out[i] - each[i]), TOLERANCE));
    cr_assert(tern_embed(en, ids, PROMPT, TERN_POOL_MEAN, 0, out, NULL) == TERN_OK);
    for (size_t i = 0; i < hidden; i++) cr_assert(lt(dbl, fabs((double)out[i] - mean[i]), TOLERANCE));
    tern_free(out);
    tern_free(each);
    tern_free(mean);
    tern_engine_free(en);
    judge_free(j);
    patch_free(&p);
}
