#include "models/arch.h"

#include <string.h>

static const struct tern_arch archs[] = {
    {"bitnet-b1.58", "BitNet b1.58 2B-4T", 1, 1, TERN_RELU2, 1e-5, 1e4},
    {"bitnet-25", "BitNet b1.58 2B-4T, first files", 1, 1, TERN_RELU2, 1e-5, 1e4},
    {"bitnet", "BitNet b1.58 large and 3B", 1, 1, TERN_SILU, 1e-5, 1e4},
    {"llama", "Llama3-8B-1.58, Falcon3-1.58, Falcon-E", 0, 0, TERN_SILU, 1e-5, 1e4},
};

const struct tern_arch *tern_arch_named(const char *name, size_t bytes) {
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
        if (strlen(archs[i].name) == bytes && !memcmp(archs[i].name, name, bytes)) return &archs[i];
    return NULL;
}

const char *tern_arch_names(void) {
    return "bitnet-b1.58, bitnet-25, bitnet, llama";
}

static const struct {
    const char *tensor, *name;
    size_t at;
} roles[TERN_ROLES] = {
    [TERN_Q] = {"attn_q", "q", offsetof(struct tern_layer, q)},
    [TERN_K] = {"attn_k", "k", offsetof(struct tern_layer, k)},
    [TERN_V] = {"attn_v", "v", offsetof(struct tern_layer, v)},
    [TERN_O] = {"attn_output", "o", offsetof(struct tern_layer, o)},
    [TERN_GATE] = {"ffn_gate", "gate", offsetof(struct tern_layer, gate)},
    [TERN_UP] = {"ffn_up", "up", offsetof(struct tern_layer, up)},
    [TERN_DOWN] = {"ffn_down", "down", offsetof(struct tern_layer, down)},
};

const char *tern_role_tensor(enum tern_role r) {
    return roles[r].tensor;
}

const char *tern_role_name(enum tern_role r) {
    return roles[r].name;
}

struct tern_linear *tern_role_of(struct tern_layer *l, enum tern_role r) {
    return (struct tern_linear *)(void *)((char *)l + roles[r].at);
}

void tern_role_shape(const struct tern_hparams *hp, enum tern_role r, size_t *m, size_t *k) {
    const size_t heads = (size_t)hp->heads * hp->head_dim, kv = (size_t)hp->kv_heads * hp->head_dim;
    const size_t shape[TERN_ROLES][2] = {
        [TERN_Q] = {heads, hp->hidden},      [TERN_K] = {kv, hp->hidden},
        [TERN_V] = {kv, hp->hidden},         [TERN_O] = {hp->hidden, heads},
        [TERN_GATE] = {hp->ffn, hp->hidden}, [TERN_UP] = {hp->ffn, hp->hidden},
        [TERN_DOWN] = {hp->hidden, hp->ffn},
    };
    *m = shape[r][0];
    *k = shape[r][1];
}

static const struct {
    const char *tensor;
    size_t at;
} norms[TERN_NORMS] = {
    [TERN_ATTN_NORM] = {"attn_norm", offsetof(struct tern_layer, attn_norm)},
    [TERN_ATTN_SUB_NORM] = {"attn_sub_norm", offsetof(struct tern_layer, attn_sub_norm)},
    [TERN_FFN_NORM] = {"ffn_norm", offsetof(struct tern_layer, ffn_norm)},
    [TERN_FFN_SUB_NORM] = {"ffn_sub_norm", offsetof(struct tern_layer, ffn_sub_norm)},
};

const char *tern_norm_tensor(enum tern_norm n) {
    return norms[n].tensor;
}

struct tern_dense *tern_norm_of(struct tern_layer *l, enum tern_norm n) {
    return (struct tern_dense *)(void *)((char *)l + norms[n].at);
}

size_t tern_norm_length(const struct tern_hparams *hp, enum tern_norm n) {
    switch (n) {
    case TERN_ATTN_SUB_NORM:
        return hp->sub_norms ? (size_t)hp->heads * hp->head_dim : 0;
    case TERN_FFN_SUB_NORM:
        return hp->sub_norms ? hp->ffn : 0;
    default:
        return hp->hidden;
    }
}
