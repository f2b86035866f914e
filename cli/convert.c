#include "cli/command.h"
#include "cli/files.h"

#include "base/talk/nearest.h"
#include "base/talk/progress.h"
#include "measure/records/json_text.h"
#include "models/convert/convert.h"
#include "models/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void step(void *progress, double done, const char *what) {
    tern_progress_step(progress, done, what);
}

static int print(const struct tern_convert_facts *f, const char *out, const char *type, int json) {
    if (json)
        return tern_cli_print_json(json_pack(
            "{s:o, s:s, s:I, s:I, s:I, s:I, s:f, s:f, s:s}", "out", tern_json_text(out), "type", type,
            "linear_layers_equal", (json_int_t)f->linears, "trits_equal", (json_int_t)f->trits,
            "dense_tensors_equal", (json_int_t)f->dense, "side_scales", (json_int_t)f->side_scales,
            "head_largest_change", f->head_change, "head_largest_value", f->head_largest, "note", f->note));
    printf("%s: %s; read back equal: %zu linear layers (%llu trits and their scales), %zu dense tensors\n",
           out, type, f->linears, (unsigned long long)f->trits, f->dense);
    if (f->head_largest > 0)
        printf("the output matrix was %s: values changed by at most %.3g, the largest is %.3g\n",
               f->head_change > 0 ? "rounded" : "not changed by its new type", f->head_change,
               f->head_largest);
    if (f->side_scales) printf("%zu scales are in tensors of their own\n", f->side_scales);
    if (f->note[0]) printf("note: %s\n", f->note);
    return 0;
}

static enum tern_dense_type head_named(const char *word) {
    static const enum tern_dense_type can[] = {TERN_DENSE_F32, TERN_DENSE_F16, TERN_DENSE_Q8_0,
                                               TERN_DENSE_Q6_K};
    for (size_t i = 0; i < sizeof can / sizeof *can; i++)
        if (!strcmp(word, tern_dense_name(can[i]))) return can[i];
    return TERN_DENSE_NONE;
}

struct arguments {
    struct tern_convert_options o;
    const char *layout;
    int side_scale, json, quiet;
};

static int take_type(void *arguments, const char *word) {
    struct arguments *a = arguments;
    a->o.type = tern_convert_type_named(word);
    if (a->o.type) return 0;
    const char *name[64];
    char meant[64];
    size_t count;
    const struct tern_convert_type *type = tern_convert_types(&count);
    for (size_t i = 0; i < count && i < 64; i++) name[i] = type[i].name;
    tern_nearest_text(word, name, count < 64 ? count : 64, meant, sizeof meant);
    return tern_cli_usage("convert", "--type: '%s' is not a type of linear layers%s", word, meant);
}

static int take_head(void *arguments, const char *word) {
    struct arguments *a = arguments;
    a->o.head = head_named(word);
    return a->o.head ? 0 : tern_cli_usage("convert", "--head: '%s' is not one of f32, f16, q8_0, q6_k", word);
}

static const char *type_name(size_t i) {
    size_t count;
    const struct tern_convert_type *type = tern_convert_types(&count);
    return i < count ? type[i].name : NULL;
}

static const struct tern_cli_option options[] = {
    {"type", 0, "T",
     "type of the linear layers (default i2s), also by its name in a file, such as TQ1_0; hfu8 writes a "
     "folder of safetensors",
     TERN_CLI_TAKEN(take_type), .word = type_name},
    {"format", 0, "T", "the same as --type", TERN_CLI_TAKEN(take_type)},
    {"side-scale", 0, NULL,
     "scales that the type cannot hold go to tensors of their own (LAYER.scale, f32); few programs read them "
     "in architectures other than bitnet",
     TERN_CLI_FLAG(struct arguments, side_scale)},
    {"head", 0, "f32|f16|q8_0|q6_k",
     "new type of the output matrix, or of the embedding if the model has no output matrix; the values are "
     "rounded, and tern says how far",
     TERN_CLI_TAKEN(take_head)},
    {"i2s-layout", 0, "x86|arm|rows4", "layout of I2_S tensors in IN (default: guessed; see docs/formats.md)",
     TERN_CLI_TEXT(struct arguments, layout)},
    {"json", 0, NULL, "the result as JSON", TERN_CLI_FLAG(struct arguments, json)},
    {"quiet", 'q', NULL, "no progress line", TERN_CLI_FLAG(struct arguments, quiet)},
};

static int run(int argc, char **argv) {
    struct arguments a = {.o = {.type = tern_convert_type_named("i2s")}};
    struct tern_cli_words words;
    const int rc = tern_cli_parse(&tern_command_convert, argc, argv, &a, &words);
    if (rc) return rc;
    struct tern_error e = {""};
    struct tern_convert_facts facts;
    struct tern_progress bar;
    const char *out = words.word[1];
    char *source = tern_cli_with_layout(words.word[0], a.layout);
    if (!source) return tern_cli_fail(TERN_NO_MEMORY, &e);
    tern_progress_begin(&bar, "convert", a.quiet);
    a.o.side_scale = a.side_scale;
    a.o.progress = step;
    a.o.ctx = &bar;
    const enum tern_status s = tern_convert(source, out, &a.o, &facts, &e);
    tern_progress_end(&bar);
    free(source);
    return s ? tern_cli_fail(s, &e) : print(&facts, out, a.o.type->name, a.json);
}

const struct tern_command tern_command_convert = {
    .name = "convert",
    .summary = "a model file in another format, without loss",
    .usage = "IN OUT [options]",
    .about =
        "Writes a model file again with its linear layers in another type. IN is a GGUF file or a folder of "
        "safetensors (packed uint8, or bf16, f16 or f32 master weights).\n"
        "tern reads OUT back before it gives the file its name. Every trit, every scale, every dense value "
        "and all hyper-parameters must be those of IN. tern refuses what a type cannot hold exactly.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example = "tern convert model.gguf smaller.gguf --type TQ1_0",
    .least = 2,
    .most = 2,
    .words = "IN and OUT",
    .run = run,
};
