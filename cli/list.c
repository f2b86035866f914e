#define _GNU_SOURCE
#include "cli/command.h"

#include "base/isa.h"
#include "kernels/variant.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run(int argc, char **argv);

const struct tern_command tern_command_list = {
    "list", "every variant and format, what it needs, whether it runs here",
    "usage: tern list [--formats] [--filter RE] [--runnable] [--json | -o text|json|md]\n\n"
    "Each line: name, exact or within the float bound, bits per weight, whether it runs here, and what it "
    "needs.\n\n"
    "      --formats     weight formats instead of variants\n"
    "  -f, --filter RE   only names that match this extended regular expression\n"
    "      --runnable    only variants that this CPU and TERN_ISA can run\n"
    "  -o text|json|md   md: a Markdown table (docs/kernels.md is one)\n"
    "      --json        the same as -o json\n\n"
    "example: tern list --filter '^gemv_p64'\n",
    run};

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

static int run(int argc, char **argv) {
    static const struct option options[] = {
        {"formats", no_argument, 0, 'F'},  {"filter", required_argument, 0, 'f'},
        {"runnable", no_argument, 0, 'r'}, {"json", no_argument, 0, 'j'},
        {"help", no_argument, 0, 'h'},     {0}};
    int formats = 0, json = 0, only = 0, markdown = 0;
    const char *re = NULL;
    for (int o; (o = tern_cli_getopt(argc, argv, "hf:o:", options, &tern_command_list)) != -1;) {
        if (o == 'F')
            formats = 1;
        else if (o == 'f')
            re = optarg;
        else if (o == 'r')
            only = 1;
        else if (o == 'j')
            json = 1;
        else if (o == 'o') {
            if (strcmp(optarg, "md") && strcmp(optarg, "json") && strcmp(optarg, "text"))
                return tern_cli_usage("list", "-o: '%s' is not text, json or md", optarg);
            json = !strcmp(optarg, "json");
            markdown = !strcmp(optarg, "md");
        } else
            return 3;
    }
    if (optind < argc) return tern_cli_usage("list", "unexpected argument '%s'", argv[optind]);
    struct tern_error e = {{0}};
    uint32_t usable;
    enum tern_status s = tern_isa_usable(&usable, &e);
    if (s) return tern_cli_fail(s, &e);
    struct tern_cli_filter filter;
    if (!tern_cli_filter_new("list", re, &filter)) return 3;
    int rc = 0;
    if (formats) {
        rc = list_formats(&filter, json);
        tern_cli_filter_free(&filter);
        return rc;
    }
    size_t count, shown = 0, runnable = 0;
    const struct tern_variant *v = tern_variants(&count);
    json_t *all = json_array();
    if (markdown) print_heading();
    for (size_t i = 0; i < count; i++) {
        const int runs = (v[i].isa & usable) == v[i].isa;
        if (!tern_cli_matches(&filter, v[i].name) || (only && !runs)) continue;
        char needs[160], params[96];
        tern_isa_text(v[i].isa, needs, sizeof needs);
        int defaults[TERN_MAX_PARAMS];
        tern_variant_defaults(&v[i], defaults);
        tern_variant_params_text(&v[i], defaults, params, sizeof params);
        shown++;
        runnable += runs;
        if (json)
            json_array_append_new(all, variant_json(&v[i], needs, runs));
        else if (markdown)
            print_row(&v[i], needs);
        else
            printf("%-42s %-5s %6.4g b/w  %-3s %s  %s\n", v[i].name, v[i].exact ? "exact" : "float",
                   v[i].format->bits, runs ? "yes" : "no", params, runs ? "" : needs);
    }
    tern_cli_filter_free(&filter);
    if (json) return tern_cli_print_json(all);
    json_decref(all);
    if (!markdown) printf("%zu variants, %zu run here (%s)\n", shown, runnable, tern_isa_level_name(usable));
    return rc;
}
