/* Vectors of texts: what the head multiplies, pooled. */
#include "harness/text/embed.h"
#include "reference.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct reference own;
static struct tern_model *model;
static size_t hidden;

static void open_own(void) {
    reference_load(&own, data_folder(), "micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58");
    model = open_model(own.path);
    hidden = model->hp.hidden;
}

static void close_own(void) {
    tern_model_close(model);
    reference_free(&own);
}

TestSuite(embed, .init = open_own, .fini = close_own);

static struct tern_engine *with_ubatch(size_t n) {
    return start(model,
                 &(struct tern_engine_options){.threads = 2, .context = 64, .ubatch = n, .kv = TERN_KV_F32});
}

static float *vectors(size_t ubatch) {
    struct tern_engine *en = with_ubatch(ubatch);
    float *v = tern_alloc(own.count * hidden * sizeof *v);
    struct tern_error e = {""};
    cr_assert(tern_engine_vectors(en, own.ids, own.count, v, &e) == TERN_OK, "%s", e.text);
    tern_engine_free(en);
    return v;
}

Test(embed, the_head_makes_the_reference_logits_of_the_vectors) {
    float *v = vectors(7), *row = tern_alloc(hidden * sizeof *row);
    for (size_t id = 0; id < own.vocab; id += 37) {
        tern_dense_row(&model->embedding, id, row);
        for (size_t t = 0; t < own.count; t++) {
            double y = 0;
            for (size_t i = 0; i < hidden; i++) y += (double)row[i] * (double)v[t * hidden + i];
            cr_assert(lt(dbl, fabs(y - (double)own.logits[t * own.vocab + id]), 1e-3));
        }
    }
    tern_free(row);
    tern_free(v);
}

Test(embed, an_engine_without_a_head_gives_the_same_vectors_and_no_logits) {
    struct tern_engine_options o = {
        .threads = 2, .context = 64, .ubatch = 7, .head = TERN_HEAD_NONE, .kv = TERN_KV_F32};
    struct tern_engine *en = start(model, &o);
    float *v = vectors(7), *own_v = tern_alloc(own.count * hidden * sizeof *own_v);
    float *logits = tern_alloc(own.vocab * sizeof *logits);
    struct tern_error e = {""};
    struct tern_engine_facts f;
    cr_assert(tern_engine_vectors(en, own.ids, own.count, own_v, &e) == TERN_OK, "%s", e.text);
    cr_assert(memcmp(v, own_v, own.count * hidden * sizeof *v) == 0);
    const size_t position = tern_engine_position(en);
    for (int all = 0; all < 2; all++) {
        cr_assert(tern_engine_feed(en, own.ids, 1, all, logits, &e) == TERN_BAD_INPUT);
        cr_assert(strstr(e.text, "no logits") != NULL, "%s", e.text);
    }
    cr_assert(eq(sz, tern_engine_position(en), position));
    tern_engine_facts(en, &f);
    cr_assert(eq(sz, f.head_bytes, 0));
    tern_free(logits);
    tern_free(own_v);
    tern_free(v);
    tern_engine_free(en);
}

Test(embed, pooling_takes_the_last_the_first_or_the_mean) {
    float *v = vectors(48), *out = tern_alloc(hidden * sizeof *out);
    struct tern_engine *en = with_ubatch(32);
    struct tern_error e = {""};
    cr_assert(tern_embed(en, own.ids, own.count, TERN_POOL_LAST, 0, out, &e) == TERN_OK);
    cr_assert(memcmp(out, v + (own.count - 1) * hidden, hidden * sizeof *out) == 0);
    cr_assert(tern_embed(en, own.ids, own.count, TERN_POOL_FIRST, 0, out, &e) == TERN_OK);
    cr_assert(memcmp(out, v, hidden * sizeof *out) == 0);
    cr_assert(tern_embed(en, own.ids, own.count, TERN_POOL_MEAN, 0, out, &e) == TERN_OK);
    for (size_t i = 0; i < hidden; i++) {
        double mean = 0;
        for (size_t t = 0; t < own.count; t++) mean += (double)v[t * hidden + i];
        cr_assert(lt(dbl, fabs(mean / (double)own.count - (double)out[i]), 1e-6));
    }
    cr_assert(tern_embed(en, own.ids, own.count, TERN_POOL_MEAN, 1, out, &e) == TERN_OK);
    double length = 0;
    for (size_t i = 0; i < hidden; i++) length += (double)out[i] * (double)out[i];
    cr_assert(lt(dbl, fabs(length - 1), 1e-6));
    cr_assert(tern_embed(en, own.ids, own.count, TERN_POOL_NONE, 1, out, &e) == TERN_BAD_INPUT);
    cr_assert(tern_embed(en, own.ids, 0, TERN_POOL_LAST, 1, out, &e) == TERN_BAD_INPUT);
    tern_engine_free(en);
    tern_free(out);
    tern_free(v);
}
