#define _GNU_SOURCE
#include "reports/data/select.h"
#include "reports/import/readers.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SAMPLES = 1024 };

static size_t take_samples(const json_t *row, double *out) {
    const json_t *list = json_object_get(row, "samples_ts"), *x;
    size_t i, n = 0;
    json_array_foreach(list, i, x) {
        const double v = json_number_value(x);
        if (n < MAX_SAMPLES && json_is_number(x) && v > 0) out[n++] = v;
    }
    return n;
}

static const char *file_part(const char *path) {
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path;
}

/* Results, and names of what was measured: every other key of a row is a setting, whoever added it. */
static int is_no_setting(const char *key) {
    static const char *const keys[] = {
        "build_commit",   "build_number", "cpu_info",  "model_filename", "model_type", "model_size",
        "model_n_params", "n_prompt",     "n_gen",     "n_threads",      "test_time",  "avg_ns",
        "stddev_ns",      "avg_ts",       "stddev_ts", "samples_ns",     "samples_ts", "test"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(key, keys[i])) return 1;
    return 0;
}

/* In this order, and the others behind them, so that a series goes on. */
static void put_settings(const json_t *row, struct tern_text *t) {
    static const char *const keys[] = {
        "n_batch",      "n_ubatch",      "n_depth",   "backends",      "gpu_info",   "devices",
        "n_gpu_layers", "split_mode",    "main_gpu",  "tensor_split",  "type_k",     "type_v",
        "flash_attn",   "no_kv_offload", "use_mmap",  "use_direct_io", "embeddings", "cpu_mask",
        "cpu_strict",   "poll",          "n_cpu_moe", "no_op_offload", "no_host",    "tensor_buft_overrides"};
    const char *key;
    json_t *v, *others = json_copy((json_t *)(uintptr_t)row);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        tern_import_setting(t, keys[i], json_object_get(row, keys[i]));
        json_object_del(others, keys[i]);
    }
    json_object_foreach(others, key, v) if (!is_no_setting(key)) tern_import_setting(t, key, v);
    json_decref(others);
}

static enum tern_status put(struct tern_import_work *w, const json_t *row, double *sample) {
    struct tern_record r;
    char ts[64], variant[160];
    struct tern_text params = {0};
    const double prompt = tern_import_number(row, "n_prompt"), made = tern_import_number(row, "n_gen");
    const double threads = tern_import_number(row, "n_threads"), mean = tern_import_number(row, "avg_ts");
    const char *commit = tern_import_text(row, "build_commit"), *kind = tern_import_text(row, "model_type");
    if (!(prompt >= 0) || !(made >= 0) || prompt + made <= 0 || prompt + made > 1e9 || !(mean > 0)) {
        w->skipped++;
        return TERN_OK;
    }
    tern_record_init(&r);
    tern_import_time(tern_import_text(row, "test_time"), ts, sizeof ts);
    snprintf(variant, sizeof variant, "%.60s%s%.60s", w->o->source ? w->o->source : "llama.cpp",
             kind ? " " : "", tern_or_empty(kind));
    put_settings(row, &params);
    r.kind = "e2e";
    r.ts = ts;
    r.source = "llama-bench";
    r.commit = commit;
    r.machine = tern_import_text(row, "cpu_info");
    r.variant = variant;
    r.params = params.data ? params.data : "-";
    r.op = !(made > 0) ? "prefill" : prompt > 0 ? "prefill+decode" : "decode";
    r.model = file_part(tern_import_text(row, "model_filename"));
    r.n = (size_t)(prompt + made);
    r.threads = threads > 0 && threads < 1e6 ? (size_t)threads : 0;
    r.unit = "tok/s";
    r.flags = "imported";
    r.complete = 1;
    r.sample_count = take_samples(row, sample);
    if (r.sample_count) {
        r.samples = sample;
        r.est = tern_estimate_of(sample, r.sample_count);
    } else {
        r.est.n = 1;
        r.est.median = mean;
        r.flags = "imported mean";
    }
    const enum tern_status s =
        params.failed ? tern_fail(w->e, TERN_NO_MEMORY, "import: out of memory") : tern_import_put(w, &r);
    tern_text_free(&params);
    return s;
}

enum tern_status tern_import_llama_bench(struct tern_import_work *w, const json_t *rows) {
    const json_t *row;
    size_t i;
    double *sample = malloc(MAX_SAMPLES * sizeof *sample);
    enum tern_status s = sample ? TERN_OK : tern_fail(w->e, TERN_NO_MEMORY, "import: out of memory");
    json_array_foreach(rows, i, row) {
        if (s) break;
        s = put(w, row, sample);
    }
    free(sample);
    return s;
}
