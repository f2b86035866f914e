#define _GNU_SOURCE
#include "models/load/load.h"

#include "models/arch.h"
#include "models/tokenizer/tokenizer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct keys {
    const struct tern_gguf *g;
    const char *path, *prefix;
    struct tern_error *e;
};

static enum tern_status bad(const struct keys *k, const char *key, const char *why) {
    return tern_fail(k->e, TERN_BAD_INPUT, "model: %s: %s.%s: %s", k->path, k->prefix, key, why);
}

/* The value that an array has in every layer. */
static enum tern_status same_everywhere(const struct keys *k, const char *full, uint64_t *out) {
    int64_t *list = NULL;
    size_t n = 0;
    if (!tern_gguf_ints(k->g, full, &list, &n) || !n || list[0] < 0) {
        free(list);
        return tern_fail(k->e, TERN_BAD_INPUT, "model: %s: %s: not an array of whole numbers", k->path, full);
    }
    size_t i = 1;
    while (i < n && list[i] == list[0]) i++;
    const int64_t first = list[0], other = i < n ? list[i] : first;
    free(list);
    *out = (uint64_t)first;
    if (other == first) return TERN_OK;
    return tern_fail(k->e, TERN_UNSUPPORTED, "model: %s: %s: differs from layer to layer (%lld, then %lld)",
                     k->path, full, (long long)first, (long long)other);
}

/* A whole number from 1 to `max`; `fallback` when the key is absent, or an error when that is 0. */
static enum tern_status size_key(const struct keys *k, const char *key, uint32_t fallback, uint32_t max,
                                 uint32_t *out) {
    char full[96];
    uint64_t v;
    snprintf(full, sizeof full, "%s.%s", k->prefix, key);
    const struct tern_gguf_value *value = tern_gguf_find(k->g, full);
    if (!value && !fallback) return bad(k, key, "the key is missing");
    if (!value) return *out = fallback, TERN_OK;
    if (value->type == TERN_GGUF_ARRAY) {
        const enum tern_status s = same_everywhere(k, full, &v);
        if (s) return s;
    } else if (!tern_gguf_u64(k->g, full, &v)) {
        return bad(k, key, "not a whole number");
    }
    if (v < 1 || v > max)
        return tern_fail(k->e, TERN_BAD_INPUT, "model: %s: %s: %llu is not from 1 to %u", k->path, full,
                         (unsigned long long)v, max);
    *out = (uint32_t)v;
    return TERN_OK;
}

/* A finite number above 0. */
static enum tern_status real_key(const struct keys *k, const char *key, double fallback, double max,
                                 float *out) {
    char full[96];
    double v = fallback;
    snprintf(full, sizeof full, "%s.%s", k->prefix, key);
    if (tern_gguf_find(k->g, full) && !tern_gguf_f64(k->g, full, &v)) return bad(k, key, "not a number");
    if (!(v > 0 && v <= max))
        return tern_fail(k->e, TERN_BAD_INPUT, "model: %s: %s: %g is not above 0 and up to %g", k->path, full,
                         v, max);
    *out = (float)v;
    return TERN_OK;
}

static enum tern_status attention(const struct keys *k, struct tern_hparams *hp) {
    uint32_t value_length, rotary;
    char full[96];
    enum tern_status s;
    if ((s = size_key(k, "attention.head_count", 0, hp->hidden, &hp->heads))) return s;
    if ((s = size_key(k, "attention.head_count_kv", hp->heads, hp->heads, &hp->kv_heads))) return s;
    if (hp->heads % hp->kv_heads)
        return bad(k, "attention.head_count_kv", "does not divide the number of heads");
    const uint32_t even = hp->hidden % hp->heads ? 0 : hp->hidden / hp->heads;
    snprintf(full, sizeof full, "%s.attention.key_length", k->prefix);
    if (!even && !tern_gguf_find(k->g, full))
        return bad(k, "attention.head_count", "does not divide the hidden size");
    if ((s = size_key(k, "attention.key_length", even, 1u << 14, &hp->head_dim))) return s;
    if (hp->head_dim % 2) return bad(k, "attention.head_count", "gives heads of odd size");
    if ((uint64_t)hp->heads * hp->head_dim > 1u << 22)
        return bad(k, "attention.key_length", "heads too large");
    if ((s = size_key(k, "attention.value_length", hp->head_dim, 1u << 20, &value_length))) return s;
    if ((s = size_key(k, "rope.dimension_count", hp->head_dim, 1u << 20, &rotary))) return s;
    if (rotary > hp->head_dim || rotary % 2)
        return bad(k, "rope.dimension_count", "odd, or more than a head has");
    hp->rotary = rotary;
    if (value_length == hp->head_dim) return TERN_OK;
    return tern_fail(k->e, TERN_UNSUPPORTED,
                     "model: %s: heads of %u with values of %u: only equal sizes work", k->path, hp->head_dim,
                     value_length);
}

static enum tern_status rope(const struct keys *k, const struct tern_arch *arch, struct tern_hparams *hp) {
    char full[96], shown[40];
    struct tern_gguf_string type;
    float factor, old;
    enum tern_status s;
    hp->rope_neox = arch->rope_neox;
    if ((s = real_key(k, "rope.freq_base", arch->default_theta, 1e12, &hp->rope_theta))) return s;
    if ((s = real_key(k, "rope.scaling.factor", 1, 1e6, &factor))) return s;
    if ((s = real_key(k, "rope.scale_linear", 1, 1e6, &old))) return s;
    snprintf(full, sizeof full, "%s.rope.scaling.type", k->prefix);
    const int has_type = tern_gguf_text(k->g, full, &type);
    tern_gguf_printable(has_type ? type : (struct tern_gguf_string){"linear", 6}, shown, sizeof shown);
    if (!strcmp(shown, "none") || (!strcmp(shown, "linear") && factor == 1 && old == 1)) return TERN_OK;
    return tern_fail(k->e, TERN_UNSUPPORTED, "model: %s: %s: '%s' with factor %g: scaled rotary embeddings",
                     k->path, full, shown, (double)(factor == 1 ? old : factor));
}

/* The number of tokens in the vocabulary; 0 when the file has none. */
static size_t token_count(const struct tern_gguf *g) {
    const struct tern_gguf_value *v = tern_gguf_find(g, "tokenizer.ggml.tokens");
    return v && v->type == TERN_GGUF_ARRAY && v->item == TERN_GGUF_STRING ? (size_t)v->count : 0;
}

/* Tokens, embedding rows and key must agree; padding rows of the embedding beyond the tokens are allowed. */
static enum tern_status vocabulary(const struct keys *k, struct tern_hparams *hp) {
    const struct tern_gguf_tensor *embedding = tern_gguf_tensor_named(k->g, "token_embd.weight");
    const size_t tokens = token_count(k->g);
    uint32_t key;
    if (!embedding) return tern_fail(k->e, TERN_BAD_INPUT, "model: %s: token_embd.weight: missing", k->path);
    if (embedding->dim[1] > INT32_MAX)
        return tern_fail(k->e, TERN_BAD_INPUT, "model: %s: token_embd.weight: more than 2^31 tokens",
                         k->path);
    hp->vocab = (uint32_t)embedding->dim[1];
    if (tokens > hp->vocab)
        return tern_fail(k->e, TERN_BAD_INPUT, "model: %s: %zu tokens, but token_embd.weight has %u rows",
                         k->path, tokens, hp->vocab);
    const enum tern_status s = size_key(k, "vocab_size", hp->vocab, INT32_MAX, &key);
    if (s || key == hp->vocab || tokens == hp->vocab) return s;
    return tern_fail(k->e, TERN_BAD_INPUT,
                     "model: %s: %s.vocab_size is %u, but token_embd.weight has %u rows", k->path, k->prefix,
                     key, hp->vocab);
}

static enum tern_status token_key(const struct keys *k, const struct tern_hparams *hp, const char *key,
                                  int32_t *out) {
    uint64_t v;
    *out = -1;
    if (!tern_gguf_find(k->g, key)) return TERN_OK;
    if (!tern_gguf_u64(k->g, key, &v) || v >= hp->vocab)
        return tern_fail(k->e, TERN_BAD_INPUT, "model: %s: %s: not a token of this vocabulary", k->path, key);
    *out = (int32_t)v;
    return TERN_OK;
}

/* Files of BitNet 2B-4T do not name their end-of-turn token: it is found by its text. */
static int32_t token_of(const struct tern_gguf *g, const char *text) {
    struct tern_gguf_string *token;
    size_t count, i = 0;
    if (!tern_gguf_strings(g, "tokenizer.ggml.tokens", &token, &count)) return -1;
    while (i < count && (token[i].bytes != strlen(text) || memcmp(token[i].data, text, token[i].bytes) != 0))
        i++;
    free(token);
    return i < count ? (int32_t)i : -1;
}

static enum tern_status special_tokens(const struct keys *k, struct tern_hparams *hp) {
    enum tern_status s;
    if ((s = token_key(k, hp, "tokenizer.ggml.bos_token_id", &hp->bos))) return s;
    if ((s = token_key(k, hp, "tokenizer.ggml.eos_token_id", &hp->eos))) return s;
    if ((s = token_key(k, hp, "tokenizer.ggml.eot_token_id", &hp->eot))) return s;
    if (hp->eot < 0) hp->eot = token_of(k->g, "<|eot_id|>");
    tern_gguf_bool(k->g, "tokenizer.ggml.add_eos_token", &hp->add_eos);
    hp->add_bos = hp->bos >= 0 && tern_adds_bos(k->g);
    return TERN_OK;
}

static enum tern_status pooling(const struct keys *k, struct tern_hparams *hp) {
    char full[96];
    uint64_t v;
    snprintf(full, sizeof full, "%s.pooling_type", k->prefix);
    if (!tern_gguf_find(k->g, full)) return TERN_OK;
    if (!tern_gguf_u64(k->g, full, &v)) return bad(k, "pooling_type", "not a whole number");
    if (v > TERN_POOL_LAST)
        return tern_fail(k->e, TERN_UNSUPPORTED, "model: %s: %s: %llu: none, mean, first and last are known",
                         k->path, full, (unsigned long long)v);
    hp->pooling = (enum tern_pooling)v;
    return TERN_OK;
}

enum tern_status tern_gguf_hparams(const struct tern_gguf *g, struct tern_hparams *hp, struct tern_error *e) {
    struct tern_gguf_string text;
    char shown[40];
    const char *path = tern_gguf_path(g);
    *hp = (struct tern_hparams){0};
    if (!tern_gguf_text(g, "general.architecture", &text))
        return tern_fail(e, TERN_BAD_INPUT, "model: %s: general.architecture: the key is missing", path);
    const struct tern_arch *arch = tern_arch_named(text.data, text.bytes);
    if (!arch)
        return tern_fail(e, TERN_UNSUPPORTED, "model: %s: architecture '%s' is not built in; there are %s",
                         path, tern_gguf_printable(text, shown, sizeof shown), tern_arch_names());
    if (!tern_gguf_tensor_count(g))
        return tern_fail(e, TERN_UNSUPPORTED,
                         "model: %s: holds no tensors, only keys and perhaps a vocabulary", path);
    const struct keys k = {g, path, arch->name, e};
    tern_gguf_printable(text, hp->arch, sizeof hp->arch);
    if (tern_gguf_text(g, "general.name", &text)) tern_gguf_printable(text, hp->name, sizeof hp->name);
    hp->sub_norms = arch->sub_norms;
    hp->activation = arch->activation;

    /* A layer takes at least nine tensors, which bounds the number of layers by the size of the file. */
    const uint32_t most_layers = (uint32_t)(tern_gguf_tensor_count(g) / 9 + 1);
    enum tern_status s = size_key(&k, "embedding_length", 0, 1u << 20, &hp->hidden);
    if (!s) s = size_key(&k, "feed_forward_length", 0, 1u << 22, &hp->ffn);
    if (!s) s = size_key(&k, "block_count", 0, most_layers, &hp->layers);
    if (!s) s = size_key(&k, "context_length", 0, 1u << 30, &hp->context);
    if (!s) s = attention(&k, hp);
    if (!s) s = rope(&k, arch, hp);
    if (!s) s = real_key(&k, "attention.layer_norm_rms_epsilon", arch->default_eps, 1, &hp->eps);
    if (!s) s = vocabulary(&k, hp);
    if (!s) s = special_tokens(&k, hp);
    if (!s) s = pooling(&k, hp);
    hp->qk_norms = arch->qk_norms && tern_gguf_tensor_named(g, "blk.0.attn_q_norm.weight");
    hp->input_norms = arch->input_norms && tern_gguf_tensor_named(g, "blk.0.attn_q_norm_in.weight");
    hp->tied = !tern_gguf_tensor_named(g, "output.weight");
    return s;
}
