#define _GNU_SOURCE
#include "models/hf/internal.h"

#include "base/file.h"
#include "models/hf/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_SIDE_FILE = 16 << 20 };

struct putting {
    const struct tern_hf_config *c;
    struct tern_gguf_writer *w;
    struct tern_error *e;
};

static enum tern_status bad(const struct putting *p, const char *key, const char *why) {
    return tern_fail(p->e, TERN_BAD_INPUT, "config: %s: %s: %s", p->c->path, key, why);
}

static enum tern_status stored(const struct putting *p, enum tern_status s) {
    return s ? tern_fail(p->e, s, "config: %s: out of memory", p->c->path) : TERN_OK;
}

/* "<arch>.<key>" */
static const char *full_key(const struct putting *p, const char *key, char *out, size_t bytes) {
    snprintf(out, bytes, "%s.%s", p->c->arch, key);
    return out;
}

static int absent(const json_t *v) {
    return !v || json_is_null(v);
}

static enum tern_status put_size(const struct putting *p, const char *name, const char *key, int needed) {
    char full[96];
    const json_t *v = json_object_get(p->c->root, name);
    if (absent(v)) return needed ? bad(p, name, "missing") : TERN_OK;
    if (!json_is_integer(v) || json_integer_value(v) < 1 || json_integer_value(v) > INT32_MAX)
        return bad(p, name, "not a whole number from 1 to 2^31 - 1");
    return stored(
        p, tern_gguf_put_u32(p->w, full_key(p, key, full, sizeof full), (uint32_t)json_integer_value(v)));
}

static enum tern_status put_real(const struct putting *p, const json_t *v, const char *name,
                                 const char *key) {
    char full[96];
    if (absent(v)) return TERN_OK;
    if (!json_is_number(v) || !isfinite((float)json_number_value(v))) return bad(p, name, "not a number");
    return stored(p,
                  tern_gguf_put_f32(p->w, full_key(p, key, full, sizeof full), (float)json_number_value(v)));
}

/* Which row of the architecture table (models/arch.c) the class of the checkpoint is. BitNet 2B-4T and the
 * older large and 3B differ in their activation, not in a name that could be relied upon. */
static enum tern_status choose_arch(struct tern_hf_config *c, const struct putting *p) {
    static const struct {
        const char *class, *arch;
    } classes[] = {
        {"BitNetForCausalLM", "bitnet"}, {"BitnetForCausalLM", "bitnet"}, {"LlamaForCausalLM", "llama"},
        {"Qwen3ForCausalLM", "qwen3"},   {"Qwen3Model", "qwen3"},
    };
    const json_t *list = json_object_get(c->root, "architectures");
    const char *class = json_string_value(json_array_get(list, 0)),
               *act = json_string_value(json_object_get(c->root, "hidden_act"));
    const char *arch = NULL;
    char shown[48];
    if (!class) return bad(p, "architectures", "missing, or not a list of names");
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (!strcmp(class, classes[i].class)) arch = classes[i].arch;
    if (!arch)
        return tern_fail(
            p->e, TERN_UNSUPPORTED,
            "config: %s: architectures: '%s' is not built in; there are BitNetForCausalLM, "
            "BitnetForCausalLM, LlamaForCausalLM, Qwen3ForCausalLM, Qwen3Model",
            c->path,
            tern_gguf_printable((struct tern_gguf_string){class, strlen(class)}, shown, sizeof shown));
    const int relu2 = act && (!strcmp(act, "relu2") || !strcmp(act, "relu_squared"));
    const int silu = !act || !strcmp(act, "silu") || !strcmp(act, "swish");
    if (!strcmp(arch, "bitnet") && relu2)
        arch = "bitnet-b1.58";
    else if (!silu)
        return tern_fail(
            p->e, TERN_UNSUPPORTED, "config: %s: hidden_act: '%s' with %s", c->path,
            tern_gguf_printable((struct tern_gguf_string){act, strlen(act)}, shown, sizeof shown), class);
    snprintf(c->arch, sizeof c->arch, "%s", arch);
    return TERN_OK;
}

/* How the linear layers are stored. Source: Hugging Face transformers, quantizers/quantizer_bitnet.py and
 * integrations/bitnet.py: BitLinear divides its result by weight_scale, AutoBitLinear multiplies. */
static enum tern_status choose_weights(struct tern_hf_config *c, const struct putting *p) {
    const json_t *q = json_object_get(c->root, "quantization_config");
    const char *method = json_string_value(json_object_get(q, "quant_method")),
               *class = json_string_value(json_object_get(q, "linear_class"));
    const json_t *bits = json_object_get(c->root, "weight_bits"); /* BitNet large and 3B */
    c->divides = !class || !strcmp(class, "bitlinear");
    c->absmean = json_is_integer(bits) && json_integer_value(bits) == 1;
    c->tied = json_is_true(json_object_get(c->root, "tie_word_embeddings"));
    if (absent(q)) {
        if (!strncmp(c->arch, "bitnet", 6)) c->absmean = 1;
        return TERN_OK;
    }
    if (!method || strcmp(method, "bitnet") != 0)
        return tern_fail(p->e, TERN_UNSUPPORTED,
                         "config: %s: quantization_config.quant_method: only 'bitnet' is known", c->path);
    if (class && strcmp(class, "bitlinear") != 0 && strcmp(class, "autobitlinear") != 0)
        return tern_fail(p->e, TERN_UNSUPPORTED,
                         "config: %s: quantization_config.linear_class: neither bitlinear nor autobitlinear",
                         c->path);
    c->absmean = 1;
    return TERN_OK;
}

/* The share of a head that is rotated, as a number of values. Rows of q and k of the llama family change their places
 * (struct tern_gguf_folder), which was never done for a part of a head. */
static enum tern_status put_partial(const struct putting *p) {
    char full[96];
    const json_t *share = json_object_get(p->c->root, "partial_rotary_factor"),
                 *dim = json_object_get(p->c->root, "head_dim"),
                 *heads = json_object_get(p->c->root, "num_attention_heads");
    if (absent(share))
        share = json_object_get(json_object_get(p->c->root, "rope_parameters"), "partial_rotary_factor");
    if (absent(share) || json_number_value(share) == 1) return TERN_OK;
    double head = json_number_value(dim);
    if (absent(dim) && json_number_value(heads) > 0)
        head = json_number_value(json_object_get(p->c->root, "hidden_size")) / json_number_value(heads);
    const double rotary = floor(head * json_number_value(share));
    if (!(rotary >= 2 && rotary <= head))
        return bad(p, "partial_rotary_factor", "rotates no value, or too many");
    if (!strcmp(p->c->arch, "llama"))
        return tern_fail(p->e, TERN_UNSUPPORTED,
                         "config: %s: partial_rotary_factor: '%g' is not built in for this class", p->c->path,
                         json_number_value(share));
    return stored(
        p, tern_gguf_put_u32(p->w, full_key(p, "rope.dimension_count", full, sizeof full), (uint32_t)rotary));
}

static enum tern_status put_rope(const struct putting *p) {
    char full[96];
    const json_t *theta = json_object_get(p->c->root, "rope_theta"),
                 *scaling = json_object_get(p->c->root, "rope_scaling"),
                 *newer = json_object_get(p->c->root, "rope_parameters");
    if (absent(theta)) theta = json_object_get(newer, "rope_theta");
    enum tern_status s = put_real(p, theta, "rope_theta", "rope.freq_base");
    const int only_newer = absent(scaling);
    if (only_newer) scaling = newer;
    if (s || absent(scaling)) return s;
    const char *type = json_string_value(json_object_get(scaling, "rope_type"));
    if (!type) type = json_string_value(json_object_get(scaling, "type"));
    if (!type && only_newer) return TERN_OK; /* then it is "default" */
    if (!type) return bad(p, "rope_scaling", "has no type");
    if (!strcmp(type, "default")) return TERN_OK;
    s = stored(p, tern_gguf_put_text(p->w, full_key(p, "rope.scaling.type", full, sizeof full), type));
    return s ? s
             : put_real(p, json_object_get(scaling, "factor"), "rope_scaling.factor", "rope.scaling.factor");
}

/* One id; of a list, the first, and the second as end of turn. */
static enum tern_status put_token(const struct putting *p, const char *name, const char *key) {
    const json_t *v = json_object_get(p->c->root, name);
    const int list = json_is_array(v);
    if (absent(v)) return TERN_OK;
    for (size_t i = 0; i < (list ? json_array_size(v) : 1) && i < 2; i++) {
        const json_t *id = list ? json_array_get(v, i) : v;
        if (!json_is_integer(id) || json_integer_value(id) < 0 ||
            json_integer_value(id) >= (json_int_t)p->c->vocab)
            return bad(p, name, "not a token of this vocabulary");
        if (i && !strcmp(key, "tokenizer.ggml.bos_token_id")) break;
        const enum tern_status s = stored(p, tern_gguf_put_u32(p->w, i ? "tokenizer.ggml.eot_token_id" : key,
                                                               (uint32_t)json_integer_value(id)));
        if (s) return s;
    }
    return TERN_OK;
}

/* sentence-transformers keep the pooling of an embedding model in a folder of its own. */
static enum tern_status put_pooling(const struct putting *p) {
    static const struct {
        const char *name;
        uint32_t id; /* as in llama.cpp */
    } kinds[] = {
        {"pooling_mode_mean_tokens", 1}, {"pooling_mode_cls_token", 2}, {"pooling_mode_lasttoken", 3}};
    char full[96];
    json_t *root = NULL;
    char *path = tern_format_text("%s/1_Pooling/config.json", p->c->folder);
    if (!path) return stored(p, TERN_NO_MEMORY);
    enum tern_status s =
        access(path, F_OK) ? TERN_OK : tern_json_read("config", path, MAX_SIDE_FILE, &root, p->e);
    free(path);
    for (size_t i = 0; !s && root && i < sizeof kinds / sizeof *kinds; i++)
        if (json_is_true(json_object_get(root, kinds[i].name))) {
            s = stored(p,
                       tern_gguf_put_u32(p->w, full_key(p, "pooling_type", full, sizeof full), kinds[i].id));
            break;
        }
    json_decref(root);
    return s;
}

/* The last part of the folder's name. */
static enum tern_status put_name(const struct putting *p) {
    char *real = realpath(p->c->folder, NULL);
    const char *name = real ? strrchr(real, '/') : NULL;
    const enum tern_status s = name && name[1] ? tern_gguf_put_text(p->w, "general.name", name + 1) : TERN_OK;
    free(real);
    return stored(p, s);
}

enum tern_status tern_hf_put_config(struct tern_hf_config *c, struct tern_gguf_writer *w,
                                    struct tern_error *e) {
    const struct putting p = {c, w, e};
    enum tern_status s = tern_hf_check_keys(c, TERN_KEYS_CONFIG, c->path, c->root, e);
    if (!s) s = choose_arch(c, &p);
    if (!s) s = choose_weights(c, &p);
    if (!s) s = stored(&p, tern_gguf_put_text(w, "general.architecture", c->arch));
    if (!s) s = put_name(&p);
    if (!s) s = put_size(&p, "hidden_size", "embedding_length", 1);
    if (!s) s = put_size(&p, "intermediate_size", "feed_forward_length", 1);
    if (!s) s = put_size(&p, "num_hidden_layers", "block_count", 1);
    if (!s) s = put_size(&p, "max_position_embeddings", "context_length", 1);
    if (!s) s = put_size(&p, "num_attention_heads", "attention.head_count", 1);
    if (!s) s = put_size(&p, "num_key_value_heads", "attention.head_count_kv", 0);
    if (!s) s = put_size(&p, "head_dim", "attention.key_length", 0);
    if (!s) s = put_size(&p, "head_dim", "attention.value_length", 0);
    if (!s) s = put_size(&p, "vocab_size", "vocab_size", 0);
    if (!s)
        s = put_real(&p, json_object_get(c->root, "rms_norm_eps"), "rms_norm_eps",
                     "attention.layer_norm_rms_epsilon");
    if (!s) s = put_rope(&p);
    if (!s) s = put_partial(&p);
    if (!s) s = put_token(&p, "bos_token_id", "tokenizer.ggml.bos_token_id");
    if (!s) s = put_token(&p, "eos_token_id", "tokenizer.ggml.eos_token_id");
    if (!s) s = tern_hf_add_ends(c, c->path, "eos_token_id", json_object_get(c->root, "eos_token_id"), e);
    if (!s) s = tern_hf_read_generation(c, e);
    return s ? s : put_pooling(&p);
}
