/* Names of tensors in checkpoints and in GGUF files. */
#include "models/hf/hf.h"
#include "models/hf/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct name {
    const char *hf, *gguf;
};

/* Whole names, behind an optional "model.". */
static const struct name outside[] = {
    {"embed_tokens.weight", "token_embd.weight"},
    {"norm.weight", "output_norm.weight"},
    {"lm_head.weight", "output.weight"},
};

/* Behind "layers.N.". */
static const struct name norms[] = {
    {"input_layernorm.weight", "attn_norm.weight"},
    {"post_attention_layernorm.weight", "ffn_norm.weight"},
    {"self_attn.attn_sub_norm.weight", "attn_sub_norm.weight"}, /* BitNet 2B-4T */
    {"mlp.ffn_sub_norm.weight", "ffn_sub_norm.weight"},
    {"self_attn.inner_attn_ln.weight", "attn_sub_norm.weight"}, /* BitNet large and 3B */
    {"mlp.ffn_layernorm.weight", "ffn_sub_norm.weight"},
    {"self_attn.q_norm.weight", "attn_q_norm.weight"}, /* Qwen3 */
    {"self_attn.k_norm.weight", "attn_k_norm.weight"},
};

static const struct name linears[] = {
    {"self_attn.q_proj", "attn_q"},      {"self_attn.k_proj", "attn_k"}, {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"}, {"mlp.gate_proj", "ffn_gate"},  {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
};

/* Behind a linear layer. The last two are the norms of BitNet embedding models. */
static const struct name parts[] = {
    {".weight", ".weight"},
    {".weight_scale", ".scale"},
    {".norm.weight", "_norm_in.weight"},
    {".rms_norm.weight", "_norm_in.weight"},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

int tern_hf_tensor_name(const char *name, char *out, size_t capacity) {
    char *end;
    if (!strncmp(name, "model.", 6)) name += 6;
    for (size_t i = 0; i < COUNT(outside); i++)
        if (!strcmp(name, outside[i].hf)) return snprintf(out, capacity, "%s", outside[i].gguf), 1;
    if (strncmp(name, "layers.", 7) != 0 || name[7] < '0' || name[7] > '9') return 0;
    const unsigned long layer = strtoul(name + 7, &end, 10);
    if (*end++ != '.' || layer > 100000) return 0;
    for (size_t i = 0; i < COUNT(norms); i++)
        if (!strcmp(end, norms[i].hf)) return snprintf(out, capacity, "blk.%lu.%s", layer, norms[i].gguf), 1;
    for (size_t i = 0; i < COUNT(linears); i++) {
        const size_t n = strlen(linears[i].hf);
        if (strncmp(end, linears[i].hf, n) != 0) continue;
        for (size_t j = 0; j < COUNT(parts); j++)
            if (!strcmp(end + n, parts[j].hf))
                return snprintf(out, capacity, "blk.%lu.%s%s", layer, linears[i].gguf, parts[j].gguf), 1;
    }
    return 0;
}

int tern_hf_checkpoint_name(const char *gguf, char *out, size_t capacity) {
    char *end;
    for (size_t i = 0; i < COUNT(outside); i++)
        if (!strcmp(gguf, outside[i].gguf))
            return snprintf(out, capacity, "%s%s", strcmp(outside[i].hf, "lm_head.weight") ? "model." : "",
                            outside[i].hf),
                   1;
    if (strncmp(gguf, "blk.", 4) != 0) return 0;
    const unsigned long layer = strtoul(gguf + 4, &end, 10);
    if (*end++ != '.') return 0;
    for (size_t i = 0; i < COUNT(norms); i++)
        if (!strcmp(end, norms[i].gguf))
            return snprintf(out, capacity, "model.layers.%lu.%s", layer, norms[i].hf), 1;
    for (size_t i = 0; i < COUNT(linears); i++) {
        const size_t n = strlen(linears[i].gguf);
        if (strncmp(end, linears[i].gguf, n) != 0) continue;
        for (size_t j = 0; j < COUNT(parts); j++)
            if (!strcmp(end + n, parts[j].gguf))
                return snprintf(out, capacity, "model.layers.%lu.%s%s", layer, linears[i].hf, parts[j].hf), 1;
    }
    return 0;
}
