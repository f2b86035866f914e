/* The qwen3 row of the architecture table: norms before every projection, of q and k, heads wider than hidden
 * / heads, pooling, and dense layers among ternary ones. */
#include "models/arch.h"
#include "models/convert/convert.h"
#include "models/gguf/gguf.h"
#include "models/synth/synth.h"
#include "support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *written(const char *synth) {
    char *path = scratch_file();
    struct tern_model *m;
    struct tern_error e = {""};
    cr_assert(!tern_model_open(synth, &m, &e) && !tern_synth_write(m, path, NULL, NULL, &e), "%s", e.text);
    tern_model_close(m);
    return path;
}

Test(qwen3, a_written_model_has_all_its_norms_its_heads_and_its_pooling) {
    char *path = written("synth:micro-qwen3");
    struct tern_model *m;
    struct tern_error e = {""};
    cr_assert(!tern_model_open(path, &m, &e), "%s", e.text);
    const struct tern_hparams *hp = &m->hp;
    cr_assert(hp->qk_norms && hp->input_norms && !hp->sub_norms && hp->rope_neox && hp->head_dim == 128);
    cr_assert(hp->pooling == TERN_POOL_LAST && hp->activation == TERN_SILU);
    const struct tern_layer *l = &m->layer[1];
    cr_assert(l->q.m == 512 && l->q.k == 256 && l->o.m == 256 && l->o.k == 512);
    cr_assert(l->q_norm.cols == 128 && l->k_norm.cols == 128);
    static const size_t lengths[TERN_ROLES] = {256, 256, 256, 512, 256, 256, 768};
    for (enum tern_role r = 0; r < TERN_ROLES; r++)
        cr_assert_eq(l->input_norm[r].cols, lengths[r], "%d", (int)r);
    cr_assert_str_eq(l->input_norm[TERN_O].name, "blk.1.attn_output_norm_in");
    tern_model_close(m);
    drop_scratch(path);
}

Test(qwen3, a_checkpoint_of_it_is_the_same_model) {
    char *path = written("synth:micro-qwen3"), *folder = scratch_file();
    struct tern_error e = {""};
    struct tern_convert_facts facts;
    const struct tern_convert_options o = {.type = tern_convert_type_named("hfu8")};
    unlink(folder);
    cr_assert(!tern_convert(path, folder, &o, &facts, &e), "%s", e.text);
    cr_assert_eq(facts.dense, 2 + 2 * (2 + 2 + 7));
    static const char *const files[] = {"model.safetensors",     "config.json",           "tokenizer.json",
                                        "tokenizer_config.json", "1_Pooling/config.json", "1_Pooling"};
    for (size_t i = 0; i < 6; i++) {
        char full[512];
        snprintf(full, sizeof full, "%s/%s", folder, files[i]);
        cr_expect(!remove(full), "%s", full);
    }
    rmdir(folder);
    free(folder);
    drop_scratch(path);
}

/* One layer of the small model as plain f16, the others packed. */
Test(dense_layers, among_ternary_ones_are_told_apart_and_kept) {
    char *from = small_model(), *path = scratch_file(), *again = scratch_file();
    struct tern_model *m;
    struct tern_gguf_writer *w;
    struct tern_error e = {""};
    cr_assert(!tern_model_open(from, &m, NULL) && !tern_gguf_create(path, &w, NULL));
    const struct tern_gguf *g = m->file;
    uint16_t *half = malloc(256 * 256 * sizeof *half);
    for (size_t i = 0; i < 256 * 256; i++)
        half[i] = (uint16_t)(0x3800 + i % 1000); /* 0.5 and more, all different */
    for (size_t i = 0; i < tern_gguf_value_count(g); i++)
        cr_assert(!tern_gguf_put_value(w, tern_gguf_value_at(g, i)));
    for (int write = 0; write < 2; write++)
        for (size_t i = 0; i < tern_gguf_tensor_count(g); i++) {
            const struct tern_gguf_tensor *t = tern_gguf_tensor_at(g, i);
            char name[64];
            tern_gguf_printable(t->name, name, sizeof name);
            const int plain = !strcmp(name, "blk.1.attn_q.weight");
            const size_t bytes = plain ? 256 * 256 * 2 : t->bytes;
            if (!write)
                cr_assert(!tern_gguf_put_tensor(w, name, plain ? 1 : t->type, t->n_dims, t->dim, bytes));
            else
                cr_assert(!tern_gguf_write(w, plain ? (const void *)half : t->data, bytes, NULL));
        }
    cr_assert(!tern_gguf_finish(w, NULL));
    tern_model_close(m);
    cr_assert(!tern_model_open(path, &m, &e), "%s", e.text);
    int8_t row[256];
    cr_assert(m->layer[1].q.plain && m->layer[1].q.scale == 1 && !m->layer[0].q.plain);
    cr_assert_eq(tern_linear_rows(&m->layer[1].q, 0, 1, row, &e), TERN_UNSUPPORTED);
    tern_model_close(m);
    const struct tern_convert_options o = {.type = tern_convert_type_named("iq2bn")};
    struct tern_convert_facts facts;
    cr_assert(!tern_convert(path, again, &o, &facts, &e), "%s", e.text);
    cr_assert_eq(facts.linears, 14);
    free(half);
    drop_scratch(again);
    drop_scratch(path);
    drop_scratch(from);
}
