#define _GNU_SOURCE
#include "reference.h"

#include "base/isa.h"
#include "base/memory.h"
#include "kernels/variant.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LEVELS 32
#define TOLERANCE  1e-3 /* the activations are chosen so that a right engine gets the same int8 everywhere */

static void continues_greedily(struct tern_engine *en, const struct reference *r, const float *last) {
    float *y = tern_alloc(r->vocab * sizeof *y);
    memcpy(y, last, r->vocab * sizeof *y);
    for (size_t i = 0; i < r->greedy_count; i++) {
        const int32_t id = tern_argmax(y, r->vocab);
        cr_assert(eq(i32, id, r->greedy[i]), "token %zu", i);
        cr_assert(tern_engine_feed(en, &id, 1, 0, y, NULL) == TERN_OK);
    }
    tern_free(y);
}

/* Wisdom that wants another format than the static ranking, for one token and for 32, for the shapes of the
 * model with these threads. */
#define ADVISED "gemm_e80_i8_r1k1__scalar"
#define ADVICE  32

static struct tern_wisdom advice(const struct tern_model *m, size_t threads, struct tern_wisdom_entry *e) {
    struct tern_shape shape[ADVICE / 2];
    const size_t shapes = tern_model_shapes(&m->hp, shape, ADVICE / 2);
    const struct tern_variant *v = tern_variant_named(ADVISED);
    for (size_t i = 0; i < 2 * shapes; i++) {
        e[i] = (struct tern_wisdom_entry){
            .problem = {shape[i / 2].m, shape[i / 2].k, i % 2 ? 32 : 1, threads, TERN_HOT},
            .objective = "time",
            .median_ns = 100,
            .ratio = 1,
            .complete = 1};
        snprintf(e[i].variant, sizeof e->variant, "%s", ADVISED);
        snprintf(e[i].base, sizeof e->base, "%s", ADVISED);
        snprintf(e[i].code, sizeof e->code, "%s", tern_variant_code_key(v));
        tern_variant_defaults(v, e[i].param);
    }
    return (struct tern_wisdom){.entry = e, .count = 2 * shapes};
}

/* The logits of the prompt, fed at once or in pieces of 1, 2, 4, ... tokens. */
static float *logits_in_pieces(struct tern_engine *en, const struct reference *r, int many) {
    if (!many) return prompt_logits(en, r);
    float *y = tern_alloc(r->count * r->vocab * sizeof *y);
    for (size_t at = 0, n = 1; at < r->count; at += n, n *= 2) {
        if (n > r->count - at) n = r->count - at;
        cr_assert(tern_engine_feed(en, r->ids + at, n, 1, y + at * r->vocab, NULL) == TERN_OK);
    }
    return y;
}

/* One vector: logits at every position for each ubatch and thread count, with and without wisdom, with the
 * cache filled in one or many pieces: bit for bit the same, and the greedy ids. Not `all`: a third of the
 * combinations, with each value in one of them. */
static void agrees(const char *folder, const char *model, const char *name, int all) {
    static const size_t ubatch[] = {1, 7, 32, 512}, few[] = {0, 5, 7, 10};
    struct reference r;
    reference_load(&r, folder, model, name);
    struct tern_model *m = open_model(r.path);
    float *first = NULL;
    for (size_t n = 0; n < (all ? 12 : 4); n++) {
        const size_t i = all ? n : few[n];
        struct tern_wisdom_entry entry[ADVICE];
        const size_t threads = 1 + i % 3;
        const int advised = i % 4 == 1 || i % 4 == 2;
        const struct tern_wisdom w = advice(m, threads, entry);
        const struct tern_engine_options o = {.threads = threads,
                                              .context = 600,
                                              .ubatch = ubatch[i / 3],
                                              .kv = TERN_KV_F32,
                                              .wisdom = advised ? &w : NULL};
        struct tern_engine *en = start(m, &o);
        struct tern_engine_facts f;
        tern_engine_facts(en, &f);
        cr_assert(eq(int, f.from_wisdom > 0, advised));
        float *y = logits_in_pieces(en, &r, i % 2);
        cr_assert(lt(dbl, largest_difference(y, r.logits, r.count * r.vocab), TOLERANCE), "%s", model);
        if (first) cr_assert(memcmp(first, y, r.count * r.vocab * sizeof *y) == 0, "%s run %zu", model, i);
        if (i % 5 == 0) continues_greedily(en, &r, y + (r.count - 1) * r.vocab);
        tern_engine_free(en);
        if (first)
            tern_free(y);
        else
            first = y;
    }
    tern_free(first);
    tern_model_close(m);
    reference_free(&r);
}

/* The levels of this architecture that this processor has. */
static size_t levels_here(struct tern_isa_level *out, size_t most) {
    size_t count, n = 0;
    const struct tern_isa_level *all = tern_isa_levels(&count);
    for (size_t i = 0; i < count && n < most; i++)
        if ((all[i].needs & ~tern_isa_detected()) == 0) out[n++] = all[i];
    return n;
}

static struct criterion_test_params every_level(void) {
    static size_t index[MAX_LEVELS]; /* pointers do not survive the way into the test's process */
    struct tern_isa_level level[MAX_LEVELS];
    for (size_t i = 0; i < MAX_LEVELS; i++) index[i] = i;
    return cr_make_param_array(size_t, index, levels_here(level, MAX_LEVELS));
}

static void use_level(size_t index) {
    struct tern_isa_level level[MAX_LEVELS];
    cr_assert(index < levels_here(level, MAX_LEVELS));
    setenv("TERN_ISA", level[index].name, 1);
    unsetenv("TERN_KERNEL");
}

ParameterizedTestParameters(engine, gives_the_reference_logits_of_its_own_vectors) {
    return every_level();
}

ParameterizedTest(size_t *l, engine, gives_the_reference_logits_of_its_own_vectors) {
    use_level(*l);
    agrees(data_folder(), "micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58", 1);
    agrees(data_folder(), "micro-bitnet-b1.58.I2_S-embd-Q6_K", "micro-bitnet-b1.58.I2_S-embd-Q6_K", 0);
    agrees(data_folder(), "micro-bitnet-b1.58.I2_S-embd-Q8_0", "micro-bitnet-b1.58.I2_S-embd-Q8_0", 0);
}

ParameterizedTestParameters(engine, gives_the_reference_logits_of_the_shared_vectors) {
    return every_level();
}

ParameterizedTest(size_t *l, engine, gives_the_reference_logits_of_the_shared_vectors) {
    const char *folder = shared_folder();
    if (!*folder) cr_skip_test("no shared vectors (TERN_SHARED)");
    use_level(*l);
    agrees(folder, "micro-bitnet-b1.58.TQ2_0", "micro-bitnet-b1.58", 0);
    agrees(folder, "micro-bitnet-b1.58.F16", "micro-bitnet-b1.58", 0);
    agrees(folder, "micro-llama.I2_S", "micro-llama", 0);
    agrees(folder, "micro-bitnet.I2_S", "micro-bitnet", 0);
    agrees(folder, "micro-bitnet.scale.I2_S", "micro-bitnet", 0);
    agrees(folder, "wide-bitnet-b1.58.I2_S", "wide-bitnet-b1.58", 0);
}

static struct reference own;
static struct tern_model *model;

static void open_own(void) {
    unsetenv("TERN_ISA");
    unsetenv("TERN_KERNEL");
    reference_load(&own, data_folder(), "micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58");
    model = open_model(own.path);
}

static void close_own(void) {
    tern_model_close(model);
    reference_free(&own);
}

TestSuite(engine_use, .init = open_own, .fini = close_own);

Test(engine_use, says_the_same_greedy_ids_with_an_f16_cache) {
    struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 2, .kv = TERN_KV_F16});
    float *y = prompt_logits(en, &own);
    continues_greedily(en, &own, y + (own.count - 1) * own.vocab);
    tern_free(y);
    tern_engine_free(en);
}

/* The drift of a q8 cache is reported, and the same whatever the threads and the split. */
Test(engine_use, says_the_same_greedy_ids_with_a_q8_cache) {
    float *first = NULL;
    for (size_t threads = 1; threads <= 3; threads++) {
        struct tern_engine *en = start(
            model,
            &(struct tern_engine_options){.threads = threads, .kv = TERN_KV_Q8, .ubatch = 1 + 10 * threads});
        float *y = prompt_logits(en, &own);
        const double drift = largest_difference(y, own.logits, own.count * own.vocab);
        cr_assert(drift > 1e-3 && drift < 3, "%g", drift); /* it rounds, and f16 drifts by 0.75 */
        if (first) cr_assert(memcmp(first, y, own.count * own.vocab * sizeof *y) == 0);
        if (!first) fprintf(stderr, "# q8 cache: logits at most %.3g from the reference's\n", drift);
        continues_greedily(en, &own, y + (own.count - 1) * own.vocab);
        struct tern_engine_facts f;
        tern_engine_facts(en, &f);
        cr_assert(eq(sz, f.kv_bytes_per_position, 2 * 2 * 2 * (64 + 8)));
        tern_free(first);
        first = y;
        tern_engine_free(en);
    }
    tern_free(first);
}

Test(engine_use, every_variant_gives_the_same_logits) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    uint32_t usable;
    cr_assert(tern_isa_usable(&usable, NULL) == TERN_OK);
    for (size_t i = 0; i < count; i++) {
        if (all[i].act != TERN_ACT_I8 || !all[i].exact || all[i].rank < 0) continue;
        if (!tern_variant_fits(&all[i], usable, 256, 256, all[i].n_min, NULL)) continue;
        setenv("TERN_KERNEL", all[i].name, 1);
        struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 2, .kv = TERN_KV_F32});
        struct tern_engine_facts f;
        tern_engine_facts(en, &f);
        cr_assert(eq(str, f.warning, ""));
        if (all[i].n_min == 1) cr_assert(strstr(f.decode_plan, all[i].name) != NULL, "%s", f.decode_plan);
        float *y = prompt_logits(en, &own);
        cr_assert(lt(dbl, largest_difference(y, own.logits, own.count * own.vocab), TOLERANCE), "%s",
                  all[i].name);
        tern_free(y);
        tern_engine_free(en);
    }
}

Test(engine_use, more_threads_than_heads_or_processors_change_nothing) {
    struct tern_engine *en =
        start(model, &(struct tern_engine_options){.threads = 9, .kv = TERN_KV_F32, .ubatch = 5});
    float *y = prompt_logits(en, &own);
    cr_assert(lt(dbl, largest_difference(y, own.logits, own.count * own.vocab), TOLERANCE));
    continues_greedily(en, &own, y + (own.count - 1) * own.vocab);
    tern_free(y);
    tern_engine_free(en);
}

Test(engine_use, the_last_logits_alone_equal_the_last_of_all) {
    struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 1, .ubatch = 10});
    float *all = prompt_logits(en, &own), *last = tern_alloc(own.vocab * sizeof *last);
    tern_engine_rewind(en, 0);
    cr_assert(tern_engine_feed(en, own.ids, own.count, 0, last, NULL) == TERN_OK);
    cr_assert(memcmp(last, all + (own.count - 1) * own.vocab, own.vocab * sizeof *last) == 0);
    tern_free(all);
    tern_free(last);
    tern_engine_free(en);
}

Test(engine_use, blocks_before_an_epilogue_change_no_bit) {
    static const size_t bytes[] = {SIZE_MAX, 0, 1, 20000};
    float *first = NULL;
    for (size_t i = 0; i < 4; i++) {
        struct tern_engine *en = start(
            model, &(struct tern_engine_options){.threads = 2, .kv = TERN_KV_F32, .block_bytes = bytes[i]});
        float *y = prompt_logits(en, &own);
        if (first) cr_assert(memcmp(first, y, own.count * own.vocab * sizeof *y) == 0, "%zu bytes", bytes[i]);
        tern_engine_free(en);
        if (first)
            tern_free(y);
        else
            first = y;
    }
    tern_free(first);
}

Test(engine_use, a_rewound_sequence_can_be_continued_otherwise) {
    struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 2, .kv = TERN_KV_F32});
    static const int32_t other[] = {1, 2, 3};
    float *all = prompt_logits(en, &own), *again = tern_alloc(own.vocab * sizeof *again);
    tern_engine_rewind(en, 20);
    cr_assert(tern_engine_feed(en, other, 3, 0, again, NULL) == TERN_OK);
    tern_engine_rewind(en, 20);
    cr_assert(eq(sz, tern_engine_position(en), 20));
    cr_assert(tern_engine_feed(en, own.ids + 20, 10, 0, again, NULL) == TERN_OK);
    cr_assert(memcmp(again, all + 29 * own.vocab, own.vocab * sizeof *again) == 0);
    tern_free(all);
    tern_free(again);
    tern_engine_free(en);
}

Test(engine_use, an_f32_head_of_f16_values_agrees_with_the_f16_one) {
    struct tern_engine *en =
        start(model, &(struct tern_engine_options){.threads = 2, .kv = TERN_KV_F32, .head = TERN_HEAD_F32});
    struct tern_engine_facts f;
    tern_engine_facts(en, &f);
    cr_assert(eq(sz, f.head_bytes, own.vocab * 256 * 4));
    float *y = prompt_logits(en, &own);
    cr_assert(lt(dbl, largest_difference(y, own.logits, own.count * own.vocab), 1e-4));
    tern_free(y);
    tern_engine_free(en);
}

Test(engine_use, facts_count_what_a_token_reads) {
    struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 2, .context = 64});
    struct tern_engine_facts f;
    tern_engine_facts(en, &f);
    cr_assert(eq(sz, f.planned, 14));
    cr_assert(eq(sz, f.from_wisdom, 0));
    cr_assert(eq(sz, f.threads, 2));
    cr_assert(eq(sz, f.kv_bytes_per_position, 2 * 2 * 2 * 64 * 2)); /* layers, K and V, kv heads, dim, f16 */
    cr_assert(eq(dbl, f.macs_per_token, 2 * (2 * 256 * 256 + 2 * 128 * 256 + 3 * 768 * 256)));
    cr_assert(ge(dbl, (double)f.body_bytes, f.macs_per_token / 8 * 1.58));
    tern_engine_free(en);
}

Test(engine_use, refuses_ids_outside_the_vocabulary) {
    struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 1});
    struct tern_error e = {""};
    static const int32_t bad[][2] = {{1, 320}, {1, -1}};
    for (size_t i = 0; i < 2; i++) {
        cr_assert(tern_engine_feed(en, bad[i], 2, 0, NULL, &e) == TERN_BAD_INPUT);
        cr_assert(strstr(e.text, "vocabulary") != NULL, "%s", e.text);
    }
    cr_assert(eq(sz, tern_engine_position(en), 0));
    tern_engine_free(en);
}

Test(engine_use, refuses_more_tokens_than_the_context_holds) {
    struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = 1, .context = 47});
    struct tern_error e = {""};
    cr_assert(tern_engine_feed(en, own.ids, 48, 0, NULL, &e) == TERN_BAD_INPUT);
    cr_assert(strstr(e.text, "context") != NULL, "%s", e.text);
    cr_assert(tern_engine_feed(en, own.ids, 47, 0, NULL, &e) == TERN_OK);
    cr_assert(tern_engine_feed(en, own.ids, 1, 0, NULL, &e) == TERN_BAD_INPUT);
    tern_engine_free(en);
}

Test(engine_use, says_what_it_needs_when_memory_is_short) {
    char root[] = "/tmp/tern-test-XXXXXX", path[128];
    cr_assert(mkdtemp(root) != NULL);
    snprintf(path, sizeof path, "%s/proc", root);
    cr_assert(mkdir(path, 0700) == 0);
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    FILE *f = fopen(path, "w");
    fputs("MemTotal: 1000 kB\nMemAvailable: 200 kB\n", f);
    fclose(f);
    setenv("TERN_SYSFS", root, 1);
    struct tern_engine *en = NULL;
    struct tern_error e = {""};
    const struct tern_engine_options o = {.threads = 1, .quiet = 1};
    cr_assert(tern_engine_new(model, &o, &en, &e) == TERN_NO_MEMORY);
    cr_assert(strstr(e.text, "needs") != NULL, "%s", e.text);
    unlink(path);
    snprintf(path, sizeof path, "%s/proc", root);
    rmdir(path);
    rmdir(root);
}

/* The quantised heads: not the same logits, but near, and the continuation of the vector. */
Test(engine_use, quantised_heads_continue_alike) {
    static const enum tern_head_type head[] = {TERN_HEAD_Q8, TERN_HEAD_Q6_K};
    for (size_t i = 0; i < 2; i++) {
        struct tern_engine *en =
            start(model, &(struct tern_engine_options){.threads = 2, .kv = TERN_KV_F32, .head = head[i]});
        float *y = prompt_logits(en, &own);
        const double off = largest_difference(y, own.logits, own.count * own.vocab);
        cr_assert(off > 1e-4 && off < (i ? 0.9 : 0.3), "%zu: %g", i, off);
        continues_greedily(en, &own, y + (own.count - 1) * own.vocab);
        tern_free(y);
        tern_engine_free(en);
    }
}

Test(engine_use, an_exact2_head_answers_with_the_full_heads_bits) {
    for (size_t threads = 1; threads <= 3; threads++) {
        struct tern_engine *en = start(model, &(struct tern_engine_options){.threads = threads,
                                                                            .threads_prefill = 4 - threads,
                                                                            .kv = TERN_KV_F32,
                                                                            .head = TERN_HEAD_EXACT2});
        struct tern_engine *full = start(
            model,
            &(struct tern_engine_options){.threads = threads, .kv = TERN_KV_F32, .head = TERN_HEAD_F16});
        tern_engine_want(en, &(struct tern_wanted){.top = 1});
        float *y = prompt_logits(en, &own), *z = prompt_logits(full, &own); /* of all positions: all logits */
        cr_assert(memcmp(y, z, own.count * own.vocab * sizeof *y) == 0);
        memcpy(y, z + (own.count - 1) * own.vocab, own.vocab * sizeof *y);
        for (size_t i = 0; i < own.greedy_count; i++) {
            const int32_t id = tern_argmax(y, own.vocab);
            cr_assert(eq(i32, id, own.greedy[i]));
            cr_assert(tern_engine_feed(en, &id, 1, 0, y, NULL) == TERN_OK);
            cr_assert(tern_engine_feed(full, &id, 1, 0, z, NULL) == TERN_OK);
            size_t answered = 0;
            for (size_t j = 0; j < own.vocab; j++)
                if (!isinf(y[j])) {
                    cr_assert(memcmp(&y[j], &z[j], sizeof *y) == 0);
                    answered++;
                }
            cr_assert(eq(i32, tern_argmax(y, own.vocab), tern_argmax(z, own.vocab)));
            cr_assert(answered >= 1);
        }
        struct tern_engine_facts f;
        tern_engine_facts(en, &f);
        cr_assert(eq(u64, f.exact.steps, 32));
        cr_assert(lt(u64, f.exact.rescored, 32 * 32), "%llu", (unsigned long long)f.exact.rescored);
        tern_engine_rewind(en, 0); /* now the workers of a prompt, which are not as many */
        tern_engine_rewind(full, 0);
        cr_assert(tern_engine_feed(en, own.ids, 9, 0, y, NULL) == TERN_OK);
        cr_assert(tern_engine_feed(full, own.ids, 9, 0, z, NULL) == TERN_OK);
        for (size_t j = 0; j < own.vocab; j++) cr_assert(isinf(y[j]) || memcmp(&y[j], &z[j], sizeof *y) == 0);
        cr_assert(eq(i32, tern_argmax(y, own.vocab), tern_argmax(z, own.vocab)));
        tern_free(y);
        tern_free(z);
        tern_engine_free(en);
        tern_engine_free(full);
    }
}

Test(engine, argmax_takes_the_lowest_of_equal_ones) {
    static const float y[] = {1, 3, 2, 3};
    cr_assert(eq(i32, tern_argmax(y, 4), 1));
}
