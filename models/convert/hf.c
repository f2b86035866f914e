#define _GNU_SOURCE
#include "models/convert/hf.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/starved/json.h"
#include "base/starved/starved.h"
#include "models/arch.h"
#include "models/convert/compare.h"
#include "models/facts.h"
#include "models/gguf/gguf.h"
#include "models/hf/hf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One tensor of the new file. */
struct entry {
    char name[96];
    const struct tern_dense *dense; /* one of the three */
    const struct tern_linear *linear;
    const float *scale;
    const char *type;
    size_t bytes;
};

struct job {
    const struct tern_model *m;
    const struct tern_convert_options *o;
    const char *folder;
    struct entry *entry;
    size_t entries;
    struct tern_replace file;
    uint64_t done, total;
    struct tern_error *e;
};

static enum tern_status no_memory(const struct job *j) {
    return tern_fail(j->e, TERN_NO_MEMORY, "convert: %s: out of memory", j->folder);
}

/* Types of GGUF that safetensors lack become f32, which holds their values exactly. */
static const char *dense_type(const struct tern_dense *d) {
    return d->type == TERN_DENSE_F16 ? "F16" : d->type == TERN_DENSE_BF16 ? "BF16" : "F32";
}

static struct entry *add(struct job *j, const char *gguf) {
    struct entry *en = &j->entry[j->entries++];
    *en = (struct entry){.name = ""};
    tern_hf_checkpoint_name(gguf, en->name, sizeof en->name);
    return en;
}

static void add_dense(struct job *j, const struct tern_dense *d) {
    char gguf[96];
    if (!d->type) return;
    snprintf(gguf, sizeof gguf, "%s.weight", d->name);
    struct entry *en = add(j, gguf);
    en->dense = d;
    en->type = dense_type(d);
    en->bytes = d->rows * d->cols * (en->type[0] == 'F' && en->type[1] == '3' ? 4 : 2);
}

static enum tern_status add_linear(struct job *j, const struct tern_linear *l) {
    char gguf[96];
    struct tern_error why = {{0}};
    if (l->plain)
        return tern_fail(j->e, TERN_UNSUPPORTED, "convert: %s: a dense layer in a packed checkpoint",
                         l->name);
    if (tern_format_hfu8.accepts(l->m, l->k, &why))
        return tern_fail(j->e, TERN_UNSUPPORTED, "convert: %s: %s", l->name, why.text);
    snprintf(gguf, sizeof gguf, "%s.weight", l->name);
    struct entry *en = add(j, gguf);
    en->linear = l;
    en->type = "U8";
    en->bytes = l->m / 4 * l->k;
    snprintf(gguf, sizeof gguf, "%s.scale", l->name);
    en = add(j, gguf);
    en->scale = &l->scale;
    en->type = "F32";
    en->bytes = 4;
    return TERN_OK;
}

static enum tern_status list(struct job *j) {
    const struct tern_model *m = j->m;
    enum tern_status s = TERN_OK;
    j->entry = calloc(3 + (size_t)m->hp.layers * (TERN_NORMS + 2 * TERN_ROLES), sizeof *j->entry);
    if (!j->entry) return no_memory(j);
    add_dense(j, &m->embedding);
    add_dense(j, &m->output_norm);
    add_dense(j, &m->head);
    for (uint32_t y = 0; !s && y < m->hp.layers; y++) {
        for (enum tern_norm n = 0; n < TERN_NORMS; n++) add_dense(j, tern_norm_of(&m->layer[y], n));
        for (enum tern_role r = 0; !s && r < TERN_ROLES; r++)
            s = add_linear(j, tern_role_of(&m->layer[y], r));
    }
    for (size_t i = 0; i < j->entries; i++) j->total += j->entry[i].bytes;
    return s;
}

static json_t *shape_of(const struct entry *en) {
    if (en->scale) return json_pack("[i]", 1);
    if (en->linear) return json_pack("[I, I]", (json_int_t)(en->linear->m / 4), (json_int_t)en->linear->k);
    if (en->dense->rows == 1) return json_pack("[I]", (json_int_t)en->dense->cols);
    return json_pack("[I, I]", (json_int_t)en->dense->rows, (json_int_t)en->dense->cols);
}

static enum tern_status write_header(struct job *j) {
    json_t *root = json_pack("{s:{s:s}}", "__metadata__", "format", "pt");
    uint64_t at = 0;
    for (size_t i = 0; root && i < j->entries; i++) {
        const struct entry *en = &j->entry[i];
        json_object_set_new(root, en->name,
                            json_pack("{s:s, s:o, s:[I, I]}", "dtype", en->type, "shape", shape_of(en),
                                      "data_offsets", (json_int_t)at, (json_int_t)(at + en->bytes)));
        at += en->bytes;
    }
    char *text = tern_json_dump(root, JSON_COMPACT);
    json_decref(root);
    if (!text) return no_memory(j);
    static const char spaces[8] = "        ";
    const size_t bytes = strlen(text), pad = (8 - bytes % 8) % 8; /* data begin at a multiple of 8 */
    const uint64_t length = bytes + pad;
    enum tern_status s = tern_replace_write(&j->file, &length, 8, j->e);
    if (!s) s = tern_replace_write(&j->file, text, bytes, j->e);
    if (!s) s = tern_replace_write(&j->file, spaces, pad, j->e);
    free(text);
    return s;
}

static enum tern_status write_linear(struct job *j, const struct entry *en) {
    const struct tern_linear *l = en->linear;
    int8_t *trits = tern_alloc(tern_mul_size(l->m, l->k)), *moved = tern_alloc(tern_mul_size(l->m, l->k));
    unsigned char *packed = tern_alloc(en->bytes);
    enum tern_status s = trits && moved && packed ? TERN_OK : no_memory(j);
    if (!s) s = tern_linear_rows(l, 0, l->m, trits, j->e);
    const size_t head = j->m->hp.head_dim;
    const int halves =
        !strcmp(j->m->hp.arch, "llama") && (strstr(en->name, "q_proj") || strstr(en->name, "k_proj"));
    for (size_t r = 0; !s && r < l->m; r++) {
        /* Back from neighbours to halves (models/linear.c). */
        const size_t at = r % head, to = halves ? r - at + at % 2 * (head / 2) + at / 2 : r;
        memcpy(moved + to * l->k, trits + r * l->k, l->k);
    }
    if (!s) tern_format_hfu8.pack(moved, l->m, l->k, 0, l->m, 1, packed);
    if (!s) s = tern_replace_write(&j->file, packed, en->bytes, j->e);
    tern_free(trits);
    tern_free(moved);
    tern_free(packed);
    return s;
}

static enum tern_status write_dense(struct job *j, const struct entry *en) {
    const struct tern_dense *d = en->dense;
    if (tern_dense_bytes(d) == en->bytes) return tern_replace_write(&j->file, d->data, en->bytes, j->e);
    float *row = malloc(d->cols * sizeof *row);
    enum tern_status s = row ? TERN_OK : no_memory(j);
    for (size_t r = 0; !s && r < d->rows; r++) {
        tern_dense_row(d, r, row);
        s = tern_replace_write(&j->file, row, d->cols * sizeof *row, j->e);
    }
    free(row);
    return s;
}

static enum tern_status write_weights(struct job *j) {
    char *path = tern_format_text("%s/model.safetensors", j->folder);
    enum tern_status s = path ? tern_replace_begin(path, &j->file, j->e) : no_memory(j);
    free(path);
    if (s) return s;
    s = write_header(j);
    for (size_t i = 0; !s && i < j->entries; i++) {
        const struct entry *en = &j->entry[i];
        if (en->scale) s = tern_replace_write(&j->file, en->scale, 4, j->e);
        if (en->linear) s = write_linear(j, en);
        if (en->dense) s = write_dense(j, en);
        j->done += en->bytes;
        if (j->o->progress) j->o->progress(j->o->ctx, (double)j->done / (double)j->total, en->name);
    }
    if (!s) return tern_replace_commit(&j->file, j->e);
    tern_replace_abandon(&j->file);
    return s;
}

static enum tern_status write_json(struct job *j, const char *name, json_t *root) {
    char *path = tern_format_text("%s/%s", j->folder, name), *text = tern_json_dump(root, JSON_INDENT(1));
    const enum tern_status s =
        path && text ? tern_file_replace(path, text, strlen(text), j->e) : no_memory(j);
    free(path);
    free(text);
    json_decref(root);
    return s;
}

static enum tern_status write_config(struct job *j) {
    const struct tern_hparams *hp = &j->m->hp;
    const char *class = !strcmp(hp->arch, "llama")   ? "LlamaForCausalLM"
                        : !strcmp(hp->arch, "qwen3") ? "Qwen3ForCausalLM"
                                                     : "BitNetForCausalLM";
    json_t *root = json_pack(
        "{s:[s], s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:b, s:{s:s, s:s, s:s}}",
        "architectures", class, "model_type",
        class[0] == 'L'   ? "llama"
        : class[0] == 'Q' ? "qwen3"
                          : "bitnet",
        "hidden_act", hp->activation == TERN_RELU2 ? "relu2" : "silu", "hidden_size", (json_int_t)hp->hidden,
        "intermediate_size", (json_int_t)hp->ffn, "num_hidden_layers", (json_int_t)hp->layers,
        "num_attention_heads", (json_int_t)hp->heads, "num_key_value_heads", (json_int_t)hp->kv_heads,
        "head_dim", (json_int_t)hp->head_dim, "vocab_size", (json_int_t)hp->vocab, "max_position_embeddings",
        (json_int_t)hp->context, "rms_norm_eps", (double)hp->eps, "rope_theta", (double)hp->rope_theta,
        "tie_word_embeddings", hp->tied, "quantization_config", "quant_method", "bitnet", "linear_class",
        "autobitlinear", "quantization_mode", "offline");
    if (root && hp->bos >= 0) json_object_set_new(root, "bos_token_id", json_integer(hp->bos));
    if (root && hp->eos >= 0)
        json_object_set_new(root, "eos_token_id",
                            hp->eot >= 0 && hp->eot != hp->eos ? json_pack("[i, i]", hp->eos, hp->eot)
                                                               : json_integer(hp->eos));
    return write_json(j, "config.json", root);
}

static enum tern_status write_pooling(struct job *j) {
    const enum tern_pooling p = j->m->hp.pooling;
    if (p == TERN_POOL_NONE) return TERN_OK;
    return write_json(j, "1_Pooling/config.json",
                      json_pack("{s:b, s:b, s:b}", "pooling_mode_mean_tokens", p == TERN_POOL_MEAN,
                                "pooling_mode_cls_token", p == TERN_POOL_FIRST, "pooling_mode_lasttoken",
                                p == TERN_POOL_LAST));
}

/* The vocabulary, when it is of the kind that tokenizer.json holds without loss; `why` says what hinders. */
static enum tern_status write_tokenizer(struct job *j, const char **why) {
    json_t *root = tern_hf_tokenizer_json(j->m->file, why);
    if (!root) return TERN_OK;
    const enum tern_status s = write_json(j, "tokenizer.json", root);
    if (s) return s;
    json_t *config =
        json_pack("{s:b, s:b}", "add_bos_token", j->m->hp.add_bos, "add_eos_token", j->m->hp.add_eos);
    struct tern_gguf_string text;
    if (config && tern_gguf_text(j->m->file, "tokenizer.chat_template", &text))
        json_object_set_new(config, "chat_template", json_stringn(text.data, text.bytes));
    return write_json(j, "tokenizer_config.json", config);
}

static void remove_folder(const char *folder) {
    static const char *const files[] = {"model.safetensors",
                                        "config.json",
                                        "tokenizer.json",
                                        "tokenizer_config.json",
                                        "1_Pooling/config.json",
                                        "1_Pooling",
                                        ""};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = tern_format_text("%s/%s", folder, files[i]);
        if (path) remove(path);
        free(path);
    }
}

enum tern_status tern_convert_to_hf(const struct tern_model *m, const char *out,
                                    const struct tern_convert_options *o, struct tern_convert_facts *facts,
                                    struct tern_error *e) {
    struct job j = {.m = m, .o = o, .e = e};
    struct tern_model *copy = NULL;
    const char *why = NULL;
    char *folder = tern_format_text("%s.unchecked", out);
    if (!folder) return tern_fail(e, TERN_NO_MEMORY, "convert: %s: out of memory", out);
    j.folder = folder;
    int lock = -1;
    enum tern_status s = tern_mkdirs(folder, e);
    if (!s) s = tern_lock(folder, &lock, e);
    if (s) {
        if (s != TERN_UNSUPPORTED) remove(folder); /* else it is another's */
        free(folder);
        return s;
    }
    s = list(&j);
    if (!s) s = write_weights(&j);
    if (!s) s = write_config(&j);
    if (!s) s = write_pooling(&j);
    if (!s) s = write_tokenizer(&j, &why);
    if (!s) s = tern_model_open(folder, &copy, e);
    if (!s) s = tern_models_equal(m, copy, TERN_DENSE_NONE, facts, e);
    tern_model_close(copy);
    if (!s && tern_starved()) s = no_memory(&j);
    if (why) snprintf(facts->note, sizeof facts->note, "the vocabulary was left out: %s", why);
    if (!s && rename(folder, out))
        s = tern_fail(e, TERN_IO, "convert: %s: %s", out,
                      errno == ENOTEMPTY ? "the folder is not empty" : strerror(errno));
    if (s) remove_folder(folder);
    close(lock);
    free(j.entry);
    free(folder);
    return s;
}
