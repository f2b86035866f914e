#include "models/arch.h"

#include <string.h>

static const struct tern_arch archs[] = {
    {"bitnet-b1.58", "BitNet b1.58 2B-4T", 1, 1, 0, 0, TERN_RELU2, 1e-5, 1e4},
    {"bitnet-25", "BitNet b1.58 2B-4T, first files", 1, 1, 0, 0, TERN_RELU2, 1e-5, 1e4},
    {"bitnet", "BitNet b1.58 large and 3B", 1, 1, 0, 0, TERN_SILU, 1e-5, 1e4},
    {"llama", "Llama3-8B-1.58, Falcon3-1.58, Falcon-E, TriLM", 0, 0, 0, 0, TERN_SILU, 1e-5, 1e4},
    {"qwen3", "BitNet embedding, Bonsai", 1, 0, 1, 1, TERN_SILU, 1e-6, 1e6},
};

const struct tern_arch *tern_arch_named(const char *name, size_t bytes) {
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
        if (strlen(archs[i].name) == bytes && !memcmp(archs[i].name, name, bytes)) return &archs[i];
    return NULL;
}

const char *tern_arch_names(void) {
    return "bitnet-b1.58, bitnet-25, bitnet, llama, qwen3";
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

#define INPUT_NORM(role, name)                                                                               \
    [TERN_INPUT_NORM + (role)] = {name "_norm_in", offsetof(struct tern_layer, input_norm) +                 \
                                                       (role) * sizeof(struct tern_dense)}

static const struct {
    const char *tensor;
    size_t at;
} norms[TERN_NORMS] = {
    [TERN_ATTN_NORM] = {"attn_norm", offsetof(struct tern_layer, attn_norm)},
    [TERN_ATTN_SUB_NORM] = {"attn_sub_norm", offsetof(struct tern_layer, attn_sub_norm)},
    [TERN_FFN_NORM] = {"ffn_norm", offsetof(struct tern_layer, ffn_norm)},
    [TERN_FFN_SUB_NORM] = {"ffn_sub_norm", offsetof(struct tern_layer, ffn_sub_norm)},
    [TERN_Q_NORM] = {"attn_q_norm", offsetof(struct tern_layer, q_norm)},
    [TERN_K_NORM] = {"attn_k_norm", offsetof(struct tern_layer, k_norm)},
    INPUT_NORM(TERN_Q, "attn_q"),
    INPUT_NORM(TERN_K, "attn_k"),
    INPUT_NORM(TERN_V, "attn_v"),
    INPUT_NORM(TERN_O, "attn_output"),
    INPUT_NORM(TERN_GATE, "ffn_gate"),
    INPUT_NORM(TERN_UP, "ffn_up"),
    INPUT_NORM(TERN_DOWN, "ffn_down"),
};

const char *tern_norm_tensor(enum tern_norm n) {
    return norms[n].tensor;
}

struct tern_dense *tern_norm_of(struct tern_layer *l, enum tern_norm n) {
    return (struct tern_dense *)(void *)((char *)l + norms[n].at);
}

size_t tern_norm_length(const struct tern_hparams *hp, enum tern_norm n) {
    size_t m, k;
    switch (n) {
    case TERN_ATTN_NORM:
    case TERN_FFN_NORM:
        return hp->hidden;
    case TERN_ATTN_SUB_NORM:
        return hp->sub_norms ? (size_t)hp->heads * hp->head_dim : 0;
    case TERN_FFN_SUB_NORM:
        return hp->sub_norms ? hp->ffn : 0;
    case TERN_Q_NORM:
    case TERN_K_NORM:
        return hp->qk_norms ? hp->head_dim : 0;
    default:
        if (!hp->input_norms) return 0;
        tern_role_shape(hp, (enum tern_role)(n - TERN_INPUT_NORM), &m, &k);
        return k;
    }
}
