/* Attention over a context of several spans: the same bits whoever computes which part of it. */
#define _GNU_SOURCE
#include "reference.h"

#include "base/memory.h"
#include "base/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PROMPT 1061 /* three spans of 512 positions, the last one short and no multiple of 16 */
#define TOKENS 4    /* decoded behind it */

static int32_t ids[PROMPT + TOKENS];

static void some_ids(size_t vocab) {
    struct tern_random r = {11};
    for (size_t i = 0; i < PROMPT + TOKENS; i++) ids[i] = (int32_t)tern_random_below(&r, vocab);
}

/* The logits behind the prompt and behind each decoded token. */
static float *logits(const struct tern_model *m, struct tern_engine_options o) {
    const size_t vocab = m->hp.vocab;
    float *y = tern_alloc((TOKENS + 1) * vocab * sizeof *y);
    o.context = PROMPT + TOKENS;
    struct tern_engine *en = start(m, &o);
    cr_assert(tern_engine_feed(en, ids, PROMPT, 0, y, NULL) == TERN_OK);
    for (size_t i = 0; i < TOKENS; i++)
        cr_assert(tern_engine_feed(en, ids + PROMPT + i, 1, 0, y + (i + 1) * vocab, NULL) == TERN_OK);
    tern_engine_free(en);
    return y;
}

static void same_bits(const char *model, enum tern_kv_type kv) {
    struct tern_model *m = open_model(model);
    const size_t bytes = (TOKENS + 1) * m->hp.vocab * sizeof(float);
    static const struct {
        size_t threads, threads_prefill, ubatch;
        const char *level;
    } way[] = {
        {2, 2, 128, NULL}, {3, 3, 100, NULL}, {4, 3, 1024, NULL}, {1, 1, 37, "avx2"}, {2, 1, 512, "scalar"}};
    some_ids(m->hp.vocab);
    unsetenv("TERN_ISA");
    float *want = logits(m, (struct tern_engine_options){.threads = 1, .kv = kv, .ubatch = 128});
    for (size_t i = 0; i < (TOKENS + 1) * m->hp.vocab; i++) cr_assert(isfinite(want[i]));
    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        const struct tern_engine_options o = {.threads = way[i].threads,
                                              .threads_prefill = way[i].threads_prefill,
                                              .kv = kv,
                                              .ubatch = way[i].ubatch};
        if (way[i].level) setenv("TERN_ISA", way[i].level, 1);
        float *got = logits(m, o);
        cr_assert(memcmp(want, got, bytes) == 0, "%s, cache %d, way %zu", model, kv, i);
        tern_free(got);
        unsetenv("TERN_ISA");
    }
    tern_free(want);
    tern_model_close(m);
}

Test(attention, of_three_spans_has_the_same_bits_for_every_thread_count_ubatch_and_level) {
    same_bits("synth:micro", TERN_KV_F16);
    same_bits("synth:micro", TERN_KV_Q8);
    same_bits("synth:micro-llama", TERN_KV_F32);
}

/* Two workers read three of five heads of keys each, but only seven or eight of their fifteen spans. */
Test(attention, of_unequal_shares_of_heads_is_shared_out_by_spans_once_the_context_is_long) {
    struct tern_model *m = open_model("synth:2b-4t,layers=1,vocab=64"); /* 20 heads, 5 of keys and values */
    take_unsplit();
    const struct tern_engine_options o = {.threads = 2, .context = PROMPT + TOKENS};
    struct tern_engine *en = start(m, &o);
    struct tern_engine_facts before, behind;
    some_ids(64);
    for (size_t i = 0; i < 2; i++) {
        if (i) cr_assert(tern_engine_feed(en, ids, PROMPT, 0, NULL, NULL) == TERN_OK);
        tern_engine_facts(en, &before);
        cr_assert(tern_engine_feed(en, ids, 1, 0, NULL, NULL) == TERN_OK);
        tern_engine_facts(en, &behind);
        cr_assert(eq(sz, behind.barriers - before.barriers, 2 + (i ? 6 : 4)));
    }
    tern_engine_free(en);
    tern_model_close(m);
}
