/* The tokenizer keys of a GGUF file as a tokenizer.json. */
#include "models/hf/hf.h"

#include "models/gguf/token_kind.h"
#include "models/hf/split_rules.h"

#include <stdlib.h>
#include <string.h>

static const char *add_token(json_t *vocab, json_t *added, struct tern_gguf_string text, int64_t kind,
                             json_int_t id) {
    json_t *name = json_stringn(text.data, text.bytes);
    const char *why = NULL;
    if (!name || memchr(text.data, 0, text.bytes))
        why = "a token is not text";
    else if (kind == TERN_TOKEN_CONTROL || kind == TERN_TOKEN_USER || kind == TERN_TOKEN_UNKNOWN)
        json_array_append_new(added, json_pack("{s:I, s:O, s:b, s:b, s:b, s:b, s:b}", "id", id, "content",
                                               name, "single_word", 0, "lstrip", 0, "rstrip", 0, "normalized",
                                               0, "special", kind != TERN_TOKEN_USER));
    else if (json_object_get(vocab, json_string_value(name)))
        why = "two tokens have the same text";
    else
        json_object_set_new(vocab, json_string_value(name), json_integer(id));
    json_decref(name);
    return why;
}

json_t *tern_hf_tokenizer_json(const struct tern_gguf *g, const char **why) {
    struct tern_gguf_string model = {"", 0}, pre = {"", 0}, *token = NULL, *merge = NULL;
    int64_t *kind = NULL;
    size_t tokens = 0, merges = 0, kinds = 0;
    json_t *vocab = json_object(), *added = json_array(), *list = json_array(), *rule = NULL, *root = NULL;
    *why = NULL;
    tern_gguf_text(g, "tokenizer.ggml.model", &model);
    tern_gguf_text(g, "tokenizer.ggml.pre", &pre);
    if (model.bytes != 4 || memcmp(model.data, "gpt2", 4) != 0)
        *why = "it is not a byte-level BPE vocabulary";
    else if (!(rule = tern_hf_pre_tokenizer(pre)))
        *why = "the rule that splits its words is not one of llama-bpe, qwen2, gpt-2";
    else if (!tern_gguf_strings(g, "tokenizer.ggml.tokens", &token, &tokens) ||
             !tern_gguf_strings(g, "tokenizer.ggml.merges", &merge, &merges))
        *why = "tokens or merges are missing";
    else if (tern_gguf_ints(g, "tokenizer.ggml.token_type", &kind, &kinds) && kinds != tokens)
        *why = "its token types do not fit";
    for (size_t i = 0; !*why && i < tokens; i++)
        *why = add_token(vocab, added, token[i], kind ? kind[i] : TERN_TOKEN_NORMAL, (json_int_t)i);
    for (size_t i = 0; !*why && i < merges; i++)
        if (json_array_append_new(list, json_stringn(merge[i].data, merge[i].bytes)))
            *why = "a merge is not text";
    if (!*why)
        root = json_pack("{s:s, s:n, s:n, s:O, s:n, s:O, s:n, s:{s:s}, s:{s:s, s:b, s:O, s:O}}", "version",
                         "1.0", "truncation", "padding", "added_tokens", added, "normalizer", "pre_tokenizer",
                         rule, "post_processor", "decoder", "type", "ByteLevel", "model", "type", "BPE",
                         "byte_fallback", 0, "vocab", vocab, "merges", list);
    if (!*why && !root) *why = "out of memory";
    json_decref(vocab);
    json_decref(added);
    json_decref(list);
    json_decref(rule);
    free(token);
    free(merge);
    free(kind);
    return root;
}
