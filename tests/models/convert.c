/* Conversions: every reference file to every type and back, and what is refused. The conversion compares by
 * itself; these tests compare again with what the old file says. */
#include "models/convert/convert.h"
#include "models/convert/compare.h"

#include "base/file.h"
#include "models/arch.h"
#include "models/dense_pack.h"
#include "models/facts.h"
#include "models/gguf/gguf.h"
#include "models/synth/synth.h"
#include "support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void clear(char *path) {
    static const char *const files[] = {"model.safetensors", "config.json", "tokenizer.json",
                                        "tokenizer_config.json"};
    for (size_t i = 0; i < 4; i++) {
        char full[512];
        snprintf(full, sizeof full, "%s/%s", path, files[i]);
        unlink(full);
    }
    remove(path);
}

static enum tern_status convert(const char *from, const char *to, const char *type, int side,
                                struct tern_error *e) {
    const struct tern_convert_options o = {.type = tern_convert_type_named(type), .side_scale = side};
    struct tern_convert_facts facts;
    cr_assert(o.type);
    e->text[0] = 0;
    return tern_convert(from, to, &o, &facts, e);
}

static void same_models(const char *a, const char *b) {
    struct tern_model *x = NULL, *y = NULL;
    struct tern_convert_facts facts = {0};
    struct tern_error e = {""};
    cr_assert(!tern_model_open(a, &x, &e) && !tern_model_open(b, &y, &e), "%s", e.text);
    cr_assert(!tern_models_equal(x, y, TERN_DENSE_NONE, &facts, &e), "%s and %s: %s", a, b, e.text);
    cr_assert_eq(facts.linears, (size_t)x->hp.layers * TERN_ROLES);
    tern_model_close(x);
    tern_model_close(y);
}

/* To the type, and from there to F32 or, with more digits than f32 has room for, to I2_S. */
static void there_and_back(const char *file, int exact_in_half) {
    static const char *const halves[] = {"tq10", "tq20", "q20g64", "q20g128", "iq1bn", "f16", "bf16"};
    size_t count;
    const struct tern_convert_type *type = tern_convert_types(&count);
    char source[512], *there = scratch_file(), *back = scratch_file(), named[600];
    struct tern_error e;
    snprintf(source, sizeof source, "%s", shared_file(file));
    unlink(there);
    for (size_t i = 0; i < count; i++) {
        int half = 0;
        for (size_t j = 0; j < sizeof halves / sizeof *halves; j++) half |= !strcmp(halves[j], type[i].name);
        const enum tern_status s = convert(source, there, type[i].name, 0, &e);
        if (!strcmp(type[i].name, "q10") || (half && !exact_in_half)) {
            cr_assert_eq(s, TERN_UNSUPPORTED, "%s to %s", file, type[i].name);
            cr_assert(strstr(e.text, "blk.") && access(there, F_OK), "%s", e.text);
            continue;
        }
        cr_assert(!s, "%s to %s: %s", file, type[i].name, e.text);
        snprintf(named, sizeof named, "%s%s%s", there, type[i].layout ? ",i2s=" : "",
                 type[i].layout ? type[i].layout : "");
        cr_assert(!convert(named, back, "i2s", 0, &e), "%s from %s: %s", file, type[i].name, e.text);
        same_models(source, back);
        clear(there);
    }
    drop_scratch(back);
    free(there);
}

#define ROUND(name, file, exact)                                                                             \
    Test(convert, name) {                                                                                    \
        there_and_back("vectors/" file, exact);                                                              \
    }
ROUND(b158_f16, "micro-bitnet-b1.58.F16.gguf", 1)
ROUND(b158_q6k, "micro-bitnet-b1.58.I2_S-embd-Q6_K.gguf", 1)
ROUND(b158_q80, "micro-bitnet-b1.58.I2_S-embd-Q8_0.gguf", 1)
ROUND(b158_i2s, "micro-bitnet-b1.58.I2_S.gguf", 1)
ROUND(b158_iq1bn, "micro-bitnet-b1.58.IQ1_BN.gguf", 1)
ROUND(b158_iq2bn, "micro-bitnet-b1.58.IQ2_BN.gguf", 1)
ROUND(b158_iq2bnr4, "micro-bitnet-b1.58.IQ2_BN_R4.gguf", 1)
ROUND(b158_tl2, "micro-bitnet-b1.58.TL2.gguf", 1)
ROUND(b158_tq10, "micro-bitnet-b1.58.TQ1_0.gguf", 1)
ROUND(b158_tq20, "micro-bitnet-b1.58.TQ2_0.gguf", 1)
ROUND(b158_hf, "micro-bitnet-b1.58.hf", 1)
ROUND(b158_hf_bf16, "micro-bitnet-b1.58.hf-bf16", 1)
ROUND(bitnet_i2s, "micro-bitnet.I2_S.gguf", 1)
ROUND(bitnet_scale_i2s, "micro-bitnet.scale.I2_S.gguf", 1)
ROUND(bitnet_scale_iq2bnr4, "micro-bitnet.scale.IQ2_BN_R4.gguf", 1)
ROUND(llama_i2s, "micro-llama.I2_S.gguf", 0)
ROUND(llama_hf, "micro-llama.hf", 0)
ROUND(wide_i2s, "wide-bitnet-b1.58.I2_S.gguf", 1)
ROUND(wide_iq1bn, "wide-bitnet-b1.58.IQ1_BN.gguf", 1)
ROUND(wide_iq2bn, "wide-bitnet-b1.58.IQ2_BN.gguf", 1)
ROUND(wide_iq2bnr4, "wide-bitnet-b1.58.IQ2_BN_R4.gguf", 1)

Test(convert, a_scale_that_half_precision_cannot_hold_may_go_to_a_tensor_of_its_own) {
    char *from = small_model(), *to = scratch_file();
    struct tern_error e;
    cr_assert_eq(convert(from, to, "TQ1_0", 0, &e), TERN_UNSUPPORTED);
    cr_assert(strstr(e.text, "blk.0.attn_q: the type cannot hold the scale"), "%s", e.text);
    cr_assert(!convert(from, to, "TQ1_0", 1, &e), "%s", e.text);
    same_models(from, to);
    drop_scratch(from);
    drop_scratch(to);
}

Test(convert, a_refused_conversion_leaves_the_old_file) {
    char *from = small_model(), *to = scratch_file();
    struct tern_error e;
    size_t bytes;
    write_file(to, "precious", 8);
    cr_assert_eq(convert(from, to, "q10", 0, &e), TERN_UNSUPPORTED);
    unsigned char *kept = slurp(to, &bytes);
    cr_assert(bytes == 8 && !memcmp(kept, "precious", 8));
    free(kept);
    drop_scratch(from);
    drop_scratch(to);
}

/* The same tensor bytes as the program that owns the format wrote. */
static void same_bytes(const char *from, const char *type, const char *theirs) {
    char source[512], *to = scratch_file();
    struct tern_gguf *a, *b;
    struct tern_error e;
    snprintf(source, sizeof source, "%s", shared_file(from));
    cr_assert(!convert(source, to, type, 0, &e), "%s", e.text);
    cr_assert(!tern_gguf_open(to, &a, &e) && !tern_gguf_open(shared_file(theirs), &b, &e), "%s", e.text);
    for (size_t i = 0; i < tern_gguf_tensor_count(b); i++) {
        const struct tern_gguf_tensor *y = tern_gguf_tensor_at(b, i);
        char name[96];
        tern_gguf_printable(y->name, name, sizeof name);
        const struct tern_gguf_tensor *x = tern_gguf_tensor_named(a, name);
        cr_assert(x && x->type == y->type && x->n_dims == y->n_dims && !memcmp(x->dim, y->dim, sizeof x->dim),
                  "%s", name);
        const uint64_t bytes = x->bytes < y->bytes ? x->bytes : y->bytes, padding = y->type == 36 ? 28 : 0;
        cr_assert(!memcmp(x->data, y->data, bytes - padding), "%s", name);
    }
    tern_gguf_close(a);
    tern_gguf_close(b);
    drop_scratch(to);
}

Test(convert, safetensors_become_the_bytes_that_other_converters_write) {
    same_bytes("vectors/micro-bitnet-b1.58.hf", "I2_S", "vectors/micro-bitnet-b1.58.I2_S.gguf");
    same_bytes("vectors/micro-bitnet-b1.58.hf-bf16", "TQ2_0", "vectors/micro-bitnet-b1.58.TQ2_0.gguf");
    same_bytes("vectors/micro-bitnet-b1.58.hf", "IQ2_BN_R4", "vectors/micro-bitnet-b1.58.IQ2_BN_R4.gguf");
}

/* The table of docs/models.md. */
Test(convert, the_documentation_is_true) {
    size_t bytes, count, rows = 0;
    char *page = (char *)slurp(TERN_SOURCE_ROOT "/docs/models.md", &bytes), *from = small_model(),
         *to = scratch_file();
    struct tern_error e;
    unlink(to);
    tern_convert_types(&count);
    char *table = strstr(page, "| `--type` |");
    cr_assert(table);
    for (char *save = NULL, *line = strtok_r(table, "\n", &save); line && *line == '|';
         line = strtok_r(NULL, "\n", &save)) {
        char type[16], half[16], any[16];
        if (line[2] == '`' || line[1] == '-') continue;
        cr_assert(sscanf(line, "| %15s | %*[^|]| %15s | %15s |", type, half, any) == 3, "%s", line);
        const enum tern_status a =
            convert(TERN_SOURCE_ROOT "/tests/data/micro-bitnet-b1.58.I2_S.gguf", to, type, 0, &e);
        clear(to);
        const enum tern_status b = convert(from, to, type, 0, &e);
        clear(to);
        cr_expect_str_eq(a ? "refused" : "yes", half, "%s", type);
        cr_expect_str_eq(b ? "refused" : "yes", any, "%s", type);
        rows++;
    }
    cr_assert_eq(rows, count, "every type has its row");
    free(page);
    drop_scratch(from);
    free(to);
}

/* --head rounds the output matrix, and nothing else. */
Test(convert_head, is_what_the_engine_would_make_of_it) {
    char *from = small_model(), *to = scratch_file();
    static const enum tern_dense_type type[] = {TERN_DENSE_F32, TERN_DENSE_F16, TERN_DENSE_Q8_0,
                                                TERN_DENSE_Q6_K};
    struct tern_error e = {""};
    for (size_t i = 0; i < 4; i++) {
        struct tern_convert_facts facts;
        const struct tern_convert_options o = {.type = tern_convert_type_named("i2s"), .head = type[i]};
        cr_assert(!tern_convert(from, to, &o, &facts, &e), "%s", e.text);
        cr_assert_eq(facts.head_change > 0, type[i] == TERN_DENSE_Q8_0 || type[i] == TERN_DENSE_Q6_K, "%zu",
                     i);
        cr_assert(facts.head_change <= facts.head_largest / 20, "%g", facts.head_change);
        struct tern_model *a, *b;
        cr_assert(!tern_model_open(from, &a, &e) && !tern_model_open(to, &b, &e), "%s", e.text);
        struct tern_dense *x = a->hp.tied ? &a->embedding : &a->head,
                          *y = a->hp.tied ? &b->embedding : &b->head;
        cr_assert_eq(y->type, type[i]);
        cr_assert(a->hp.tied == b->hp.tied);
        const size_t bytes = (size_t)tern_dense_bytes(y) / y->rows;
        float *row = malloc(x->cols * sizeof *row);
        void *packed = malloc(bytes);
        for (size_t r = 0; r < x->rows; r += 7) {
            tern_dense_row(x, r, row);
            tern_dense_pack_row(type[i], row, x->cols, packed);
            cr_assert(!memcmp(packed, (const char *)y->data + r * bytes, bytes));
        }
        free(row);
        free(packed);
        const int differs = tern_models_equal(a, b, TERN_DENSE_NONE, &facts, &e) != TERN_OK;
        cr_assert_eq(differs, i >= 2);
        tern_model_close(a);
        tern_model_close(b);
    }
    const struct tern_convert_options folder = {.type = tern_convert_type_named("hfu8"),
                                                .head = TERN_DENSE_F16};
    struct tern_convert_facts facts;
    cr_assert_eq(tern_convert(from, to, &folder, &facts, &e), TERN_UNSUPPORTED);
    drop_scratch(to);
    drop_scratch(from);
}
