#include "cli/command.h"
#include "cli/files.h"

#include "base/starved/starved.h"
#include "measure/records/json_text.h"
#include "models/arch.h"
#include "models/facts.h"
#include "models/gguf/types.h"
#include "models/load/oddities.h"
#include "models/load/open.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What there is to print: a file, a model, or both. */
struct subject {
    const char *source;
    struct tern_gguf *g;          /* NULL for synthetic models */
    struct tern_model *m;         /* NULL when it cannot run */
    const struct tern_gguf *file; /* g, or the model's */
    struct tern_error why;        /* it cannot run */
    struct tern_model_facts facts;
};

struct type_sum {
    uint32_t type;
    size_t count;
    uint64_t bytes;
};

static int by_type(const void *a, const void *b) {
    const uint32_t x = ((const struct type_sum *)a)->type, y = ((const struct type_sum *)b)->type;
    return (x > y) - (x < y);
}

/* Tensors by type id; heap. */
static struct type_sum *sum_types(const struct tern_gguf *g, size_t *count) {
    const size_t n = tern_gguf_tensor_count(g);
    struct type_sum *sum = calloc(n + 1, sizeof *sum);
    *count = 0;
    if (!sum) return tern_starve(), NULL;
    for (size_t i = 0; i < n; i++)
        sum[i] = (struct type_sum){tern_gguf_tensor_at(g, i)->type, 1, tern_gguf_tensor_at(g, i)->bytes};
    qsort(sum, n, sizeof *sum, by_type);
    for (size_t i = 0; i < n; i++) {
        if (*count && sum[*count - 1].type == sum[i].type) {
            sum[*count - 1].count++;
            sum[*count - 1].bytes += sum[i].bytes;
        } else {
            sum[(*count)++] = sum[i];
        }
    }
    return sum;
}

static json_t *text_of(struct tern_gguf_string s) {
    char shown[256];
    return json_string(tern_gguf_printable(s, shown, sizeof shown));
}

static json_t *json_hparams(const struct tern_hparams *hp) {
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:f, s:s, s:f, s:b, s:s, s:b}", "hidden",
                     (int)hp->hidden, "ffn", (int)hp->ffn, "layers", (int)hp->layers, "heads", (int)hp->heads,
                     "kv_heads", (int)hp->kv_heads, "head_dim", (int)hp->head_dim, "vocab", (int)hp->vocab,
                     "context", (int)hp->context, "rope_theta", (double)hp->rope_theta, "rope",
                     hp->rope_neox ? "neox" : "norm", "eps", (double)hp->eps, "sub_norms", hp->sub_norms,
                     "activation", hp->activation == TERN_RELU2 ? "relu2" : "silu", "tied_head", hp->tied);
}

static json_t *json_model(const struct subject *s) {
    struct tern_shape shape[TERN_ROLES];
    const size_t n = tern_model_shapes(&s->m->hp, shape, TERN_ROLES);
    json_t *shapes = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(shapes, json_pack("{s:I, s:I, s:I, s:s}", "m", (json_int_t)shape[i].m, "k",
                                                (json_int_t)shape[i].k, "calls_per_token",
                                                (json_int_t)shape[i].calls, "roles", shape[i].roles));
    const struct tern_model_facts *f = &s->facts;
    json_t *model =
        json_pack("{s:o, s:o, s:I, s:I, s:s}", "hyper_parameters", json_hparams(&s->m->hp), "linear_shapes",
                  shapes, "linear_weights", (json_int_t)f->linear_weights, "head_weights",
                  (json_int_t)f->head_weights, "linear_format", tern_linear_format(&s->m->layer[0].q));
    if (s->m->file)
        json_object_set_new(model, "bytes_per_token",
                            json_pack("{s:I, s:I, s:I, s:I, s:I}", "linear", (json_int_t)f->linear_bytes,
                                      "head", (json_int_t)f->head_bytes, "norms", (json_int_t)f->norm_bytes,
                                      "embedding_row", (json_int_t)f->embedding_row_bytes, "total",
                                      (json_int_t)f->token_bytes));
    else
        json_object_set_new(model, "bytes_per_token_absent", json_string("synthetic weights are not stored"));
    return model;
}

static json_t *json_tensors(const struct tern_gguf *g) {
    json_t *list = json_array();
    for (size_t i = 0; i < tern_gguf_tensor_count(g); i++) {
        const struct tern_gguf_tensor *t = tern_gguf_tensor_at(g, i);
        json_t *dims = json_array();
        for (uint32_t d = 0; d < t->n_dims; d++)
            json_array_append_new(dims, json_integer((json_int_t)t->dim[d]));
        json_array_append_new(list,
                              json_pack("{s:o, s:i, s:s, s:o, s:I, s:I}", "name", text_of(t->name), "type_id",
                                        (int)t->type, "type", tern_ggml_type_name(t->type), "dims", dims,
                                        "offset", (json_int_t)t->offset, "bytes", (json_int_t)t->bytes));
    }
    return list;
}

static void append_line(void *list, const char *line) {
    json_array_append_new(list, tern_json_text(line));
}

static int print_json(const struct subject *s, int tensors) {
    json_t *root = json_object();
    const struct tern_gguf_string source = {s->source, strlen(s->source)};
    struct tern_gguf_string text;
    json_object_set_new(root, "source", text_of(source));
    json_object_set_new(root, "runs", json_boolean(s->m != NULL));
    if (!s->m) json_object_set_new(root, "reason", tern_json_text(s->why.text));
    if (s->file) {
        size_t count;
        struct type_sum *sum = sum_types(s->file, &count);
        json_t *types = json_array(), *odd = json_array();
        for (size_t i = 0; sum && i < count; i++)
            json_array_append_new(types,
                                  json_pack("{s:i, s:s, s:I, s:I}", "type_id", (int)sum[i].type, "type",
                                            tern_ggml_type_name(sum[i].type), "tensors",
                                            (json_int_t)sum[i].count, "bytes", (json_int_t)sum[i].bytes));
        free(sum);
        tern_model_oddities(s->file, s->m, append_line, odd);
        json_object_set_new(root, "container",
                            json_string(tern_gguf_version(s->file) ? "gguf" : "safetensors"));
        if (tern_gguf_version(s->file))
            json_object_set_new(root, "gguf_version", json_integer(tern_gguf_version(s->file)));
        if (tern_gguf_text(s->file, "general.architecture", &text))
            json_object_set_new(root, "architecture", text_of(text));
        if (tern_gguf_text(s->file, "general.name", &text)) json_object_set_new(root, "name", text_of(text));
        json_object_set_new(root, "keys", json_integer((json_int_t)tern_gguf_value_count(s->file)));
        json_object_set_new(root, "tensor_types", types);
        json_object_set_new(root, "oddities", odd);
        if (tensors) json_object_set_new(root, "tensors", json_tensors(s->file));
    } else {
        json_object_set_new(root, "architecture", json_string(s->m->hp.arch));
    }
    json_t *model = s->m ? json_model(s) : NULL;
    if (model) json_object_update(root, model);
    json_decref(model);
    return tern_cli_print_json_digits(root, 17);
}

static void print_model(const struct subject *s) {
    const struct tern_hparams *hp = &s->m->hp;
    const struct tern_model_facts *f = &s->facts;
    struct tern_shape shape[TERN_ROLES];
    const size_t n = tern_model_shapes(hp, shape, TERN_ROLES);
    printf("layers         %u of hidden %u, ffn %u; %u heads, %u key-value heads of %u\n", hp->layers,
           hp->hidden, hp->ffn, hp->heads, hp->kv_heads, hp->head_dim);
    printf("vocabulary     %u tokens, context %u\n", hp->vocab, hp->context);
    printf("graph          rope %s theta %g, eps %g, %s, %s sub-norms, %s head\n",
           hp->rope_neox ? "neox" : "norm", (double)hp->rope_theta, (double)hp->eps,
           hp->activation == TERN_RELU2 ? "relu^2" : "silu", hp->sub_norms ? "with" : "no",
           hp->tied ? "tied" : "untied");
    puts("\nlinear shapes  M x K (out x in), calls per token");
    for (size_t i = 0; i < n; i++)
        printf("  %6zu x %-6zu %4zu  %s\n", shape[i].m, shape[i].k, shape[i].calls, shape[i].roles);
    printf("\nweights        %llu ternary, %llu in the head\n", (unsigned long long)f->linear_weights,
           (unsigned long long)f->head_weights);
    if (!s->m->file) {
        puts("bytes/token    none stored: weights are made on demand");
        return;
    }
    const struct tern_dense *head = s->m->head.type ? &s->m->head : &s->m->embedding;
    printf("bytes/token    %llu: linear %llu (%s, %.4g bits/weight), head %llu (%s), norms %llu, embedding "
           "row %llu\n",
           (unsigned long long)f->token_bytes, (unsigned long long)f->linear_bytes,
           tern_linear_format(&s->m->layer[0].q), 8.0 * (double)f->linear_bytes / (double)f->linear_weights,
           (unsigned long long)f->head_bytes, tern_dense_name(head->type), (unsigned long long)f->norm_bytes,
           (unsigned long long)f->embedding_row_bytes);
}

static void print_line(void *first, const char *line) {
    if (*(int *)first) puts("\noddities");
    *(int *)first = 0;
    printf("  %s\n", line);
}

static void print_file(const struct subject *s, int tensors) {
    size_t count;
    struct type_sum *sum = sum_types(s->file, &count);
    puts("\ntensor types   id, tensors, bytes with padding");
    for (size_t i = 0; sum && i < count; i++)
        printf("  %-14s %3u  %6zu  %llu\n", tern_ggml_type_name(sum[i].type), sum[i].type, sum[i].count,
               (unsigned long long)sum[i].bytes);
    free(sum);
    int first = 1;
    tern_model_oddities(s->file, s->m, print_line, &first);
    if (tensors) puts("\ntensors        type, K x M x ..., bytes with padding");
    for (size_t i = 0; tensors && i < tern_gguf_tensor_count(s->file); i++) {
        const struct tern_gguf_tensor *t = tern_gguf_tensor_at(s->file, i);
        char shown[80];
        printf("  %-32s %-8s %llu", tern_gguf_printable(t->name, shown, sizeof shown),
               tern_ggml_type_name(t->type), (unsigned long long)t->dim[0]);
        for (uint32_t d = 1; d < t->n_dims; d++) printf(" x %llu", (unsigned long long)t->dim[d]);
        printf("  %llu\n", (unsigned long long)t->bytes);
    }
}

static int print_text(const struct subject *s, int tensors) {
    char arch[64] = "none", name[128] = "";
    struct tern_gguf_string text;
    printf("source         %s\n", s->source);
    if (s->file) {
        if (tern_gguf_text(s->file, "general.architecture", &text))
            tern_gguf_printable(text, arch, sizeof arch);
        if (tern_gguf_text(s->file, "general.name", &text)) tern_gguf_printable(text, name, sizeof name);
        if (tern_gguf_version(s->file))
            printf("file           GGUF version %u, %zu keys, %zu tensors\n", tern_gguf_version(s->file),
                   tern_gguf_value_count(s->file), tern_gguf_tensor_count(s->file));
        else
            printf("file           safetensors, %zu tensors; shown as they would stand in a GGUF file\n",
                   tern_gguf_tensor_count(s->file));
    }
    printf("architecture   %s%s%s\n", s->file ? arch : s->m->hp.arch, name[0] ? ", " : "", name);
    printf("runs           %s%s\n", s->m ? "yes" : "no: ", s->m ? "" : s->why.text);
    if (s->m) print_model(s);
    if (s->file) print_file(s, tensors);
    return 0;
}

struct arguments {
    const char *layout;
    int tensors, json;
};

static const struct tern_cli_option options[] = {
    {"tensors", 0, NULL, "every tensor", TERN_CLI_FLAG(struct arguments, tensors)},
    {"i2s-layout", 0, "x86|arm|rows4", "layout of I2_S tensors (default: guessed; see docs/models.md)",
     TERN_CLI_TEXT(struct arguments, layout)},
    {"json", 0, NULL, "as JSON", TERN_CLI_FLAG(struct arguments, json)},
};

/* Opens the model, or the bare file when this build cannot run it. */
static enum tern_status open_subject(const char *name, const char *layout, struct subject *s) {
    char *source = tern_cli_with_layout(name, layout);
    enum tern_status status = source ? tern_model_open(source, &s->m, &s->why) : TERN_NO_MEMORY;
    free(source);
    if (status == TERN_UNSUPPORTED) {
        struct tern_error e = {""};
        status = tern_model_file_open(name, &s->g, &e);
        if (status) s->why = e;
    }
    if (status) return status;
    s->file = s->m ? s->m->file : s->g;
    if (s->m) tern_model_facts(s->m, &s->facts);
    return TERN_OK;
}

static int run(int argc, char **argv) {
    struct arguments a = {0};
    struct tern_cli_words words;
    int rc = tern_cli_parse(&tern_command_inspect, argc, argv, &a, &words);
    if (rc) return rc;
    struct subject s = {.source = words.word[0]};
    const enum tern_status status = open_subject(s.source, a.layout, &s);
    if (status) return tern_cli_fail(status, &s.why);
    rc = a.json ? print_json(&s, a.tensors) : print_text(&s, a.tensors);
    tern_model_close(s.m);
    tern_gguf_close(s.g);
    return rc;
}

const struct tern_command tern_command_inspect = {
    .name = "inspect",
    .summary = "what a model file holds",
    .usage = "FILE.gguf|FOLDER|synth:NAME [options]",
    .about = "Shows what a model holds: architecture, sizes, linear shapes, tensor types, bytes read per "
             "decoded token, and what is odd about the file. A sound file that this build cannot run is "
             "shown too, with the reason.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example = "tern inspect model.gguf --tensors",
    .least = 1,
    .most = 1,
    .words = "a file, a folder or synth:NAME",
    .run = run,
};
