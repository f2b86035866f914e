/* The kinds of tokens, as the key "tokenizer.ggml.token_type" numbers them. */
#ifndef TERN_MODELS_GGUF_TOKEN_KIND_H
#define TERN_MODELS_GGUF_TOKEN_KIND_H

enum tern_token_kind {
    TERN_TOKEN_NORMAL = 1,
    TERN_TOKEN_UNKNOWN,
    TERN_TOKEN_CONTROL,
    TERN_TOKEN_USER, /* found in a text before anything is split or merged */
    TERN_TOKEN_UNUSED,
    TERN_TOKEN_BYTE /* "<0x0A>" */
};

#endif
