/* Every reference file, GGUF and safetensors, gives the reference logits and the greedy continuation: they
 * all hold one function. */
#include "reference.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

struct file {
    char model[64], suffix[8], name[64];
};

#define B158 "micro-bitnet-b1.58"
#define WIDE "wide-bitnet-b1.58"
static struct file files[] = {
    {B158 ".F16", ".gguf", B158},
    {B158 ".I2_S", ".gguf", B158},
    {B158 ".I2_S-embd-Q6_K", ".gguf", B158 ".I2_S-embd-Q6_K"},
    {B158 ".I2_S-embd-Q8_0", ".gguf", B158 ".I2_S-embd-Q8_0"},
    {B158 ".IQ1_BN", ".gguf", B158},
    {B158 ".IQ2_BN", ".gguf", B158},
    {B158 ".IQ2_BN_R4", ".gguf", B158},
    {B158 ".TL2", ".gguf", B158},
    {B158 ".TQ1_0", ".gguf", B158},
    {B158 ".TQ2_0", ".gguf", B158},
    {B158 ".hf", "", B158},
    {B158 ".hf-bf16", "", B158},
    {"micro-bitnet.I2_S", ".gguf", "micro-bitnet"},
    {"micro-bitnet.scale.I2_S", ".gguf", "micro-bitnet"},
    {"micro-bitnet.scale.IQ2_BN_R4", ".gguf", "micro-bitnet"},
    {"micro-llama.I2_S", ".gguf", "micro-llama"},
    {"micro-llama.hf", "", "micro-llama"},
    {WIDE ".I2_S", ".gguf", WIDE},
    {WIDE ".IQ1_BN", ".gguf", WIDE},
    {WIDE ".IQ2_BN", ".gguf", WIDE},
    {WIDE ".IQ2_BN_R4", ".gguf", WIDE},
};

ParameterizedTestParameters(files, gives_the_reference_logits_and_ids) {
    return cr_make_param_array(struct file, files, sizeof files / sizeof *files);
}

ParameterizedTest(struct file *f, files, gives_the_reference_logits_and_ids) {
    const char *folder = shared_folder();
    struct reference r;
    if (!*folder) cr_skip_test("no shared vectors (TERN_SHARED)");
    reference_load(&r, folder, f->model, f->name);
    snprintf(r.path, sizeof r.path, "%s/%s%s", folder, f->model, f->suffix);
    struct tern_model *m = open_model(r.path);
    struct tern_engine *en =
        start(m, &(struct tern_engine_options){.threads = 2, .context = 96, .kv = TERN_KV_F32});
    float *y = prompt_logits(en, &r), *last = tern_alloc(r.vocab * sizeof *last);
    cr_assert(lt(dbl, largest_difference(y, r.logits, r.count * r.vocab), 1e-3), "%s", f->model);
    memcpy(last, y + (r.count - 1) * r.vocab, r.vocab * sizeof *last);
    for (size_t i = 0; i < r.greedy_count; i++) {
        const int32_t id = tern_argmax(last, r.vocab);
        cr_assert(eq(i32, id, r.greedy[i]), "%s: token %zu", f->model, i);
        cr_assert(tern_engine_feed(en, &id, 1, 0, last, NULL) == TERN_OK);
    }
    tern_free(last);
    tern_free(y);
    tern_engine_free(en);
    tern_model_close(m);
    reference_free(&r);
}
