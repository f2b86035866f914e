/* Shapes of published models, without their weights. Source: the config.json of each model. */
#include "models/model.h"

#include <string.h>

/* Token ids of the real vocabularies mean nothing to the byte vocabulary of a synthetic model, hence none. */
#define NO_IDS   .bos = -1, .eos = -1, .eot = -1
#define BITNET   .rope_neox = 1, .sub_norms = 1, .tied = 1, .eps = 1e-5f, NO_IDS
#define B158     .arch = "bitnet-b1.58", .activation = TERN_RELU2, .rope_theta = 5e5f, BITNET
#define B070     .arch = "bitnet", .activation = TERN_SILU, .rope_theta = 1e4f, BITNET
#define LLAMA    .arch = "llama", .activation = TERN_SILU, NO_IDS
#define LLAMA3   LLAMA, .eps = 1e-5f, .rope_theta = 5e5f
#define FALCON   LLAMA, .eps = 1e-6f, .rope_theta = 1000042
#define FALCON_E LLAMA3
#define TRILM    LLAMA, .eps = 1e-5f, .rope_theta = 1e4f
#define QWEN3                                                                                                \
    .arch = "qwen3", .activation = TERN_SILU, .rope_neox = 1, .qk_norms = 1, .eps = 1e-6f,                   \
    .rope_theta = 1e6f, NO_IDS
#define EMBED QWEN3, .input_norms = 1, .tied = 1, .pooling = TERN_POOL_LAST
#define DIMS(h, f, l, n, kv, d, v, c)                                                                        \
    .hidden = h, .ffn = f, .layers = l, .heads = n, .kv_heads = kv, .head_dim = d, .vocab = v, .context = c

/* falcon-e, trilm-3.9b and bonsai were not read from a config.json: their shapes follow from file sizes or
 * from the family. Rotation, eps and context of falcon-e are assumed. Gemma3, MMfreeLM and Hunyuan are
 * missing, because the engine has no graph for them. bitnet-125m to bitnet-100b are the sizes that
 * bitnet.cpp publishes speed and energy for: widths and depths of its utils/generate-dummy-bitnet-model.py,
 * vocabulary and context of bitnet_b1_58-3B, heads not grouped. The last four are our own: small enough for
 * tests and for a machine without much memory. */
#define MODELS(MODEL)                                                                                        \
    MODEL("2b-4t", B158, DIMS(2560, 6912, 30, 20, 5, 128, 128256, 4096))                                     \
    MODEL("large", B070, DIMS(1536, 4096, 24, 16, 16, 96, 32002, 2048))                                      \
    MODEL("3b", B070, DIMS(3200, 8640, 26, 32, 32, 100, 32002, 2048))                                        \
    MODEL("llama3-8b", LLAMA3, DIMS(4096, 14336, 32, 32, 8, 128, 128256, 8192))                              \
    MODEL("falcon3-1b", FALCON, DIMS(2048, 8192, 18, 8, 4, 256, 131072, 4096))                               \
    MODEL("falcon3-3b", FALCON, DIMS(3072, 9216, 22, 12, 4, 256, 131072, 8192))                              \
    MODEL("falcon3-7b", FALCON, DIMS(3072, 23040, 28, 12, 4, 256, 131072, 32768))                            \
    MODEL("falcon3-10b", FALCON, DIMS(3072, 23040, 40, 12, 4, 256, 131072, 32768))                           \
    MODEL("falcon-e-1b", FALCON_E, DIMS(2048, 9216, 24, 16, 2, 128, 32768, 4096))                            \
    MODEL("falcon-e-3b", FALCON_E, DIMS(2048, 13312, 32, 16, 2, 128, 32768, 4096))                           \
    MODEL("trilm-99m", TRILM, DIMS(512, 1280, 16, 8, 8, 64, 50304, 2048))                                    \
    MODEL("trilm-3.9b", TRILM, DIMS(3072, 9216, 30, 24, 6, 128, 50304, 2048))                                \
    MODEL("embedding-0.6b", EMBED, DIMS(1024, 3072, 28, 16, 8, 128, 151936, 4096))                           \
    MODEL("bonsai-1.7b", QWEN3, .tied = 1, DIMS(2048, 6144, 28, 16, 8, 128, 151936, 4096))                   \
    MODEL("bonsai-4b", QWEN3, .tied = 1, DIMS(2560, 9728, 36, 32, 8, 128, 151936, 4096))                     \
    MODEL("bonsai-8b", QWEN3, DIMS(4096, 12288, 36, 32, 8, 128, 151936, 4096))                               \
    MODEL("bitnet-125m", B070, DIMS(768, 3072, 11, 12, 12, 64, 32002, 2048))                                 \
    MODEL("bitnet-350m", B070, DIMS(1024, 3072, 24, 16, 16, 64, 32002, 2048))                                \
    MODEL("bitnet-1b", B070, DIMS(2048, 3584, 24, 32, 32, 64, 32002, 2048))                                  \
    MODEL("bitnet-1.5b", B070, DIMS(1536, 9216, 28, 32, 32, 48, 32002, 2048))                                \
    MODEL("bitnet-2.7b", B070, DIMS(3072, 7680, 24, 32, 32, 96, 32002, 2048))                                \
    MODEL("bitnet-3.8b", B070, DIMS(3840, 8192, 24, 32, 32, 120, 32002, 2048))                               \
    MODEL("bitnet-7b", B070, DIMS(4096, 12032, 32, 32, 32, 128, 32002, 2048))                                \
    MODEL("bitnet-13b", B070, DIMS(5120, 13824, 40, 40, 40, 128, 32002, 2048))                               \
    MODEL("bitnet-30b", B070, DIMS(6656, 16384, 60, 52, 52, 128, 32002, 2048))                               \
    MODEL("bitnet-70b", B070, DIMS(8192, 24576, 80, 64, 64, 128, 32002, 2048))                               \
    MODEL("bitnet-100b", B070, DIMS(8192, 45568, 72, 64, 64, 128, 32002, 2048))                              \
    MODEL("125m", B158, DIMS(768, 2048, 12, 12, 4, 64, 32000, 2048))                                         \
    MODEL("micro", B158, DIMS(256, 768, 2, 4, 2, 64, 320, 512))                                              \
    MODEL("micro-qwen3", EMBED, DIMS(256, 768, 2, 4, 2, 128, 320, 512))                                      \
    MODEL("micro-llama", FALCON, DIMS(256, 768, 2, 4, 2, 64, 320, 512))

static const struct tern_hparams models[] = {
#define MODEL(text, ...) {.name = text, __VA_ARGS__},
    MODELS(MODEL)
#undef MODEL
};

static const char *const names[] = {
#define MODEL(text, ...) text,
    MODELS(MODEL)
#undef MODEL
};

#define N_MODELS (sizeof models / sizeof *models)

const struct tern_hparams *tern_builtin_model(const char *name) {
    for (size_t i = 0; i < N_MODELS; i++)
        if (!strcmp(models[i].name, name)) return &models[i];
    return NULL;
}

const char *const *tern_builtin_names(size_t *count) {
    *count = N_MODELS;
    return names;
}
