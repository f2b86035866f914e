#define _GNU_SOURCE
#include "cli/command.h"
#include "cli/keys.h"

#include "base/isa.h"
#include "kernels/variant.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUT_TEXT, OUT_JSON, OUT_MD };

struct arguments {
    int formats, keys, runnable;
    int output; /* OUT_TEXT ... */
    struct tern_cli_filter filter;
};

static const struct tern_cli_option options[] = {
    {"formats", 0, NULL, "weight formats instead of variants", TERN_CLI_FLAG(struct arguments, formats)},
    {"keys", 0, NULL, "keys of model files instead, and what tern does with each (docs/keys.md)",
     TERN_CLI_FLAG(struct arguments, keys)},
    {"filter", 'f', "RE", "only names that match this extended regular expression",
     TERN_CLI_FILTER(struct arguments, filter)},
    {"runnable", 0, NULL, "only variants that this CPU and TERN_ISA can run",
     TERN_CLI_FLAG(struct arguments, runnable)},
    {"output", 'o', "text|json|md", "md: Markdown tables (docs/kernels.md, docs/keys.md)",
     TERN_CLI_CHOICE(struct arguments, output)},
    {"json", 0, NULL, "the same as -o json", TERN_CLI_SWITCH(struct arguments, output, OUT_JSON)},
};

static int list_formats(const struct tern_cli_filter *filter, int json) {
    size_t count;
    const struct tern_format *const *f = tern_formats(&count);
    json_t *all = json_array();
    if (!json) printf("%-8s %7s  %-7s %s\n", "format", "bits/w", "lives", "what");
    for (size_t i = 0; i < count; i++) {
        if (!tern_cli_matches(filter, f[i]->name)) continue;
        if (!json)
            printf("%-8s %7.4g  %-7s %s (%s)\n", f[i]->name, f[i]->bits, f[i]->in_files ? "files" : "memory",
                   f[i]->title, f[i]->source);
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:f, s:b}", "name", f[i]->name, "title",
                                             f[i]->title, "source", f[i]->source, "bits_per_weight",
                                             f[i]->bits, "in_files", f[i]->in_files));
    }
    return json ? tern_cli_print_json(all) : (json_decref(all), 0);
}

static json_t *variant_json(const struct tern_variant *v, const char *needs, int runs) {
    json_t *params = json_object();
    for (size_t i = 0; i < v->space->count; i++) {
        json_t *values = json_array();
        for (size_t j = 0; j < v->space->params[i].count; j++)
            json_array_append_new(values, json_integer(v->space->params[i].values[j]));
        json_object_set_new(params, v->space->params[i].name, values);
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:s, s:o}", "name", v->name,
                     "op", v->op == TERN_GEMV ? "gemv" : "gemm", "format", v->format->name, "activations",
                     tern_act_name(v->act), "needs", needs, "runs_here", runs, "exact", v->exact, "row_step",
                     (json_int_t)v->row_step, "k_step", (json_int_t)v->k_step, "n_min", (json_int_t)v->n_min,
                     "n_max", (json_int_t)v->n_max, "code", tern_variant_code_key(v), "parameters", params);
}

static void print_heading(void) {
    puts("| variant | format | bits per weight | needs | tokens | steps (rows, K) | exact | parameters |\n"
         "|---|---|---|---|---|---|---|---|");
}

static void print_row(const struct tern_variant *v, const char *needs) {
    const char *last = strrchr(needs, ' ');
    printf("| `%s` | %s | %.4g | %s | ", v->name, v->format->name, v->format->bits, last ? last + 1 : needs);
    if (v->n_min == v->n_max)
        printf("%zu", v->n_min);
    else
        printf("%zu and more", v->n_min);
    printf(" | %zu, %zu | %s |", v->row_step, v->k_step, v->exact ? "yes" : "within the float bound");
    for (size_t i = 0; i < v->space->count; i++) {
        const struct tern_param *p = &v->space->params[i];
        printf("%s%s:", i ? ", " : " ", p->name);
        for (size_t j = 0; j < p->count; j++) printf(" %d", p->values[j]);
    }
    puts(" |");
}

static void print_variant(const struct tern_variant *v, const char *needs, int runs) {
    int defaults[TERN_MAX_PARAMS];
    char params[96];
    tern_variant_defaults(v, defaults);
    tern_variant_params_text(v, defaults, params, sizeof params);
    printf("%-42s %-5s %6.4g b/w  %-3s %s  %s\n", v->name, v->exact ? "exact" : "float", v->format->bits,
           runs ? "yes" : "no", params, runs ? "" : needs);
}

static int list_variants(const struct arguments *a, uint32_t usable) {
    size_t count, shown = 0, runnable = 0;
    const struct tern_variant *v = tern_variants(&count);
    json_t *all = json_array();
    if (a->output == OUT_MD) print_heading();
    for (size_t i = 0; i < count; i++) {
        char needs[160];
        const int runs = (v[i].isa & usable) == v[i].isa;
        if (!tern_cli_matches(&a->filter, v[i].name) || (a->runnable && !runs)) continue;
        tern_isa_text(v[i].isa, needs, sizeof needs);
        shown++;
        runnable += runs;
        if (a->output == OUT_JSON)
            json_array_append_new(all, variant_json(&v[i], needs, runs));
        else if (a->output == OUT_MD)
            print_row(&v[i], needs);
        else
            print_variant(&v[i], needs, runs);
    }
    if (a->output == OUT_JSON) return tern_cli_print_json(all);
    json_decref(all);
    if (a->output == OUT_TEXT)
        printf("%zu variants, %zu run here (%s)\n", shown, runnable, tern_isa_level_name(usable));
    return 0;
}

static int run(int argc, char **argv) {
    struct arguments a = {0};
    struct tern_error e = {""};
    uint32_t usable;
    int rc = tern_cli_parse(&tern_command_list, argc, argv, &a, NULL);
    if (rc) return rc;
    const enum tern_status s = tern_isa_usable(&usable, &e);
    if (s)
        rc = tern_cli_fail(s, &e);
    else if (a.keys)
        rc = tern_cli_list_keys(&a.filter, a.output == OUT_JSON, a.output == OUT_MD);
    else if (a.formats)
        rc = list_formats(&a.filter, a.output == OUT_JSON);
    else
        rc = list_variants(&a, usable);
    tern_cli_release(&tern_command_list, &a);
    return rc;
}

const struct tern_command tern_command_list = {
    .name = "list",
    .summary = "every variant and format, what it needs, whether it runs here; keys of model files",
    .usage = "[options]",
    .about = "Each line says: name, exact or within the float bound, bits per weight, whether it runs here, "
             "parameters, and what it needs.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example = "tern list --filter '^gemv_p64'",
    .run = run,
};
