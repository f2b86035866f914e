#define _GNU_SOURCE
#include "reports/data/select.h"
#include "reports/import/readers.h"

#include <math.h>
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

static enum tern_status put(struct tern_import_work *w, const json_t *row, double *sample) {
    struct tern_record r;
    char ts[64], variant[160], params[200];
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
    snprintf(params, sizeof params, "n_batch=%.0f,n_ubatch=%.0f,n_depth=%.0f",
             fmax(tern_import_number(row, "n_batch"), 0), fmax(tern_import_number(row, "n_ubatch"), 0),
             fmax(tern_import_number(row, "n_depth"), 0));
    r.kind = "e2e";
    r.ts = ts;
    r.source = "llama-bench";
    r.commit = commit;
    r.machine = tern_import_text(row, "cpu_info");
    r.variant = variant;
    r.params = params;
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
    return tern_import_put(w, &r);
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
