#include "harness/embed.h"
#include "base/file.h"
#include "cli/command.h"
#include "harness/default_model.h"
#include "harness/options.h"
#include "harness/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_LIMIT = 1 << 24 };

struct job {
    const char *model, *text, *file, *layout;
    enum tern_pooling pooling;
    struct tern_engine_options engine;
    int raw, json, no_wisdom;
    struct tern_model *m;
    struct tern_engine *en;
    int32_t *ids;
    size_t count;
    float *vector;
};

static const char help[] =
    "usage: tern embed [-m MODEL] (-p TEXT | -f FILE) [options]\n\n"
    "The vector of a text: the model's last hidden state after the output norm, pooled over the tokens and "
    "scaled to\n"
    "length 1. How it is pooled is said by the file of an embedding model (ARCH.pooling_type); any other "
    "model needs\n"
    "--pool, and its vectors are what the head would multiply, not trained to be compared.\n\n"
    "  -m, --model M         GGUF file, folder of safetensors, or synth:NAME\n"
    "  -p, --prompt TEXT     text; -f, --file FILE reads it from a file\n"
    "      --pool P          mean, last or first token (default: what the file says)\n"
    "      --raw             keep the length\n"
    "  -t, --threads T       worker threads (what wisdom knows to be best, else all processors)\n"
    "      --ctx N           positions (the model's, at most 4096): longer texts are refused\n"
    "      --kv f16|f32|q8   type of the key/value cache (f16)\n"
    "      --i2s-layout L    of I2_S tensors: x86, arm or rows4 (default: guessed)\n"
    "      --no-wisdom       ignore what was tuned\n"
    "      --json            as JSON\n"
    "  -q, --quiet           no progress line\n\n"
    "example: tern embed -p \"Ternary weights are\" --pool last --json\n";

static int run(int argc, char **argv);

const struct tern_command tern_command_embed = {
    .name = "embed",
    .summary = "the embedding vector of a text",
    .help = help,
    .run = run,
};

static int parse(struct job *j, int argc, char **argv) {
    static const struct option options[] = {
        {"model", required_argument, 0, 'm'},
        {"prompt", required_argument, 0, 'p'},
        {"file", required_argument, 0, 'f'},
        {"pool", required_argument, 0, 'P'},
        {"raw", no_argument, 0, 'r'},
        {"threads", required_argument, 0, 't'},
        {"ctx", required_argument, 0, 'c'},
        {"kv", required_argument, 0, 'k'},
        {"i2s-layout", required_argument, 0, 'l'},
        {"no-wisdom", no_argument, 0, 'w'},
        {"json", no_argument, 0, 'j'},
        {"quiet", no_argument, 0, 'q'},
        {"help", no_argument, 0, 'h'},
        {0, 0, 0, 0},
    };
    struct tern_error e = {""};
    for (int c; (c = tern_cli_getopt(argc, argv, ":m:p:f:t:qh", options, &tern_command_embed)) != -1;) {
        if (c == 'm')
            j->model = optarg;
        else if (c == 'p')
            j->text = optarg;
        else if (c == 'f')
            j->file = optarg;
        else if (c == 'l')
            j->layout = optarg;
        else if (c == 'r')
            j->raw = 1;
        else if (c == 'j')
            j->json = 1;
        else if (c == 'w')
            j->no_wisdom = 1;
        else if (c == 'q')
            j->engine.quiet = 1;
        else if (c == 'P' && !(j->pooling = tern_pooling_named(optarg)))
            return tern_cli_usage("embed", "--pool: '%s' is not one of mean, last, first", optarg);
        else if (c == 'k' && tern_kv_named(optarg, &j->engine.kv, &e))
            return tern_cli_usage("embed", "--kv: %s", e.text);
        else if (c == 't' && !tern_cli_size("embed", "--threads", optarg, 1, 1024, &j->engine.threads))
            return 3;
        else if (c == 'c' && !tern_cli_size("embed", "--ctx", optarg, 1, 1u << 20, &j->engine.context))
            return 3;
        else if (c == '?')
            return 3;
    }
    if (optind < argc) return tern_cli_usage("embed", "'%s' is not an option", argv[optind]);
    if (!j->text == !j->file) return tern_cli_usage("embed", "give one text: -p TEXT or -f FILE");
    return 0;
}

/* The tokens of the text, with the end token where the file asks for one. */
static enum tern_status text_ids(struct job *j, struct tern_error *e) {
    struct tern_tokenizer *t = NULL;
    char *owned = NULL;
    size_t bytes = j->text ? strlen(j->text) : 0;
    enum tern_status s = tern_tokenizer_new(j->m, &t, e);
    if (!s && j->file) s = tern_file_read(j->file, TEXT_LIMIT, &owned, &bytes, e);
    if (!s) s = tern_prompt_ids(j->m, t, owned ? owned : j->text, bytes, &j->ids, &j->count, e);
    if (!s && j->m->hp.add_eos && j->m->hp.eos >= 0) {
        int32_t *grown = realloc(j->ids, (j->count + 1) * sizeof *grown);
        if (grown) (j->ids = grown)[j->count++] = j->m->hp.eos;
        if (!grown) s = tern_fail(e, TERN_NO_MEMORY, "embed: out of memory");
    }
    tern_tokenizer_free(t);
    free(owned);
    return s;
}

static enum tern_status work(struct job *j, struct tern_error *e) {
    struct tern_wisdom wisdom = {{0}, NULL, 0, 0};
    char *path = NULL, *source = NULL, warning[512] = "";
    enum tern_status s = j->model ? TERN_OK : tern_default_model(&path, e);
    if (!s && !(source = tern_cli_with_layout(j->model ? j->model : path, j->layout)))
        s = tern_fail(e, TERN_NO_MEMORY, "embed: out of memory");
    if (!s) s = tern_model_open(source, &j->m, e);
    if (!s && !j->pooling) j->pooling = j->m->hp.pooling;
    if (!s && !j->pooling)
        s = tern_fail(e, TERN_BAD_INPUT,
                      "embed: %s: the file does not say how to pool; use --pool mean, last or first",
                      j->m->source);
    if (!s) s = text_ids(j, e);
    if (!s && !j->no_wisdom) {
        s = tern_wisdom_here(NULL, &wisdom, warning, sizeof warning, e);
        j->engine.wisdom = &wisdom;
    }
    if (warning[0]) fprintf(stderr, "tern: warning: %s\n", warning);
    if (!s) s = tern_engine_new(j->m, &j->engine, &j->en, e);
    if (!s && !(j->vector = malloc(j->m->hp.hidden * sizeof *j->vector)))
        s = tern_fail(e, TERN_NO_MEMORY, "embed: out of memory");
    if (!s) s = tern_embed(j->en, j->ids, j->count, j->pooling, !j->raw, j->vector, e);
    tern_engine_free(j->en);
    tern_wisdom_free(&wisdom);
    free(source);
    free(path);
    return s;
}

static int print(const struct job *j) {
    const size_t n = j->m->hp.hidden;
    if (j->json) {
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++) json_array_append_new(list, json_real((double)j->vector[i]));
        return tern_cli_print_json(json_pack("{s:s, s:s, s:I, s:I, s:b, s:o}", "model", j->m->source,
                                             "pooling", tern_pooling_name(j->pooling), "tokens",
                                             (json_int_t)j->count, "dimensions", (json_int_t)n, "unit_length",
                                             !j->raw, "vector", list));
    }
    for (size_t i = 0; i < n; i++) printf(i ? " %.9g" : "%.9g", (double)j->vector[i]);
    putchar('\n');
    return 0;
}

static int run(int argc, char **argv) {
    struct tern_error e = {""};
    struct job j = {0};
    int rc = parse(&j, argc, argv);
    if (rc) return rc;
    const enum tern_status s = work(&j, &e);
    rc = s ? tern_cli_fail(s, &e) : print(&j);
    tern_model_close(j.m);
    free(j.vector);
    free(j.ids);
    return rc;
}
