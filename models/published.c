#include "models/published.h"

#include "base/talk/nearest.h"
#include "models/model.h"

#include <stdio.h>
#include <string.h>

/* Sizes of large and of Falcon3 1B to 7B are those that the repositories show; the others follow from the shapes. */
static const struct tern_published models[] = {
    {"2b-4t", "microsoft/bitnet-b1.58-2B-4T-gguf", "ggml-model-i2_s.gguf", 1.2},
    {"large", "1bitLLM/bitnet_b1_58-large", NULL, 2.9},
    {"3b", "1bitLLM/bitnet_b1_58-3B", NULL, 13.3},
    {"llama3-8b", "HF1BitLLM/Llama3-8B-1.58-100B-tokens", NULL, 3.8},
    {"falcon3-1b", "tiiuae/Falcon3-1B-Instruct-1.58bit-GGUF", "ggml-model-i2_s.gguf", 1.4},
    {"falcon3-3b", "tiiuae/Falcon3-3B-Instruct-1.58bit-GGUF", "ggml-model-i2_s.gguf", 2.2},
    {"falcon3-7b", "tiiuae/Falcon3-7B-Instruct-1.58bit-GGUF", "ggml-model-i2_s.gguf", 3.3},
    {"falcon3-10b", "tiiuae/Falcon3-10B-Instruct-1.58bit-GGUF", "ggml-model-i2_s.gguf", 4.0},
};

const struct tern_published *tern_published_models(size_t *count) {
    *count = sizeof models / sizeof *models;
    return models;
}

static const struct tern_published *published(const char *name) {
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (!strcmp(models[i].name, name)) return &models[i];
    return NULL;
}

__attribute__((format(printf, 2, 3))) static void add(struct tern_error *e, const char *fmt, ...) {
    const size_t used = strlen(e->text);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->text + used, sizeof e->text - used, fmt, ap);
    va_end(ap);
}

void tern_published_hint(const char *name, struct tern_error *e) {
    size_t count;
    const char *const *names = tern_builtin_names(&count);
    const struct tern_published *p = published(name);
    if (!e) return;
    if (tern_builtin_model(name))
        add(e, "; synth:%s is its shape with random weights", name);
    else if (tern_nearest(name, names, count) && !strchr(name, '/'))
        add(e, "; did you mean synth:%s?", tern_nearest(name, names, count));
    if (p && p->file)
        add(e, "; the real one is %s of %s on Hugging Face (%.1f GB), and runs as it is", p->file,
            p->repository, p->gigabytes);
    else if (p)
        add(e,
            "; the real one is the folder %s on Hugging Face (%.1f GB): tern convert FOLDER %s.gguf --type "
            "IQ2_BN",
            p->repository, p->gigabytes, name);
    else
        add(e, "; docs/models.md lists published models");
}
