/* Sound GGUF files that contradict themselves or that this build cannot run: a reason, naming the tensor or
 * key. */
#include "models/facts.h"
#include "models/gguf/file.h"
#include "models/gguf/gguf.h"
#include "models/load/oddities.h"
#include "models/model.h"
#include "support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How to rewrite the small model. */
struct change {
    const char *drop; /* key or tensor to leave out */
    const char *set;  /* u32 key to put instead (dropped first) */
    uint32_t value;
    const char *f32; /* f32 key to put instead */
    float real;
    const char *text; /* text key to put instead */
    const char *words;
    const char *rename, *name; /* key or tensor to rename */
    const char *retype;        /* tensor to give another type id */
    uint32_t type;
    const char *poke; /* tensor into which to write f32 `real` at byte `at` */
    size_t at;
    const char *more; /* a tensor to add: f32 of `value` elements, all `real` */
};

static int is(struct tern_gguf_string s, const char *text) {
    return text && strlen(text) == s.bytes && !memcmp(s.data, text, s.bytes);
}

static void copy_keys(const struct tern_gguf *g, struct tern_gguf_writer *w, const struct change *c) {
    for (size_t i = 0; i < tern_gguf_value_count(g); i++) {
        struct tern_gguf_value v = *tern_gguf_value_at(g, i);
        if (is(v.key, c->drop) || is(v.key, c->set) || is(v.key, c->f32) || is(v.key, c->text)) continue;
        if (is(v.key, c->rename)) v.key = (struct tern_gguf_string){c->name, strlen(c->name)};
        cr_assert(!tern_gguf_put_value(w, &v));
    }
    if (c->set) cr_assert(!tern_gguf_put_u32(w, c->set, c->value));
    if (c->f32) cr_assert(!tern_gguf_put_f32(w, c->f32, c->real));
    if (c->text) cr_assert(!tern_gguf_put_text(w, c->text, c->words));
}

static char *changed(const struct change *c) {
    char *from = small_model(), *path = scratch_file();
    struct tern_gguf *g;
    struct tern_gguf_writer *w;
    cr_assert(!tern_gguf_open(from, &g, NULL) && !tern_gguf_create(path, &w, NULL));
    copy_keys(g, w, c);
    for (int write = 0; write < 2; write++)
        for (size_t i = 0; i < tern_gguf_tensor_count(g); i++) {
            const struct tern_gguf_tensor *t = tern_gguf_tensor_at(g, i);
            char name[64];
            tern_gguf_printable(t->name, name, sizeof name);
            if (is(t->name, c->drop)) continue;
            if (!write) {
                cr_assert(!tern_gguf_put_tensor(w, is(t->name, c->rename) ? c->name : name,
                                                is(t->name, c->retype) ? c->type : t->type, t->n_dims, t->dim,
                                                t->bytes));
                if (i + 1 == tern_gguf_tensor_count(g) && c->more)
                    cr_assert(!tern_gguf_put_tensor(w, c->more, 0, 1, (const uint64_t[]){c->value},
                                                    4ull * c->value));
                continue;
            }
            unsigned char *data = malloc(t->bytes);
            memcpy(data, t->data, t->bytes);
            if (is(t->name, c->poke)) memcpy(data + c->at, &c->real, 4);
            cr_assert(!tern_gguf_write(w, data, t->bytes, NULL));
            free(data);
        }
    for (uint32_t i = 0; c->more && i < c->value; i++) cr_assert(!tern_gguf_write(w, &c->real, 4, NULL));
    cr_assert(!tern_gguf_finish(w, NULL));
    tern_gguf_close(g);
    drop_scratch(from);
    return path;
}

static void refused(const struct change *c, enum tern_status want, const char *part, const char *other) {
    char *path = changed(c);
    struct tern_model *m;
    struct tern_error e = {0};
    cr_assert_eq(tern_model_open(path, &m, &e), want, "%s: %s", part, e.text);
    cr_assert(strstr(e.text, path) && strstr(e.text, part) && strstr(e.text, other), "%s", e.text);
    drop_scratch(path);
}

static struct tern_model *accepted(const struct change *c) {
    char *path = changed(c);
    struct tern_model *m;
    struct tern_error e = {0};
    cr_assert_eq(tern_model_open(path, &m, &e), TERN_OK, "%s", e.text);
    drop_scratch(path);
    return m;
}

#define A "bitnet-b1.58."

Test(refusal, keys_that_size_the_model_may_not_be_missing) {
    static const char *const keys[] = {A "embedding_length",     A "feed_forward_length",
                                       A "block_count",          A "context_length",
                                       A "attention.head_count", "general.architecture"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        refused(&(struct change){.drop = keys[i]}, TERN_BAD_INPUT, keys[i], "missing");
}

Test(refusal, keys_that_real_files_leave_out_are_filled_in) {
    struct tern_model *m = accepted(&(struct change){.drop = A "rope.freq_base"});
    cr_expect(m->hp.rope_theta == 1e4f);
    tern_model_close(m);
    m = accepted(&(struct change){.drop = A "attention.layer_norm_rms_epsilon"});
    cr_expect(m->hp.eps == 1e-5f);
    tern_model_close(m);
    m = accepted(&(struct change){.drop = A "vocab_size"});
    cr_expect_eq(m->hp.vocab, 320);
    tern_model_close(m);
    m = accepted(&(struct change){.drop = "tokenizer.ggml.pre"});
    tern_model_close(m);
}

Test(refusal, without_a_number_of_key_value_heads_there_are_as_many_as_heads) {
    /* The file has two key-value heads of four, so the tensors no longer fit: the text tells what was taken.
     */
    refused(&(struct change){.drop = A "attention.head_count_kv"}, TERN_BAD_INPUT, "blk.0.attn_k.weight",
            "256x256");
}

Test(refusal, sizes_that_do_not_divide_are_bad_input) {
    refused(&(struct change){.set = A "attention.head_count", .value = 3}, TERN_BAD_INPUT, "head_count",
            "divide");
    refused(&(struct change){.set = A "attention.head_count_kv", .value = 3}, TERN_BAD_INPUT, "head_count_kv",
            "divide");
    refused(&(struct change){.set = A "attention.head_count", .value = 0}, TERN_BAD_INPUT, "head_count",
            "from 1");
    refused(&(struct change){.set = A "attention.head_count", .value = 256}, TERN_BAD_INPUT, "head_count",
            "odd");
}

Test(refusal, more_layers_than_the_file_can_hold_are_bad_input_at_once) {
    refused(&(struct change){.set = A "block_count", .value = UINT32_MAX}, TERN_BAD_INPUT, "block_count",
            "from 1");
    refused(&(struct change){.set = A "block_count", .value = 3}, TERN_BAD_INPUT, "blk.2.attn_norm.weight",
            "missing");
}

Test(refusal, fewer_layers_than_the_file_holds_leave_tensors_without_a_place) {
    refused(&(struct change){.set = A "block_count", .value = 1}, TERN_UNSUPPORTED, "blk.1.",
            "no such tensor");
}

Test(refusal, tensors_of_another_shape_are_bad_input) {
    refused(&(struct change){.set = A "feed_forward_length", .value = 512}, TERN_BAD_INPUT,
            "blk.0.ffn_sub_norm.weight", "512");
    refused(&(struct change){.drop = A "rope.dimension_count", .set = A "embedding_length", .value = 512},
            TERN_BAD_INPUT, "token_embd.weight", "512");
}

Test(refusal, numbers_that_are_no_numbers_are_bad_input) {
    refused(&(struct change){.f32 = A "rope.freq_base", .real = NAN}, TERN_BAD_INPUT, "freq_base", "nan");
    refused(&(struct change){.f32 = A "rope.freq_base", .real = 0}, TERN_BAD_INPUT, "freq_base", "above 0");
    refused(&(struct change){.f32 = A "attention.layer_norm_rms_epsilon", .real = -1}, TERN_BAD_INPUT,
            "epsilon", "-1");
    refused(&(struct change){.f32 = A "embedding_length", .real = 256}, TERN_BAD_INPUT, "embedding_length",
            "whole");
}

Test(refusal, a_file_with_keys_only_is_sound_but_no_model) {
    struct tern_gguf_writer *w;
    struct tern_model *m;
    struct tern_error e = {0};
    char *path = scratch_file();
    cr_assert(!tern_gguf_create(path, &w, NULL) && !tern_gguf_put_text(w, "general.architecture", "llama"));
    cr_assert(!tern_gguf_finish(w, NULL));
    cr_assert_eq(tern_model_open(path, &m, &e), TERN_UNSUPPORTED);
    cr_assert(strstr(e.text, "no tensors") != NULL, "%s", e.text);
    drop_scratch(path);
}

Test(refusal, a_missing_tensor_is_named) {
    refused(&(struct change){.drop = "blk.1.ffn_up.weight"}, TERN_BAD_INPUT, "blk.1.ffn_up.weight",
            "missing");
    refused(&(struct change){.drop = "token_embd.weight"}, TERN_BAD_INPUT, "token_embd.weight", "missing");
}

Test(refusal, a_tensor_without_a_place_is_refused_and_not_ignored) {
    refused(&(struct change){.more = "blk.0.attn_q.bias", .value = 256}, TERN_UNSUPPORTED,
            "blk.0.attn_q.bias", "no such tensor");
}

Test(refusal, another_architecture_is_unsupported_by_name) {
    refused(&(struct change){.text = "general.architecture", .words = "mamba"}, TERN_UNSUPPORTED, "'mamba'",
            "bitnet-b1.58");
}

Test(refusal, scaled_rotary_embeddings_are_unsupported_but_a_factor_of_one_is_none) {
    refused(&(struct change){.text = A "rope.scaling.type", .words = "yarn"}, TERN_UNSUPPORTED,
            "rope.scaling.type", "yarn");
    refused(&(struct change){.f32 = A "rope.scaling.factor", .real = 2}, TERN_UNSUPPORTED, "rope.scaling",
            "factor 2");
    tern_model_close(accepted(&(struct change){.f32 = A "rope.scaling.factor", .real = 1}));
}

Test(refusal, heads_may_be_rotated_in_part_but_not_more_than_they_are) {
    struct tern_model *m = accepted(&(struct change){.set = A "rope.dimension_count", .value = 32});
    cr_expect_eq(m->hp.rotary, 32);
    tern_model_close(m);
    refused(&(struct change){.set = A "rope.dimension_count", .value = 33}, TERN_BAD_INPUT,
            "rope.dimension_count", "odd");
    refused(&(struct change){.set = A "rope.dimension_count", .value = 66}, TERN_BAD_INPUT,
            "rope.dimension_count", "more than a head has");
}

Test(refusal, token_ids_outside_the_vocabulary_are_bad_input) {
    refused(&(struct change){.set = "tokenizer.ggml.bos_token_id", .value = 320}, TERN_BAD_INPUT,
            "bos_token_id", "vocabulary");
}

Test(refusal, a_vocabulary_size_that_disagrees_counts_only_without_tokens) {
    struct tern_model *m = accepted(&(struct change){.set = A "vocab_size", .value = 321});
    cr_expect_eq(m->hp.vocab, 320);
    tern_model_close(m);
    refused(&(struct change){.drop = "tokenizer.ggml.tokens", .set = A "vocab_size", .value = 321},
            TERN_BAD_INPUT, "vocab_size", "321");
}

Test(refusal, a_type_that_is_not_built_in_is_named_with_its_id) {
    refused(&(struct change){.retype = "blk.1.attn_v.weight", .type = 143}, TERN_UNSUPPORTED,
            "blk.1.attn_v.weight", "type 143 (ptq1_0)");
    refused(&(struct change){.retype = "blk.1.attn_v.weight", .type = 999}, TERN_UNSUPPORTED,
            "blk.1.attn_v.weight", "type 999 (unknown)");
}

Test(refusal, a_type_id_whose_size_does_not_fit_is_not_believed) {
    /* TQ2_0 of this shape would need more bytes than the I2_S data have. */
    refused(&(struct change){.retype = "blk.0.ffn_up.weight", .type = 35}, TERN_BAD_INPUT,
            "blk.0.ffn_up.weight", "tq2_0");
}

/* 128 x 256 of I2_S are 8224 bytes. The tensor behind it gone, 8224 more are left over: another layout, not
 * ours. */
Test(refusal, too_much_room_behind_a_tensor_means_another_format) {
    char *from = small_model(), *path = scratch_file();
    struct tern_gguf *g;
    struct tern_gguf_writer *w;
    struct tern_model *m;
    struct tern_error e = {0};
    cr_assert(!tern_gguf_open(from, &g, NULL) && !tern_gguf_create(path, &w, NULL));
    copy_keys(g, w, &(struct change){0});
    for (int write = 0; write < 2; write++)
        for (size_t i = 0; i < tern_gguf_tensor_count(g); i++) {
            const struct tern_gguf_tensor *t = tern_gguf_tensor_at(g, i);
            const size_t extra = is(t->name, "blk.0.attn_k.weight") ? 4096 : 0;
            static const unsigned char zeros[4096];
            char name[64];
            tern_gguf_printable(t->name, name, sizeof name);
            if (!write)
                cr_assert(!tern_gguf_put_tensor(w, name, t->type, t->n_dims, t->dim, t->bytes + extra));
            else
                cr_assert(!tern_gguf_write(w, t->data, t->bytes, NULL) &&
                          !tern_gguf_write(w, zeros, extra, NULL));
        }
    cr_assert(!tern_gguf_finish(w, NULL));
    cr_assert_eq(tern_model_open(path, &m, &e), TERN_UNSUPPORTED);
    cr_assert(strstr(e.text, "blk.0.attn_k.weight") && strstr(e.text, "8224"), "%s", e.text);
    tern_gguf_close(g);
    drop_scratch(from);
    drop_scratch(path);
}

Test(refusal, a_scale_that_is_not_finite_is_bad_input) {
    refused(&(struct change){.poke = "blk.0.attn_q.weight", .at = 256 * 256 / 4, .real = INFINITY},
            TERN_BAD_INPUT, "blk.0.attn_q.weight", "finite");
    refused(&(struct change){.more = "blk.0.attn_q.scale", .value = 1, .real = NAN}, TERN_BAD_INPUT,
            "blk.0.attn_q.scale", "finite");
}

Test(refusal, a_scale_beside_the_weights_multiplies_theirs) {
    struct tern_model *plain = accepted(&(struct change){0});
    struct tern_model *m = accepted(&(struct change){.more = "blk.0.attn_q.scale", .value = 1, .real = 0.5f});
    cr_expect(m->layer[0].q.scale == 0.5f * plain->layer[0].q.scale);
    cr_expect(m->layer[0].k.scale == plain->layer[0].k.scale);
    tern_model_close(plain);
    tern_model_close(m);
}

Test(refusal, norms_that_are_nan_are_data) {
    struct tern_model *m = accepted(&(struct change){.poke = "output_norm.weight", .real = NAN});
    float row[256];
    tern_dense_row(&m->output_norm, 0, row);
    cr_expect(isnan(row[0]) && row[1] == 1.0f);
    tern_model_close(m);
}

Test(refusal, a_missing_file_is_bad_input) {
    struct tern_model *m;
    struct tern_error e = {0};
    cr_assert_eq(tern_model_open("/nonexistent/x.gguf", &m, &e), TERN_BAD_INPUT);
    cr_assert(strstr(e.text, "/nonexistent/x.gguf") != NULL);
}

static void collect(void *out, const char *line) {
    strncat(out, line, 900 - strlen(out));
    strncat(out, "|", 2);
}

Test(refusal, oddities_tell_of_missing_keys_and_a_scale_beside_the_weights) {
    char lines[1024] = "";
    struct tern_model *m = accepted(
        &(struct change){.drop = "tokenizer.ggml.pre", .more = "blk.0.attn_q.scale", .value = 1, .real = 1});
    tern_model_oddities(m->file, m, collect, lines);
    cr_expect(strstr(lines, "no tokenizer.ggml.pre") != NULL, "%s", lines);
    cr_expect(strstr(lines, "1 linear layers have a scale tensor beside") != NULL, "%s", lines);
    cr_expect(strstr(lines, "head_count_kv") == NULL, "%s", lines);
    tern_model_close(m);
}
