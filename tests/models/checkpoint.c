/* Checkpoints of safetensors as models: how scales, master weights and the order of rows are taken, and what
 * is refused when config.json, tokenizer.json and tensors do not fit together. The checkpoints are made from
 * a small model. */
#include "models/arch.h"
#include "models/convert/convert.h"
#include "models/hf/hf.h"
#include "models/synth/synth.h"
#include "models/tokenizer/tokenizer.h"
#include "support.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A checkpoint of two layers, taken apart so that it can be changed. */
struct checkpoint {
    char *folder;
    json_t *header, *config;
    unsigned char *data;
    size_t bytes;
};

static char *path_in(const struct checkpoint *c, const char *name) {
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", c->folder, name);
    return path;
}

static struct checkpoint of_model(const char *synth) {
    struct checkpoint c = {.folder = scratch_file()};
    struct tern_model *m;
    struct tern_error e = {""};
    struct tern_convert_facts facts;
    char *file = scratch_file();
    unlink(c.folder);
    cr_assert(!tern_model_open(synth, &m, &e) && !tern_synth_write(m, file, NULL, NULL, &e), "%s", e.text);
    tern_model_close(m);
    const struct tern_convert_options o = {.type = tern_convert_type_named("hfu8")};
    cr_assert(!tern_convert(file, c.folder, &o, &facts, &e), "%s", e.text);
    drop_scratch(file);
    size_t all;
    unsigned char *bytes = slurp(path_in(&c, "model.safetensors"), &all);
    uint64_t length;
    memcpy(&length, bytes, 8);
    c.header = json_loadb((char *)bytes + 8, length, 0, NULL);
    c.bytes = all - 8 - length;
    c.data = malloc(c.bytes + 65536);
    memcpy(c.data, bytes + 8 + length, c.bytes);
    free(bytes);
    c.config = json_load_file(path_in(&c, "config.json"), 0, NULL);
    cr_assert(c.header && c.config);
    return c;
}

static void save(const struct checkpoint *c) {
    char *text = json_dumps(c->header, JSON_COMPACT);
    const uint64_t length = strlen(text);
    unsigned char *all = malloc(8 + length + c->bytes);
    memcpy(all, &length, 8);
    memcpy(all + 8, text, length);
    memcpy(all + 8 + length, c->data, c->bytes);
    write_file(path_in(c, "model.safetensors"), all, 8 + length + c->bytes);
    cr_assert(!json_dump_file(c->config, path_in(c, "config.json"), 0));
    free(all);
    free(text);
}

static void drop(struct checkpoint *c) {
    static const char *const files[] = {"model.safetensors", "config.json", "tokenizer.json",
                                        "tokenizer_config.json"};
    for (size_t i = 0; i < 4; i++) unlink(path_in(c, files[i]));
    rmdir(c->folder);
    json_decref(c->header);
    json_decref(c->config);
    free(c->data);
    free(c->folder);
}

static struct tern_model *opened(const struct checkpoint *c) {
    struct tern_model *m = NULL;
    struct tern_error e = {""};
    save(c);
    cr_assert(!tern_model_open(c->folder, &m, &e), "%s", e.text);
    return m;
}

static void refused(const struct checkpoint *c, enum tern_status want, const char *why) {
    struct tern_model *m = NULL;
    struct tern_error e = {""};
    save(c);
    const enum tern_status got = tern_model_open(c->folder, &m, &e);
    cr_expect_eq(got, want, "%d: '%s' should say '%s'", got, e.text, why);
    cr_expect(strstr(e.text, why), "'%s' should say '%s'", e.text, why);
    cr_expect(!strchr(e.text, '\n') && strstr(e.text, c->folder), "%s", e.text);
    tern_model_close(m);
}

/* Where the data of a tensor lie. */
static unsigned char *data_of(const struct checkpoint *c, const char *name) {
    json_t *t = json_object_get(c->header, name);
    cr_assert(t, "%s", name);
    return c->data + json_integer_value(json_array_get(json_object_get(t, "data_offsets"), 0));
}

#define Q "model.layers.0.self_attn.q_proj"

static void set_scale(const struct checkpoint *c, float v) {
    memcpy(data_of(c, Q ".weight_scale"), &v, sizeof v);
}

Test(checkpoint, autobitlinear_multiplies_and_bitlinear_divides) {
    struct checkpoint c = of_model("synth:micro");
    set_scale(&c, 0.75f);
    struct tern_model *m = opened(&c);
    cr_assert_eq(m->layer[0].q.scale, 0.75f);
    tern_model_close(m);
    json_t *q = json_object_get(c.config, "quantization_config");
    json_object_set_new(q, "linear_class", json_string("bitlinear"));
    m = opened(&c);
    cr_assert_eq(m->layer[0].q.scale, (float)(1 / 0.75));
    tern_model_close(m);
    json_object_del(q, "linear_class"); /* its default is bitlinear */
    m = opened(&c);
    cr_assert_eq(m->layer[0].q.scale, (float)(1 / 0.75));
    tern_model_close(m);
    drop(&c);
}

Test(checkpoint, scales_that_are_no_factors_are_refused) {
    struct checkpoint c = of_model("synth:micro");
    set_scale(&c, NAN);
    refused(&c, TERN_BAD_INPUT, Q ".weight_scale: the scale is not finite");
    set_scale(&c, INFINITY);
    refused(&c, TERN_BAD_INPUT, "not finite");
    set_scale(&c, 0);
    json_object_set_new(json_object_get(c.config, "quantization_config"), "linear_class",
                        json_string("bitlinear"));
    refused(&c, TERN_BAD_INPUT, "divides and is zero");
    set_scale(&c, 1e-40f);
    refused(&c, TERN_BAD_INPUT, "not finite");
    json_t *scale = json_object_get(c.header, Q ".weight_scale");
    json_object_set_new(scale, "dtype", json_string("U8"));
    json_object_set_new(scale, "shape", json_pack("[i]", 4));
    refused(&c, TERN_BAD_INPUT, "not one number");
    json_object_set_new(scale, "dtype", json_string("I32"));
    json_object_set_new(scale, "shape", json_pack("[i]", 1));
    refused(&c, TERN_BAD_INPUT, "other than F32");
    drop(&c);
}

static void rename_tensor(struct checkpoint *c, const char *from, const char *to) {
    json_object_set(c->header, to, json_object_get(c->header, from));
    json_object_del(c->header, from);
}

Test(checkpoint, tensors_that_do_not_fit_are_refused_by_name) {
    struct checkpoint c = of_model("synth:micro");
    rename_tensor(&c, Q ".weight_scale", Q ".unknown");
    refused(&c, TERN_BAD_INPUT, "packed weights without a weight_scale");
    rename_tensor(&c, Q ".unknown", Q ".weight_scale");
    rename_tensor(&c, Q ".weight", "model.layers.7.self_attn.q_proj.weight");
    refused(&c, TERN_BAD_INPUT, "blk.0.attn_q.weight: the tensor is missing");
    rename_tensor(&c, "model.layers.7.self_attn.q_proj.weight", Q ".weight");
    json_object_set_new(json_object_get(c.header, Q ".weight"), "shape", json_pack("[i, i]", 256, 64));
    refused(&c, TERN_BAD_INPUT, "blk.0.attn_q.weight: is 64x1024x1x1");
    json_object_set_new(json_object_get(c.header, Q ".weight"), "shape", json_pack("[i, i]", 64, 256));
    rename_tensor(&c, "model.norm.weight", "norm.weight");
    json_object_set(c.header, "extra.bias",
                    json_pack("{s:s, s:[i], s:[I, I]}", "dtype", "U8", "shape", 1, "data_offsets",
                              (json_int_t)c.bytes, (json_int_t)c.bytes + 1));
    c.bytes++;
    refused(&c, TERN_UNSUPPORTED, "extra.bias: the architecture 'bitnet-b1.58' has no such tensor");
    drop(&c);
}

Test(checkpoint, a_code_that_is_no_trit_is_bad_input) {
    struct checkpoint c = of_model("synth:micro");
    int8_t row[256];
    struct tern_error e = {""};
    data_of(&c, Q ".weight")[5] |= 3;
    struct tern_model *m = opened(&c);
    cr_assert_eq(tern_linear_rows(&m->layer[0].q, 0, 1, row, &e), TERN_BAD_INPUT);
    cr_assert(strstr(e.text, "blk.0.attn_q"), "%s", e.text);
    tern_model_close(m);
    drop(&c);
}

Test(checkpoint, configurations_that_do_not_fit_are_refused_by_key) {
    static const struct {
        const char *key, *value, *why;
        enum tern_status status;
    } wrong[] = {
        {"architectures", "[]", "architectures: missing", TERN_BAD_INPUT},
        {"architectures", "[\"MambaForCausalLM\"]", "'MambaForCausalLM' is not built in", TERN_UNSUPPORTED},
        {"hidden_act", "\"gelu\"", "hidden_act: 'gelu'", TERN_UNSUPPORTED},
        {"hidden_size", "null", "hidden_size: is null, not integer", TERN_BAD_INPUT},
        {"hidden_size", "-1", "hidden_size: not a whole number", TERN_BAD_INPUT},
        {"hidden_size", "99999999999", "hidden_size: not a whole number", TERN_BAD_INPUT},
        {"num_hidden_layers", "100000", "block_count", TERN_BAD_INPUT},
        {"num_attention_heads", "3", "head_count", TERN_BAD_INPUT},
        {"rms_norm_eps", "\"x\"", "rms_norm_eps: is text, not number", TERN_BAD_INPUT},
        {"rope_theta", "1e300", "rope_theta: not a number", TERN_BAD_INPUT},
        {"rope_scaling", "{\"rope_type\":\"yarn\",\"factor\":4}", "yarn", TERN_UNSUPPORTED},
        {"rope_scaling", "{}", "rope_scaling: has no type", TERN_BAD_INPUT},
        {"eos_token_id", "[999999]", "eos_token_id: not a token", TERN_BAD_INPUT},
        {"quantization_config", "{\"quant_method\":\"awq\"}", "quant_method", TERN_UNSUPPORTED},
        {"quantization_config", "{\"quant_method\":\"bitnet\",\"linear_class\":\"other\"}", "linear_class",
         TERN_UNSUPPORTED},
    };
    struct checkpoint c = of_model("synth:micro");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *kept = json_incref(json_object_get(c.config, wrong[i].key));
        json_object_set_new(c.config, wrong[i].key, json_loads(wrong[i].value, JSON_DECODE_ANY, NULL));
        refused(&c, wrong[i].status, wrong[i].why);
        if (kept)
            json_object_set_new(c.config, wrong[i].key, kept);
        else
            json_object_del(c.config, wrong[i].key);
    }
    drop(&c);
}

Test(checkpoint, a_tokenizer_that_does_not_fit_is_refused) {
    static const struct {
        const char *text, *why;
    } wrong[] = {
        {"[]", "not an object"},
        {"{\"model\":{\"type\":\"BPE\"}}", "model.vocab"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]}}", "a: its id"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":99999999},\"merges\":[]}}", "a: its id"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}}", "the same id"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0}}}", "model.merges"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[7]}}", "no pair"},
        {"{\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}",
         "makes no token"},
    };
    struct checkpoint c = of_model("synth:micro");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        write_file(path_in(&c, "tokenizer.json"), wrong[i].text, strlen(wrong[i].text));
        refused(&c, TERN_BAD_INPUT, wrong[i].why);
    }
    drop(&c);
}

static int32_t first_id(const char *source, const char *text, size_t *count) {
    struct tern_model *m;
    struct tern_tokenizer *t;
    struct tern_error e = {""};
    int32_t *ids;
    cr_assert(!tern_model_open(source, &m, &e) && !tern_tokenizer_new(m, &t, &e), "%s", e.text);
    cr_assert(!tern_tokenize(t, text, strlen(text), 1, &ids, count, &e), "%s", e.text);
    const int32_t id = *count ? ids[0] : -1;
    free(ids);
    tern_tokenizer_free(t);
    tern_model_close(m);
    return id;
}

/* Merges as pairs, a rule that is not known, bytes that fall back: the tokenizer.json of others. */
Test(checkpoint, a_tokenizer_of_each_kind_is_understood_or_refused_when_asked) {
    struct checkpoint c = of_model("synth:micro");
    struct tern_model *m;
    struct tern_tokenizer *t;
    struct tern_error e = {""};
    size_t count;
    static const char pairs[] =
        "{\"added_tokens\":[{\"id\":3,\"content\":\"<s>\",\"special\":true}],\"pre_tokenizer\":{\"type\":"
        "\"ByteLevel\"},"
        "\"model\":{\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},\"merges\":[[\"a\",\"b\"]]}}";
    save(&c);
    write_file(path_in(&c, "tokenizer.json"), pairs, strlen(pairs));
    cr_expect(first_id(c.folder, "ab", &count) == 2 && count == 1);
    cr_expect(first_id(c.folder, "<s>", &count) == 3 && count == 1);
    static const char odd[] =
        "{\"pre_tokenizer\":{\"type\":\"Whitespace\"},\"model\":{\"vocab\":{\"a\":0},\"merges\":[]}}";
    write_file(path_in(&c, "tokenizer.json"), odd, strlen(odd));
    cr_assert(!tern_model_open(c.folder, &m, &e), "%s", e.text);
    cr_expect_eq(tern_tokenizer_new(m, &t, &e), TERN_UNSUPPORTED);
    cr_expect(strstr(e.text, "unknown"), "%s", e.text);
    tern_model_close(m);
    static const char spm[] = "{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\","
                              "\"prepend\":\"\xe2\x96\x81\"}]},\"model\":{"
                              "\"byte_fallback\":true,\"unk_token\":\"<unk>\",\"vocab\":{\"<unk>\":0,\"<0x7A>"
                              "\":1,\"\xe2\x96\x81\":2,\"a\":3,"
                              "\"\xe2\x96\x81"
                              "a\":4},\"merges\":[\"\xe2\x96\x81 a\"]}}";
    write_file(path_in(&c, "tokenizer.json"), spm, strlen(spm));
    cr_expect(first_id(c.folder, "a", &count) == 4 && count == 1);
    cr_expect(first_id(c.folder, "az", &count) == 4 && count == 2);
    drop(&c);
}

/* Master weights: the definition, computed here once more. */
Test(checkpoint, master_weights_become_trits_by_absmean) {
    struct checkpoint c = of_model("synth:micro");
    enum { ROWS = 256, COLS = 256 };
    json_t *entry = json_object_get(c.header, Q ".weight");
    json_object_del(c.header, Q ".weight_scale");
    const size_t at = c.bytes;
    float *w = malloc(ROWS * COLS * sizeof *w);
    double sum = 0;
    for (size_t i = 0; i < ROWS * COLS; i++) {
        w[i] = (float)((int)(i * 2654435761u >> 20 & 255) - 128) / 64;
        sum += fabs((double)w[i]);
    }
    c.data = realloc(c.data, at + ROWS * COLS * sizeof *w);
    memcpy(c.data + at, w, ROWS * COLS * sizeof *w);
    c.bytes += ROWS * COLS * sizeof *w;
    /* The old bytes stay covered, under names that are ignored. */
    json_object_set_new(c.header, "a.rotary_emb.inv_freq", json_deep_copy(entry));
    json_object_set_new(entry, "dtype", json_string("F32"));
    json_object_set_new(entry, "shape", json_pack("[i, i]", ROWS, COLS));
    json_object_set_new(entry, "data_offsets", json_pack("[I, I]", (json_int_t)at, (json_int_t)c.bytes));
    const unsigned char *scale_at = data_of(&c, "a.rotary_emb.inv_freq") + 64 * 256;
    json_object_set_new(c.header, "b.rotary_emb.inv_freq",
                        json_pack("{s:s, s:[i], s:[I, I]}", "dtype", "F32", "shape", 1, "data_offsets",
                                  (json_int_t)(scale_at - c.data), (json_int_t)(scale_at - c.data + 4)));
    struct tern_model *m = opened(&c);
    const struct tern_linear *l = &m->layer[0].q;
    const float scale = (float)(sum / (ROWS * COLS));
    cr_assert(l->absmean && l->scale == scale, "%g, not %g", (double)l->scale, (double)scale);
    int8_t *trits = malloc(ROWS * COLS);
    cr_assert(!tern_linear_rows(l, 0, ROWS, trits, NULL));
    for (size_t i = 0; i < ROWS * COLS; i++) {
        const double t = fmax(-1, fmin(1, nearbyint((double)w[i] / (double)scale)));
        cr_assert_eq(trits[i], (int)t, "%zu", i);
    }
    tern_model_close(m);
    free(trits);
    free(w);
    drop(&c);
}

Test(checkpoint, rows_of_llama_heads_come_back_in_the_order_of_gguf) {
    struct checkpoint c = of_model("synth:micro-llama");
    struct tern_model *want, *got = opened(&c);
    struct tern_error e = {""};
    int8_t a[3 * 256], b[3 * 256];
    cr_assert(!tern_model_open("synth:micro-llama", &want, &e));
    cr_assert_eq(got->layer[1].q.halves, 64);
    for (size_t r = 0; r + 3 <= 256; r += 50) {
        cr_assert(!tern_linear_rows(&want->layer[1].q, r, r + 3, a, &e));
        cr_assert(!tern_linear_rows(&got->layer[1].q, r, r + 3, b, &e));
        cr_assert(!memcmp(a, b, sizeof a), "row %zu", r);
    }
    tern_model_close(want);
    tern_model_close(got);
    drop(&c);
}
