#include "models/convert/convert.h"
#include "base/progress.h"
#include "cli/command.h"
#include "models/facts.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void step(void *progress, double done, const char *what) {
    tern_progress_step(progress, done, what);
}

static const char help[] =
    "usage: tern convert IN OUT [options]\n\n"
    "Writes a model file again with its linear layers in another type. IN is a GGUF file or a folder of "
    "safetensors\n"
    "(packed uint8, or bf16, f16 or f32 master weights). OUT is read back before it gets its name: every "
    "trit, scale and\n"
    "dense value and the hyper-parameters must be those of IN. What a type cannot hold exactly is "
    "refused.\n\n"
    "      --type T        (or --format T) of the linear layers (default i2s): i2s, i2sarm, i2s4, tl1, tl2, "
    "tq10, tq20, q10, "
    "q20g64,\n"
    "                      q20g128, iq1bn, iq2bn, iq2bnr4, vlut1, vlut2, f32, f16, bf16; also as I2_S, "
    "TQ1_0, ...\n"
    "                      hfu8 writes a folder of safetensors\n"
    "      --side-scale    scales that the type cannot hold go to tensors of their own (LAYER.scale, f32); "
    "few\n"
    "                      programs read them in other architectures than bitnet\n"
    "      --head T        the output matrix (the embedding where the model has no other) becomes f32, f16, "
    "q8_0 or q6_k;\n"
    "                      its values are rounded, and how far is said\n"
    "      --i2s-layout L  of IN: x86, arm or rows4 (default: guessed, see docs/formats.md)\n"
    "      --json          the result as JSON\n"
    "  -q, --quiet         no progress line\n\n"
    "example: tern convert model.gguf smaller.gguf --type TQ1_0\n";

static int run(int argc, char **argv);

const struct tern_command tern_command_convert = {
    .name = "convert",
    .summary = "a model file in another format, without loss",
    .help = help,
    .run = run,
};

static int print(const struct tern_convert_facts *f, const char *out, const char *type, int json) {
    if (json)
        return tern_cli_print_json(json_pack(
            "{s:s, s:s, s:I, s:I, s:I, s:I, s:f, s:f, s:s}", "out", out, "type", type, "linear_layers_equal",
            (json_int_t)f->linears, "trits_equal", (json_int_t)f->trits, "dense_tensors_equal",
            (json_int_t)f->dense, "side_scales", (json_int_t)f->side_scales, "head_largest_change",
            f->head_change, "head_largest_value", f->head_largest, "note", f->note));
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

static int run(int argc, char **argv) {
    static const struct option options[] = {
        {"type", required_argument, 0, 't'},
        {"format", required_argument, 0, 't'},
        {"side-scale", no_argument, 0, 's'},
        {"i2s-layout", required_argument, 0, 'l'},
        {"json", no_argument, 0, 'j'},
        {"quiet", no_argument, 0, 'q'},
        {"head", required_argument, 0, 'H'},
        {"help", no_argument, 0, 'h'},
        {0, 0, 0, 0},
    };
    struct tern_convert_options o = {.type = tern_convert_type_named("i2s")};
    const char *layout = NULL;
    int json = 0, quiet = 0;
    for (int c; (c = tern_cli_getopt(argc, argv, ":qh", options, &tern_command_convert)) != -1;) {
        if (c == 't') {
            if (!(o.type = tern_convert_type_named(optarg)))
                return tern_cli_usage("convert", "--type: '%s' is not a type of linear layers; see --help",
                                      optarg);
        } else if (c == 'H') {
            if (!(o.head = head_named(optarg)))
                return tern_cli_usage("convert", "--head: '%s' is not one of f32, f16, q8_0, q6_k", optarg);
        } else if (c == 's') {
            o.side_scale = 1;
        } else if (c == 'l') {
            layout = optarg;
        } else if (c == 'j') {
            json = 1;
        } else if (c == 'q') {
            quiet = 1;
        } else {
            return 3;
        }
    }
    if (argc - optind != 2) return tern_cli_usage("convert", "two arguments are needed, IN and OUT");

    struct tern_error e = {""};
    struct tern_convert_facts facts;
    struct tern_progress bar;
    char *source = tern_cli_with_layout(argv[optind], layout);
    if (!source) return tern_cli_fail(TERN_NO_MEMORY, &e);
    tern_progress_begin(&bar, "convert", quiet);
    o.progress = step;
    o.ctx = &bar;
    const enum tern_status s = tern_convert(source, argv[optind + 1], &o, &facts, &e);
    tern_progress_end(&bar);
    free(source);
    return s ? tern_cli_fail(s, &e) : print(&facts, argv[optind + 1], o.type->name, json);
}
