/* How a layer is cut: what is packed together, who computes which rows, how often the workers meet. None of
 * it may change a bit of the logits. */
#define _GNU_SOURCE
#include "reference.h"

#include "base/isa.h"
#include "base/memory.h"
#include "kernels/split.h"
#include "measure/machine/machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE 1e-3

static struct reference own;
static struct tern_model *model;
static float *expected; /* the default engine's, one thread */

static void open_own(void) {
    unsetenv("TERN_ISA");
    unsetenv("TERN_KERNEL");
    reference_load(&own, data_folder(), "micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58");
    model = open_model(own.path);
    struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 1, .kv = TERN_KV_F32});
    expected = prompt_logits(en, &own);
    tern_engine_free(en);
}

static void close_own(void) {
    tern_free(expected);
    tern_model_close(model);
    reference_free(&own);
}

TestSuite(engine_layers, .init = open_own, .fini = close_own);

static void same_logits(const struct tern_engine_options *o, const char *what) {
    struct tern_engine *en = start(model, o);
    float *y = prompt_logits(en, &own);
    cr_assert(memcmp(expected, y, own.count * own.vocab * sizeof *y) == 0, "%s, %zu threads", what,
              o->threads);
    tern_engine_rewind(en, own.count - 3); /* and token by token */
    float *one = tern_alloc(own.vocab * sizeof *one);
    for (size_t i = own.count - 3; i < own.count; i++) {
        cr_assert(tern_engine_feed(en, own.ids + i, 1, 0, one, NULL) == TERN_OK);
        cr_assert(memcmp(expected + i * own.vocab, one, own.vocab * sizeof *one) == 0, "%s, token %zu", what,
                  i);
    }
    tern_free(one);
    tern_free(y);
    tern_engine_free(en);
}

static size_t barriers(const struct tern_engine *en) {
    struct tern_engine_facts f;
    tern_engine_facts(en, &f);
    return f.barriers;
}

/* Beside the layers: one after the embedding, one at the end of the step. */
static void meets_four_times(const struct tern_engine_options *o, const char *what) {
    struct tern_engine *en = start(model, o);
    float *y = prompt_logits(en, &own);
    for (size_t i = 0; i < 4; i++) {
        const size_t before = barriers(en);
        cr_assert(tern_engine_feed(en, own.ids + i, 1, 0, NULL, NULL) == TERN_OK);
        cr_assert(eq(sz, barriers(en) - before, 2 + 4 * model->hp.layers), "%s, %zu threads", what,
                  o->threads);
    }
    tern_free(y);
    tern_engine_free(en);
}

Test(engine_layers, a_decoded_token_meets_four_barriers_per_layer) {
    for (size_t threads = 1; threads <= 3; threads++) {
        for (int merge = TERN_MERGE_AUTO; merge <= TERN_MERGE_ALWAYS; merge++) {
            const struct tern_engine_options o = {.threads = threads, .merge = (enum tern_merge)merge};
            meets_four_times(&o, "default");
        }
    }
}

Test(engine_layers, keys_of_a_shared_head_are_made_twice_only_while_that_is_cheap) {
    struct tern_model *m = open_model("synth:2b-4t,layers=1,vocab=64"); /* 20 heads, 5 of keys and values */
    take_unsplit();
    for (size_t threads = 1; threads <= 3; threads++) {
        struct tern_engine *en =
            start(m, &(struct tern_engine_options){.threads = threads, .context = 8, .ubatch = 4});
        const int32_t id = 5;
        const size_t before = barriers(en);
        cr_assert(tern_engine_feed(en, &id, 1, 0, NULL, NULL) == TERN_OK);
        cr_assert(eq(sz, barriers(en) - before, 2 + (threads < 3 ? 4 : 5)), "%zu threads", threads);
        tern_engine_free(en);
    }
    tern_model_close(m);
}

Test(engine_layers, merging_and_threads_change_no_bit_whatever_the_format) {
    const struct tern_variant *v[64];
    const size_t n = one_per_format(v, 64);
    cr_assert(ge(sz, n, 10));
    for (size_t i = 0; i < n; i++) {
        setenv("TERN_KERNEL", v[i]->name, 1);
        const size_t threads = 1 + i % 3;
        const struct tern_engine_options o = {.threads = threads,
                                              .kv = TERN_KV_F32,
                                              .ubatch = i % 2 ? 7 : 128,
                                              .merge = i % 4 == 3 ? TERN_MERGE_NEVER : TERN_MERGE_ALWAYS};
        same_logits(&o, v[i]->name);
        meets_four_times(&o, v[i]->name);
    }
}

Test(engine_layers, a_file_of_another_row_step_is_merged_too) {
    const char *folder = shared_folder();
    if (!*folder) cr_skip_test("no shared vectors (TERN_SHARED)");
    static const char *const name[] = {"micro-bitnet-b1.58.TQ2_0", "micro-bitnet-b1.58.F16"};
    for (size_t i = 0; i < 2; i++) {
        struct reference r;
        reference_load(&r, folder, name[i], "micro-bitnet-b1.58");
        struct tern_model *m = open_model(r.path);
        struct tern_engine *en = start(
            m, &(struct tern_engine_options){.threads = 2, .kv = TERN_KV_F32, .merge = TERN_MERGE_ALWAYS});
        float *y = prompt_logits(en, &r);
        cr_assert(lt(dbl, largest_difference(y, r.logits, r.count * r.vocab), TOLERANCE), "%s", name[i]);
        tern_free(y);
        tern_engine_free(en);
        tern_model_close(m);
        reference_free(&r);
    }
}

Test(engine_layers, prefill_has_threads_of_its_own) {
    for (size_t decode = 1; decode <= 3; decode++) {
        for (size_t prefill = 1; prefill <= 3; prefill++) {
            const struct tern_engine_options o = {
                .threads = decode, .threads_prefill = prefill, .kv = TERN_KV_F32, .ubatch = 20};
            same_logits(&o, "own threads");
        }
    }
    struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 1, .threads_prefill = 3});
    struct tern_engine_facts f;
    tern_engine_facts(en, &f);
    cr_assert(eq(sz, f.threads, 1));
    cr_assert(eq(sz, f.threads_prefill, 3));
    tern_engine_free(en);
}

static struct tern_wisdom_entry entry(size_t m, size_t k, size_t n, size_t threads, const char *variant,
                                      double ns) {
    const struct tern_variant *v = tern_variant_named(variant);
    struct tern_wisdom_entry en = {.problem = {m, k, n, threads, TERN_HOT},
                                   .objective = "time",
                                   .median_ns = ns,
                                   .ratio = 1,
                                   .complete = 1};
    snprintf(en.variant, sizeof en.variant, "%s", variant);
    snprintf(en.base, sizeof en.base, "%s", variant);
    snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(v));
    tern_variant_defaults(v, en.param);
    return en;
}

static struct tern_engine_facts facts_with(struct tern_wisdom *w, struct tern_engine_options o) {
    struct tern_engine_facts f;
    o.wisdom = w;
    struct tern_engine *en = start(model, &o);
    tern_engine_facts(en, &f);
    tern_engine_free(en);
    return f;
}

#define GEMV "gemm_p64_i8_r1k1__scalar"
#define E80  "gemm_e80_i8_r1k1__scalar"

Test(engine_layers, wisdom_decides_what_is_merged) {
    /* q, k and v are 256, 128, 128 x 256; gate and up 768 x 256 */
    struct tern_wisdom_entry e[] = {entry(256, 256, 1, 1, GEMV, 200), entry(128, 256, 1, 1, GEMV, 100),
                                    entry(512, 256, 1, 1, GEMV, 399), entry(768, 256, 1, 1, GEMV, 500),
                                    entry(1536, 256, 1, 1, GEMV, 1001)};
    struct tern_wisdom w = {.entry = e, .count = 5};
    const struct tern_engine_options o = {.threads = 1};
    struct tern_engine_facts f = facts_with(&w, o);
    cr_assert(f.merged_qkv);
    cr_assert(not(f.merged_gate_up));
    cr_assert(eq(sz, f.planned, 14));
    e[2].median_ns = 401;
    e[4].median_ns = 999;
    f = facts_with(&w, o);
    cr_assert(not(f.merged_qkv));
    cr_assert(f.merged_gate_up);
    for (size_t i = 0; i < 5; i++)
        e[i].ci_lo_ns = 0.99 * e[i].median_ns, e[i].ci_hi_ns = 1.01 * e[i].median_ns;
    f = facts_with(&w, o); /* the intervals overlap: as without wisdom */
    cr_assert(not(f.merged_qkv));
    cr_assert(not(f.merged_gate_up));
    w.count = 2; /* the merged shapes are not measured, one thread: nothing to gain */
    f = facts_with(&w, o);
    cr_assert(not(f.merged_qkv));
    cr_assert(not(f.merged_gate_up));
}

Test(engine_layers, without_wisdom_rows_that_divide_badly_are_merged) {
    setenv("TERN_KERNEL", "gemm_e80_i8_r80k4n4__avx512vbmi", 1);
    const struct tern_variant *v = tern_variant_named("gemm_e80_i8_r80k4n4__avx512vbmi");
    if (!v || (v->isa & tern_isa_detected()) != v->isa) {
        setenv("TERN_KERNEL", "gemm_p64_i8_r16k4n6_tile__avx2", 1);
        v = tern_variant_named("gemm_p64_i8_r16k4n6_tile__avx2");
        if (!v || (v->isa & tern_isa_detected()) != v->isa) cr_skip_test("no kernel with a row step here");
    }
    /* three workers: 256 rows of q are 4 panels, 128 of k and of v 2 each: the widest has 2 + 1 + 1 of them,
     * of 512 rows together 3 of 8 (or of 7 panels of 80) */
    struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 3});
    struct tern_engine_facts f;
    tern_engine_facts(en, &f);
    cr_assert(f.merged_qkv);
    tern_engine_free(en);
}

Test(engine_layers, wisdom_plans_every_bucket_of_small_batches) {
    static const char *const name[] = {GEMV, "gemm_p64_i8_r16k4n6_tile__avx2",
                                       "gemm_p64_i8_r64k4n6__avx512vnni"};
    for (size_t i = 0; i < 3; i++) {
        const struct tern_variant *v = tern_variant_named(name[i]);
        if (!v || (v->isa & tern_isa_detected()) != v->isa) cr_skip_test("this processor lacks a kernel");
    }
    static const size_t shape[][2] = {{256, 256}, {128, 256}, {768, 256}, {256, 768}};
    struct tern_wisdom_entry e[16];
    size_t count = 0;
    for (size_t s = 0; s < 4; s++) {
        e[count++] = entry(shape[s][0], shape[s][1], 1, 1, GEMV, 1000);
        e[count++] = entry(shape[s][0], shape[s][1], 2, 1, name[1], 1000);
        e[count++] = entry(shape[s][0], shape[s][1], 4, 1, name[2], 1000);
        e[count++] = entry(shape[s][0], shape[s][1], 8, 1, name[0], 1000);
    }
    struct tern_wisdom w = {.entry = e, .count = count};
    static const size_t ubatch[] = {2, 3, 4, 7, 8}, expect[] = {1, 1, 2, 2, 0};
    for (size_t i = 0; i < 5; i++) {
        const struct tern_engine_facts f =
            facts_with(&w, (struct tern_engine_options){.threads = 1, .ubatch = ubatch[i]});
        cr_assert(strstr(f.prefill_plan, name[expect[i]]) != NULL, "ubatch %zu: %s", ubatch[i],
                  f.prefill_plan);
    }
    same_logits(&(struct tern_engine_options){.threads = 1, .kv = TERN_KV_F32, .ubatch = 8, .wisdom = &w},
                "small batches");
}

/* Every shape of the model, merged or not, with K split among the workers of a decoded token. */
static size_t all_by_k(struct tern_wisdom_entry *e, const char *variant, size_t threads) {
    static const size_t shape[][2] = {{256, 256}, {128, 256},  {512, 256},
                                      {768, 256}, {1536, 256}, {256, 768}};
    for (size_t i = 0; i < 6; i++) {
        e[i] = entry(shape[i][0], shape[i][1], 1, threads, variant, 1000);
        e[i].param[TERN_P_SPLIT] = TERN_SPLIT_K;
    }
    return 6;
}

Test(engine_layers, splitting_k_changes_no_bit_whatever_the_format) {
    const struct tern_variant *v[64];
    const size_t n = one_per_format(v, 64);
    size_t split = 0;
    for (size_t i = 0; i < n; i++) {
        struct tern_wisdom_entry e[6];
        if (!tern_variant_splits(v[i], 128, 256, NULL)) continue;
        const size_t threads = 2 + split++ % 3;
        struct tern_wisdom w = {.entry = e, .count = all_by_k(e, v[i]->name, threads)};
        const struct tern_engine_options o = {.threads = threads,
                                              .threads_prefill = 1 + split % 4,
                                              .kv = TERN_KV_F32,
                                              .ubatch = split % 2 ? 7 : 1,
                                              .merge = split % 3 ? TERN_MERGE_NEVER : TERN_MERGE_ALWAYS,
                                              .wisdom = &w};
        const struct tern_engine_facts f = facts_with(&w, o);
        cr_assert(strstr(f.decode_plan, "split=k") != NULL, "%s: %s", v[i]->name, f.decode_plan);
        cr_assert(eq(sz, f.from_wisdom, f.planned));
        same_logits(&o, v[i]->name);
    }
    cr_assert(ge(sz, split, 5));
}

/* All shapes at two thread counts, decode and prefill. */
static size_t at_two_counts(struct tern_wisdom_entry *e, size_t all, double decode, double prefill) {
    static const size_t shape[][2] = {{256, 256}, {128, 256}, {768, 256}, {256, 768}};
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        e[n++] = entry(shape[i][0], shape[i][1], 1, all, GEMV, 1000);
        e[n++] = entry(shape[i][0], shape[i][1], 128, all, GEMV, 64000);
        e[n++] = entry(shape[i][0], shape[i][1], 1, 1, GEMV, decode * 1000);
        e[n++] = entry(shape[i][0], shape[i][1], 128, 1, GEMV, prefill * 64000);
    }
    for (size_t i = 0; i < n; i++) e[i].ci_lo_ns = e[i].ci_hi_ns = e[i].median_ns;
    return n;
}

Test(engine_layers, without_a_thread_count_wisdom_tells_the_best_for_a_token_and_for_a_prompt) {
    const struct tern_machine *machine;
    struct tern_wisdom_entry e[16];
    cr_assert(eq(int, tern_machine_get(&machine, NULL), TERN_OK));
    const size_t all = machine->cpus;
    if (all < 2) cr_skip_test("one processor");
    struct tern_wisdom w = {.entry = e, .count = at_two_counts(e, all, 0.5, 1.5)};
    struct tern_engine_facts f = facts_with(&w, (struct tern_engine_options){.threads = 0});
    cr_assert(eq(sz, f.threads, 1));
    cr_assert(eq(sz, f.threads_prefill, all));
    cr_assert(f.threads_by_wisdom && !f.threads_prefill_by_wisdom);
    at_two_counts(e, all, 1.5, 0.5);
    f = facts_with(&w, (struct tern_engine_options){.threads = 0});
    cr_assert(eq(sz, f.threads, all));
    cr_assert(eq(sz, f.threads_prefill, 1));
    f = facts_with(&w, (struct tern_engine_options){.threads = 2});
    cr_assert(f.threads == 2 && f.threads_prefill == 2, "who asks for a count gets it");
    f = facts_with(NULL, (struct tern_engine_options){.threads = 0});
    cr_assert(f.threads == all && f.threads_prefill == all);
}

Test(engine_layers, wisdom_that_splits_what_cannot_be_split_decides_nothing) {
    struct tern_wisdom_entry e[6];
    struct tern_wisdom w = {.entry = e, .count = all_by_k(e, "gemm_i2s_i8_r1k1__scalar", 2)};
    cr_assert(eq(sz, facts_with(&w, (struct tern_engine_options){.threads = 2}).from_wisdom, 0));
}

Test(engine_layers, the_format_is_what_decode_and_prefill_want_together) {
    static const size_t shape[][2] = {{256, 256}, {128, 256}, {768, 256}, {256, 768}};
    struct tern_wisdom_entry e[8];
    for (size_t s = 0; s < 4; s++) {
        e[2 * s] = entry(shape[s][0], shape[s][1], 1, 1, GEMV, 1000);
        snprintf(e[2 * s].base, sizeof e->base, "%s", E80); /* decode in e80: 1100 ns */
        e[2 * s].ratio = 1000 / 1100.0;
        e[2 * s + 1] = entry(shape[s][0], shape[s][1], 128, 1, E80, 12800);
        snprintf(e[2 * s + 1].base, sizeof e->base, "%s", GEMV); /* prefill in p64: 300 ns per token */
        e[2 * s + 1].ratio = 100 / 300.0;
    }
    struct tern_wisdom w = {.entry = e, .count = 8};
    const struct tern_engine_options o = {.threads = 1, .ubatch = 128};
    struct tern_engine_facts f = facts_with(&w, o); /* 1000 + 300 against 1100 + 100 */
    cr_assert(strstr(f.decode_plan, "e80") != NULL, "%s", f.decode_plan);
    cr_assert(strstr(f.prefill_plan, E80) != NULL, "%s", f.prefill_plan);
    for (size_t s = 0; s < 4; s++) e[2 * s].ratio = 1000 / 1250.0; /* against 1250 + 100 */
    f = facts_with(&w, o);
    cr_assert(strstr(f.decode_plan, GEMV) != NULL, "%s", f.decode_plan);
    cr_assert(strstr(f.prefill_plan, "p64") != NULL, "%s", f.prefill_plan);
    for (size_t s = 0; s < 4; s++) e[2 * s].base[0] = 0; /* not known: decode comes first */
    f = facts_with(&w, o);
    cr_assert(strstr(f.decode_plan, GEMV) != NULL, "%s", f.decode_plan);
}

Test(engine_layers, activations_that_are_not_quantised_give_the_logits_of_the_other_reference) {
    const char *folder = shared_folder();
    if (!*folder) cr_skip_test("no shared vectors (TERN_SHARED)");
    static const char *const name[][2] = {{"micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58"},
                                          {"micro-bitnet-b1.58.F16", "micro-bitnet-b1.58"},
                                          {"micro-llama.I2_S", "micro-llama"},
                                          {"micro-bitnet.I2_S", "micro-bitnet"}};
    for (size_t i = 0; i < 4; i++) {
        struct reference r;
        char path[1024];
        reference_load(&r, folder, name[i][0], name[i][1]);
        snprintf(path, sizeof path, "%s/%s.a32.logits.f32", folder, name[i][1]);
        FILE *f = fopen(path, "rb");
        cr_assert(f != NULL, "%s", path);
        cr_assert(eq(sz, fread(r.logits, sizeof *r.logits, r.count * r.vocab, f), r.count * r.vocab));
        fclose(f);
        struct tern_model *m = open_model(r.path);
        for (int level = 0; level < 3; level++) {
            static const char *const isa[] = {"scalar", "avx2", "avx512bw"};
            setenv("TERN_ISA", isa[level], 1);
            const struct tern_engine_options o = {.threads = 1 + (size_t)level,
                                                  .kv = TERN_KV_F32,
                                                  .ubatch = level ? 7 : 128,
                                                  .act = TERN_ACT_F32,
                                                  .merge = level == 1 ? TERN_MERGE_ALWAYS : TERN_MERGE_AUTO};
            struct tern_engine *en = start(m, &o);
            struct tern_engine_facts facts;
            tern_engine_facts(en, &facts);
            cr_assert(strstr(facts.decode_plan, "planes_f32") != NULL, "%s", facts.decode_plan);
            float *y = prompt_logits(en, &r);
            const double off = largest_difference(y, r.logits, r.count * r.vocab);
            cr_assert(lt(dbl, off, TOLERANCE), "%s at %s", name[i][0], isa[level]);
            tern_free(y);
            tern_engine_free(en);
        }
        tern_model_close(m);
        reference_free(&r);
    }
}

Test(engine_layers, a_shifted_context_is_a_fresh_one_of_what_is_left) {
    struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 2, .context = 40});
    float *a = tern_alloc(own.vocab * sizeof *a), *b = tern_alloc(own.vocab * sizeof *b);
    cr_assert(tern_engine_feed(en, own.ids, 40, 0, NULL, NULL) == TERN_OK);
    cr_assert(tern_engine_shift(en, 5, NULL) == TERN_OK);
    cr_assert(eq(sz, tern_engine_position(en), 22)); /* 5, and 17 of the other 35 */
    cr_assert(tern_engine_feed(en, own.ids + 40, 1, 0, a, NULL) == TERN_OK);
    tern_engine_rewind(en, 0);
    cr_assert(tern_engine_feed(en, own.ids, 5, 0, NULL, NULL) == TERN_OK);
    cr_assert(tern_engine_feed(en, own.ids + 23, 17, 0, NULL, NULL) == TERN_OK);
    cr_assert(tern_engine_feed(en, own.ids + 40, 1, 0, b, NULL) == TERN_OK);
    cr_assert(memcmp(a, b, own.vocab * sizeof *a) == 0);
    struct tern_error e = {""};
    cr_assert(tern_engine_shift(en, tern_engine_position(en), &e) == TERN_BAD_INPUT);
    cr_assert(strstr(e.text, "nothing to drop") != NULL, "%s", e.text);
    tern_free(a);
    tern_free(b);
    tern_engine_free(en);
}
