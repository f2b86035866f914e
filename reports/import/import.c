/* Finds out what a text is, and hands it to the reader of that format. */
#define _GNU_SOURCE
#include "reports/import/import.h"

#include "base/placeholder/placeholder.h"
#include "reports/import/readers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct format {
    const char *name, *title;
    int (*is)(const json_t *doc);
    enum tern_status (*read)(struct tern_import_work *w, const json_t *doc);
};

/* The first row of a list, or the value itself. */
static const json_t *row_of(const json_t *doc) {
    return json_is_array(doc) ? json_array_get(doc, 0) : doc;
}

static int has(const json_t *o, const char *a, const char *b) {
    return json_object_get(o, a) && json_object_get(o, b);
}

static int is_llama(const json_t *doc) {
    return has(row_of(doc), "avg_ts", "n_prompt");
}

static int is_gbench(const json_t *doc) {
    const json_t *list = json_object_get(doc, "benchmarks"), *row = json_array_get(list, 0);
    return json_is_array(list) && !json_object_get(row, "stats") && !json_object_get(doc, "machine_info");
}

static int is_pytest(const json_t *doc) {
    const json_t *list = json_object_get(doc, "benchmarks");
    return json_is_array(list) &&
           (json_object_get(json_array_get(list, 0), "stats") || json_object_get(doc, "machine_info"));
}

static int is_hyperfine(const json_t *doc) {
    const json_t *list = json_object_get(doc, "results");
    return json_is_array(list) && json_object_get(json_array_get(list, 0), "command") != NULL;
}

static int is_criterion(const json_t *doc) {
    return tern_import_is_estimates(doc) || json_object_get(row_of(doc), "reason");
}

static int is_perf(const json_t *doc) {
    return has(row_of(doc), "counter-value", "event");
}

static int is_e2e(const json_t *doc) {
    return has(row_of(doc), "test", "threads") && has(row_of(doc), "unit", "median");
}

/* In the order of enum tern_import_format, from TERN_IMPORT_GBENCH. */
static const struct format formats[] = {
    {"gbench", "JSON of Google Benchmark", is_gbench, tern_import_gbench},
    {"llama-bench", "JSON, CSV, Markdown or SQL of llama-bench", is_llama, tern_import_llama_bench},
    {"hyperfine", "JSON of hyperfine", is_hyperfine, tern_import_hyperfine},
    {"pytest", "JSON of pytest-benchmark", is_pytest, tern_import_pytest},
    {"criterion", "JSON of Criterion.rs", is_criterion, tern_import_criterion},
    {"perf", "JSON of perf stat -j", is_perf, tern_import_perf},
    {"e2e", "JSON of tern e2e", is_e2e, tern_import_e2e},
};

enum { FORMATS = sizeof formats / sizeof *formats };

enum tern_status tern_import_format_named(const char *name, enum tern_import_format *out,
                                          struct tern_error *e) {
    *out = !strcmp(name, "auto") ? TERN_IMPORT_AUTO : TERN_IMPORT_RECORDS;
    if (!strcmp(name, "auto") || !strcmp(name, "records")) return TERN_OK;
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(name, formats[i].name)) continue;
        *out = (enum tern_import_format)(TERN_IMPORT_GBENCH + i);
        return TERN_OK;
    }
    return tern_fail(e, TERN_BAD_INPUT, "import: --format: '%s' is none of " TERN_IMPORT_NAMES, name);
}

/* A record is one line with a schema; of a whole file the first whole line decides. */
static int is_records(const char *text, size_t bytes) {
    for (const char *p = text, *end = text + bytes; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        if (!stop) stop = end;
        json_t *o = json_loadb(p, (size_t)(stop - p), 0, NULL);
        const int ours = json_is_object(o) && json_object_get(o, "kind") != NULL;
        json_decref(o);
        if (ours) return 1;
        p = stop + 1;
    }
    return 0;
}

/* "JSON with the keys a, b, c", or "a table with the columns a, b, c", for a person who named the wrong file. */
static void describe(const json_t *doc, int table, char *out, size_t bytes) {
    const json_t *row = row_of(doc);
    const char *key;
    json_t *value;
    int n = 0;
    snprintf(out, bytes,
             table                 ? "a table with the columns"
             : json_is_object(row) ? "JSON with the keys"
                                   : "JSON without keys");
    json_object_foreach((json_t *)(uintptr_t)row, key, value) {
        const size_t at = strlen(out);
        if (n++ < 4) snprintf(out + at, bytes - at, "%s %.24s", n > 1 ? "," : "", key);
    }
    for (char *p = out; *p; p++)
        if (*p < ' ' || *p > '~') *p = '?';
}

static enum tern_status foreign(struct tern_import_work *w, const char *text, size_t bytes) {
    const enum tern_import_format f = w->o->format;
    char what[160];
    json_t *doc = NULL;
    enum tern_status s = tern_import_parse(w->where, text, bytes, &doc, w->e);
    if (s) return s;
    size_t i = 0;
    while (i < FORMATS && !((f == TERN_IMPORT_AUTO || f == TERN_IMPORT_GBENCH + i) && formats[i].is(doc)))
        i++;
    if (i < FORMATS && json_is_object(doc) && formats[i].read == tern_import_llama_bench) {
        json_t *list = json_pack("[o]", doc);
        if (list) doc = list;
    }
    if (i < FORMATS) {
        s = formats[i].read(w, doc);
    } else {
        const char first = text[strspn(text, " \t\r\n")];
        describe(doc, first != '{' && first != '[', what, sizeof what);
        s = tern_fail(
            w->e, TERN_BAD_INPUT,
            "import: %s: %s: neither records nor a result of Google Benchmark, llama-bench, hyperfine, "
            "pytest-benchmark, Criterion.rs, perf stat -j or tern e2e",
            w->where, what);
    }
    json_decref(doc);
    return s;
}

enum tern_status tern_import(const char *where, const char *text, size_t bytes,
                             const struct tern_import_options *o, struct tern_text *lines, size_t *records,
                             size_t *skipped, struct tern_error *e) {
    struct tern_import_work w = {.where = where, .o = o, .lines = lines, .e = e};
    enum tern_status s = TERN_OK;
    size_t plain_bytes = 0;
    char *plain = tern_import_decode(text, bytes, &plain_bytes);
    const char *zero = plain ? memchr(plain, 0, plain_bytes) : NULL;
    if (!plain) s = tern_fail(e, TERN_NO_MEMORY, "import: %s: out of memory", where);
    if (!s) s = tern_refuse_placeholder("import", where, plain, plain_bytes, e);
    if (!s && zero)
        s = tern_import_fault(where, plain, (size_t)(zero - plain), e, "a zero byte: no text, or a torn one");
    if (!s && (o->format == TERN_IMPORT_RECORDS ||
               (o->format == TERN_IMPORT_AUTO && is_records(plain, plain_bytes))))
        tern_text_bytes(lines, plain, plain_bytes), tern_text_put(lines, "\n");
    else if (!s)
        s = foreign(&w, plain, plain_bytes);
    free(plain);
    if (!s && lines->failed) s = tern_fail(e, TERN_NO_MEMORY, "import: %s: out of memory", where);
    *records += w.records;
    *skipped += w.skipped;
    return s;
}
