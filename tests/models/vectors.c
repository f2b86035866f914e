/* Every file of the reference set whose format is built in holds exactly the trits and scales of the ground
 * truth. */
#include "models/arch.h"
#include "models/gguf/gguf.h"
#include "support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct truth {
    char *table;          /* NAME.trits.tsv */
    unsigned char *trits; /* NAME.trits.i8 */
    size_t table_bytes, trits_bytes;
};

static struct truth read_truth(const char *name) {
    char path[256];
    struct truth t;
    snprintf(path, sizeof path, "vectors/%s.trits.tsv", name);
    t.table = (char *)slurp(shared_file(path), &t.table_bytes);
    snprintf(path, sizeof path, "vectors/%s.trits.i8", name);
    t.trits = slurp(shared_file(path), &t.trits_bytes);
    return t;
}

static const struct tern_linear *linear_named(struct tern_model *m, const char *name) {
    for (uint32_t i = 0; i < m->hp.layers; i++)
        for (enum tern_role r = 0; r < TERN_ROLES; r++) {
            const struct tern_linear *l = tern_role_of(&m->layer[i], r);
            const size_t n = strlen(l->name);
            if (!strncmp(name, l->name, n) && !strcmp(name + n, ".weight")) return l;
        }
    return NULL;
}

static void equals_truth(const char *file, const char *name) {
    char path[256];
    struct tern_model *m;
    struct tern_error e = {0};
    struct truth t = read_truth(name);
    size_t checked = 0;
    snprintf(path, sizeof path, "vectors/%s%s", file, strstr(file, ".hf") ? "" : ".gguf");
    cr_assert(!tern_model_open(shared_file(path), &m, &e), "%s", e.text);
    const float ulp = strstr(file, "llama.hf") ? 0x1p-23f : 0; /* the reciprocal of a rounded reciprocal */
    for (char *save = NULL, *line = strtok_r(t.table, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        char tensor[64], scale[64];
        size_t rows, cols, offset;
        if (line[0] == '#') continue;
        cr_assert(sscanf(line, "%63s %zu %zu %zu %*s %63s", tensor, &rows, &cols, &offset, scale) == 5);
        const struct tern_linear *l = linear_named(m, tensor);
        cr_assert(l && l->m == rows && l->k == cols && offset + rows * cols <= t.trits_bytes, "%s", tensor);
        int8_t *got = malloc(rows * cols);
        cr_assert(!tern_linear_rows(l, 0, rows, got, &e), "%s", e.text);
        cr_assert(!memcmp(got, t.trits + offset, rows * cols), "%s of %s", tensor, file);
        cr_assert(fabs((double)l->scale / strtod(scale, NULL) - 1) <= (double)ulp,
                  "%s of %s: scale %a, not %s", tensor, file, (double)l->scale, scale);
        free(got);
        checked++;
    }
    cr_assert_eq(checked, (size_t)m->hp.layers * TERN_ROLES);
    tern_model_close(m);
    free(t.table);
    free(t.trits);
}

Test(vectors, i2s_holds_the_trits) {
    equals_truth("micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58");
}

Test(vectors, tq20_holds_the_trits) {
    equals_truth("micro-bitnet-b1.58.TQ2_0", "micro-bitnet-b1.58");
}

Test(vectors, every_other_format_is_recognised_and_holds_the_trits) {
    equals_truth("micro-bitnet-b1.58.TL2", "micro-bitnet-b1.58");
    equals_truth("micro-bitnet-b1.58.TQ1_0", "micro-bitnet-b1.58");
    equals_truth("micro-bitnet-b1.58.IQ1_BN", "micro-bitnet-b1.58");
    equals_truth("micro-bitnet-b1.58.IQ2_BN", "micro-bitnet-b1.58");
    equals_truth("micro-bitnet-b1.58.IQ2_BN_R4", "micro-bitnet-b1.58");
    equals_truth("micro-bitnet.scale.IQ2_BN_R4", "micro-bitnet");
}

Test(vectors, the_wide_model_opens_in_every_format_as_the_same_weights) {
    static const char *const formats[] = {"IQ1_BN", "IQ2_BN", "IQ2_BN_R4"};
    struct tern_model *want, *got;
    struct tern_error e = {0};
    int8_t *a = malloc(512 * 512), *b = malloc(512 * 512);
    cr_assert(!tern_model_open(shared_file("vectors/wide-bitnet-b1.58.I2_S.gguf"), &want, &e), "%s", e.text);
    for (size_t f = 0; f < 3; f++) {
        char path[128];
        snprintf(path, sizeof path, "vectors/wide-bitnet-b1.58.%s.gguf", formats[f]);
        cr_assert(!tern_model_open(shared_file(path), &got, &e), "%s", e.text);
        for (enum tern_role r = 0; r < TERN_ROLES; r++) {
            const struct tern_linear *x = tern_role_of(want->layer, r), *y = tern_role_of(got->layer, r);
            cr_assert(!tern_linear_rows(x, 0, x->m, a, &e) && !tern_linear_rows(y, 0, y->m, b, &e), "%s",
                      e.text);
            cr_assert(x->m == y->m && x->scale == y->scale && !memcmp(a, b, x->m * x->k), "%s %s", formats[f],
                      x->name);
        }
        tern_model_close(got);
    }
    tern_model_close(want);
    free(a);
    free(b);
}

Test(vectors, f16_holds_the_trits) {
    equals_truth("micro-bitnet-b1.58.F16", "micro-bitnet-b1.58");
}

Test(vectors, safetensors_hold_the_trits_packed_or_as_master_weights) {
    equals_truth("micro-bitnet-b1.58.hf", "micro-bitnet-b1.58");
    equals_truth("micro-bitnet-b1.58.hf-bf16", "micro-bitnet-b1.58");
    equals_truth("micro-llama.hf", "micro-llama");
}

Test(vectors, i2s_with_quantised_embeddings_holds_the_trits) {
    equals_truth("micro-bitnet-b1.58.I2_S-embd-Q6_K", "micro-bitnet-b1.58");
    equals_truth("micro-bitnet-b1.58.I2_S-embd-Q8_0", "micro-bitnet-b1.58");
}

Test(vectors, i2s_of_the_llama_architecture_holds_the_trits) {
    equals_truth("micro-llama.I2_S", "micro-llama");
}

Test(vectors, i2s_of_the_bitnet_architecture_holds_the_trits_with_the_scale_inside_or_beside) {
    equals_truth("micro-bitnet.I2_S", "micro-bitnet");
    equals_truth("micro-bitnet.scale.I2_S", "micro-bitnet");
}

Test(vectors, rows_read_in_pieces_are_the_rows_read_at_once) {
    struct tern_model *m;
    int8_t whole[128 * 256], piece[128 * 256];
    cr_assert(!tern_model_open(shared_file("vectors/micro-bitnet-b1.58.I2_S.gguf"), &m, NULL));
    const struct tern_linear *l = &m->layer[1].k;
    cr_assert(!tern_linear_rows(l, 0, 128, whole, NULL));
    for (size_t r = 0; r < 128; r += 3) {
        const size_t end = r + 3 < 128 ? r + 3 : 128;
        cr_assert(!tern_linear_rows(l, r, end, piece + r * 256, NULL));
    }
    cr_assert(!memcmp(whole, piece, sizeof whole));
    tern_model_close(m);
}

/* The table of models in the README of the reference files. */
Test(vectors, hyper_parameters_are_those_the_files_were_made_with) {
    static const struct {
        const char *file, *arch;
        uint32_t hidden, ffn, layers, heads, kv_heads, head_dim;
        float theta, eps;
        int neox, sub_norms, tied;
        enum tern_activation activation;
        int32_t bos;
    } want[] = {
        {"micro-bitnet-b1.58.I2_S", "bitnet-b1.58", 256, 768, 2, 4, 2, 64, 5e5f, 1e-5f, 1, 1, 1, TERN_RELU2,
         312},
        {"micro-llama.I2_S", "llama", 256, 768, 2, 4, 2, 64, 1000042, 1e-6f, 0, 0, 0, TERN_SILU, 312},
        {"micro-bitnet.I2_S", "bitnet", 256, 768, 2, 4, 4, 64, 1e4f, 1e-5f, 1, 1, 1, TERN_SILU, 1},
        {"wide-bitnet-b1.58.I2_S", "bitnet-b1.58", 512, 512, 1, 4, 1, 128, 5e5f, 1e-5f, 1, 1, 1, TERN_RELU2,
         312},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        char path[256];
        struct tern_model *m;
        struct tern_error e = {0};
        snprintf(path, sizeof path, "vectors/%s.gguf", want[i].file);
        cr_assert(!tern_model_open(shared_file(path), &m, &e), "%s", e.text);
        const struct tern_hparams *hp = &m->hp;
        cr_expect_str_eq(hp->arch, want[i].arch);
        cr_expect(hp->hidden == want[i].hidden && hp->ffn == want[i].ffn && hp->layers == want[i].layers,
                  "%s", path);
        cr_expect(hp->heads == want[i].heads && hp->kv_heads == want[i].kv_heads &&
                  hp->head_dim == want[i].head_dim);
        cr_expect(hp->rope_theta == want[i].theta && hp->eps == want[i].eps && hp->rope_neox == want[i].neox);
        cr_expect(hp->sub_norms == want[i].sub_norms && hp->tied == want[i].tied, "%s", path);
        cr_expect(hp->activation == want[i].activation && hp->bos == want[i].bos && hp->vocab == 320, "%s",
                  path);
        cr_expect_eq(m->head.type == TERN_DENSE_NONE, want[i].tied);
        tern_model_close(m);
    }
}
