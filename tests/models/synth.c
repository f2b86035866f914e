#include "models/synth/synth.h"
#include "models/arch.h"
#include "models/facts.h"
#include "models/gguf/gguf.h"
#include "models/synthetic.h"
#include "support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Test(synth, a_row_is_the_same_alone_and_among_others) {
    enum { K = 300, M = 7 };
    int8_t all[M * K], one[K];
    tern_synth_trits(5, 0.42, K, 0, M, all);
    for (size_t r = 0; r < M; r++) {
        tern_synth_trits(5, 0.42, K, r, r + 1, one);
        cr_expect(!memcmp(one, all + r * K, K), "row %zu", r);
    }
}

/* The generator is part of every result on synthetic models, so it may never change. */
Test(synth, the_first_trits_are_what_they_were_on_every_machine) {
    int8_t t[24];
    char text[25] = "";
    tern_synth_trits(1, 0.42, 24, 3, 4, t);
    for (size_t i = 0; i < 24; i++) text[i] = "-0+"[t[i] + 1];
    cr_assert_str_eq(text, "-++-++0000000++0--+000++");
}

Test(synth, the_share_of_zeros_is_as_asked_and_signs_are_balanced) {
    enum { K = 4096, M = 256 };
    int8_t *t = malloc((size_t)K * M);
    for (int percent = 0; percent <= 100; percent += 25) {
        double count[3] = {0};
        tern_synth_trits(9, percent / 100.0, K, 0, M, t);
        for (size_t i = 0; i < (size_t)K * M; i++) count[t[i] + 1]++;
        /* One standard deviation of a share is below 0.0005 here. */
        cr_expect(fabs(count[1] / K / M - percent / 100.0) < 0.0025, "%d %%: %g", percent, count[1] / K / M);
        cr_expect(fabs(count[0] - count[2]) / K / M < 0.005, "%d %%: %g, %g", percent, count[0], count[2]);
        if (percent % 100 == 0) cr_expect(count[1] == (percent ? (double)K * M : 0));
    }
    free(t);
}

Test(synth, rows_and_seeds_differ) {
    int8_t a[256], b[256], c[256];
    tern_synth_trits(1, 0.42, 256, 0, 1, a);
    tern_synth_trits(1, 0.42, 256, 1, 2, b);
    tern_synth_trits(2, 0.42, 256, 0, 1, c);
    cr_assert(memcmp(a, b, 256) && memcmp(a, c, 256) && memcmp(b, c, 256));
}

Test(synth, embeddings_have_the_deviation_of_one_over_root_k_and_norms_are_ones) {
    float row[2560];
    double sum = 0, squares = 0;
    for (size_t r = 0; r < 64; r++) {
        tern_synth_dense_row(3, 2560, r, row);
        for (size_t i = 0; i < 2560; i++) sum += (double)row[i], squares += (double)row[i] * (double)row[i];
    }
    const double deviation = sqrt(squares / (64 * 2560)), expected = 1 / sqrt(2560);
    cr_expect(fabs(sum / (64 * 2560)) < 0.01 * expected);
    cr_expect(deviation > 0.5 * expected && deviation < 1.01 * expected, "%g, expected about %g", deviation,
              expected);
    tern_synth_dense_row(0, 2560, 0, row);
    for (size_t i = 0; i < 2560; i++) cr_assert(row[i] == 1.0f);
}

Test(synth, a_two_billion_weight_model_opens_without_its_weights) {
    struct tern_model *m;
    cr_assert(!tern_model_open("synth:2b-4t", &m, NULL));
    cr_assert_eq(m->hp.layers, 30);
    cr_assert(m->layer[29].down.m == 2560 && m->layer[29].down.k == 6912 && !m->layer[29].down.data);
    cr_assert(m->layer[0].q.seed != m->layer[1].q.seed && m->layer[0].q.seed != m->layer[0].k.seed);
    cr_assert(m->head.type == TERN_DENSE_NONE && m->embedding.rows == 128256);
    tern_model_close(m);
}

Test(synth, options_in_the_name_change_layers_vocabulary_seed_and_zeros) {
    struct tern_model *m, *other;
    cr_assert(!tern_model_open("synth:2b-4t,layers=2,vocab=512,seed=9,zeros=0.5", &m, NULL));
    cr_assert(!tern_model_open("synth:2b-4t", &other, NULL));
    cr_expect(m->hp.layers == 2 && m->hp.vocab == 512 && m->layer[1].up.zeros == 0.5);
    cr_expect(m->layer[0].q.seed != other->layer[0].q.seed);
    tern_model_close(m);
    tern_model_close(other);
}

Test(synth, names_and_options_that_do_not_exist_are_bad_input) {
    static const char *const wrong[] = {"synth:",
                                        "synth:nope",
                                        "synth:micro,",
                                        "synth:micro,layers",
                                        "synth:micro,layers=0",
                                        "synth:micro,layers=-1",
                                        "synth:micro,layers=5000",
                                        "synth:micro,zeros=1.5",
                                        "synth:micro,seed=1x",
                                        "synth:micro,depth=2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct tern_model *m;
        struct tern_error e = {0};
        cr_expect_eq(tern_model_open(wrong[i], &m, &e), TERN_BAD_INPUT, "%s", wrong[i]);
        cr_expect(e.text[0] && !strchr(e.text, '\n'));
    }
}

static void same_linear(const struct tern_linear *a, const struct tern_linear *b) {
    int8_t *x = malloc(a->m * a->k), *y = malloc(a->m * a->k);
    cr_assert(x && y && a->m == b->m && a->k == b->k && a->scale == b->scale, "%s", a->name);
    cr_assert(!tern_linear_rows(a, 0, a->m, x, NULL) && !tern_linear_rows(b, 0, b->m, y, NULL));
    cr_assert(!memcmp(x, y, a->m * a->k), "%s", a->name);
    free(x);
    free(y);
}

static void same_dense(const struct tern_dense *a, const struct tern_dense *b) {
    cr_assert_eq(a->rows, b->rows, "%s", a->name);
    cr_assert_eq(a->cols, b->cols, "%s", a->name);
    cr_assert_eq(a->type == TERN_DENSE_NONE, b->type == TERN_DENSE_NONE, "%s", a->name);
    float x[1024], y[1024];
    cr_assert(a->cols <= 1024);
    for (size_t r = 0; r < a->rows; r++) {
        tern_dense_row(a, r, x);
        tern_dense_row(b, r, y);
        cr_assert(!memcmp(x, y, a->cols * sizeof *x), "%s row %zu", a->name, r);
    }
}

static void written_and_read(const char *source) {
    char *path = scratch_file();
    struct tern_model *a, *b;
    struct tern_error e = {0};
    cr_assert(!tern_model_open(source, &a, &e), "%s", e.text);
    cr_assert(!tern_synth_write(a, path, NULL, NULL, &e), "%s", e.text);
    cr_assert(!tern_model_open(path, &b, &e), "%s", e.text);
    cr_expect_str_eq(a->hp.arch, b->hp.arch);
    cr_expect(a->hp.layers == b->hp.layers && a->hp.vocab == b->hp.vocab && a->hp.eps == b->hp.eps &&
              a->hp.rope_theta == b->hp.rope_theta && a->hp.rope_neox == b->hp.rope_neox &&
              a->hp.activation == b->hp.activation && a->hp.tied == b->hp.tied &&
              a->hp.context == b->hp.context);
    for (uint32_t i = 0; i < a->hp.layers; i++) {
        for (enum tern_role r = 0; r < TERN_ROLES; r++)
            same_linear(tern_role_of(&a->layer[i], r), tern_role_of(&b->layer[i], r));
        for (enum tern_norm n = 0; n < TERN_NORMS; n++)
            same_dense(tern_norm_of(&a->layer[i], n), tern_norm_of(&b->layer[i], n));
    }
    same_dense(&a->embedding, &b->embedding);
    same_dense(&a->output_norm, &b->output_norm);
    same_dense(&a->head, &b->head);
    tern_model_close(a);
    tern_model_close(b);
    drop_scratch(path);
}

Test(synth, a_written_model_is_read_back_as_the_same_function) {
    written_and_read("synth:micro");
}

Test(synth, a_written_model_with_an_untied_head_is_read_back_as_the_same_function) {
    written_and_read("synth:micro-llama,layers=1,seed=3");
}

Test(synth, the_written_vocabulary_is_the_bytes) {
    char *path = small_model();
    struct tern_model *m;
    struct tern_gguf_string *token;
    size_t count;
    cr_assert(!tern_model_open(path, &m, NULL));
    cr_assert(tern_gguf_strings(m->file, "tokenizer.ggml.tokens", &token, &count));
    cr_expect_eq(count, 320);
    cr_expect(token['A'].bytes == 1 && token['A'].data[0] == 'A');
    cr_expect(token[' '].bytes == 2 && !memcmp(token[' '].data, "\xc4\xa0", 2)); /* U+0120 */
    cr_expect(token[0].bytes == 2 && !memcmp(token[0].data, "\xc4\x80", 2));     /* U+0100 */
    cr_expect(token[255].bytes == 2 && !memcmp(token[255].data, "\xc3\xbf", 2)); /* U+00FF */
    free(token);
    tern_model_close(m);
    drop_scratch(path);
}

Test(synth, the_facts_of_a_written_model_are_its_bytes) {
    char *path = small_model();
    struct tern_model *m;
    struct tern_model_facts f;
    cr_assert(!tern_model_open(path, &m, NULL));
    tern_model_facts(m, &f);
    cr_expect_eq(f.linear_weights, 1572864);
    cr_expect_eq(f.linear_bytes, 1572864 / 4 + 14 * 32);
    cr_expect_eq(f.head_bytes, 320 * 256 * 2);
    cr_expect_eq(f.norm_bytes, 4 * (256 + 2 * (3 * 256 + 768)));
    cr_expect_eq(f.token_bytes, f.linear_bytes + f.head_bytes + f.norm_bytes + 512);
    tern_model_close(m);
    drop_scratch(path);
}
