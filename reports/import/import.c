/* Finds out what a text is, and hands it to the reader of that format. */
#include "reports/import/import.h"

#include "reports/import/readers.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"auto", "records", "gbench", "llama-bench"};

enum tern_status tern_import_format_named(const char *name, enum tern_import_format *out,
                                          struct tern_error *e) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i])) continue;
        *out = (enum tern_import_format)i;
        return TERN_OK;
    }
    return tern_fail(e, TERN_BAD_INPUT,
                     "import: --format: '%s' is none of auto, records, gbench, llama-bench", name);
}

/* Length of a bare NaN or Infinity at `p`, 0 when there is none. */
static size_t nan_word(const char *p) {
    static const char *const word[] = {"Infinity", "NaN", "nan", "inf"};
    const size_t sign = *p == '-';
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        const size_t n = strlen(word[i]);
        if (!strncmp(p + sign, word[i], n) && !isalnum((unsigned char)p[sign + n])) return sign + n;
    }
    return 0;
}

/* Outside of strings they become an empty text, which is no number, and blanks: no offset changes. */
static char *without_nan(const char *text, size_t bytes) {
    char *copy = malloc(bytes + 1);
    int quoted = 0;
    if (!copy) return NULL;
    memcpy(copy, text, bytes);
    copy[bytes] = 0;
    for (char *p = copy; *p; p++) {
        if (quoted && *p == '\\' && p[1]) {
            p++;
        } else if (*p == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            const size_t n = nan_word(p);
            if (!n) continue;
            memset(p, ' ', n);
            p[0] = p[1] = '"';
            p += n - 1;
        }
    }
    return copy;
}

/* Lines of objects (jsonl) -> array; NULL when a line is none. */
static json_t *array_of_lines(const char *text) {
    json_t *list = json_array();
    for (const char *p = text; list && *p;) {
        const size_t n = strcspn(p, "\n");
        if (strspn(p, " \t\r") < n) {
            json_t *o = json_loadb(p, n, 0, NULL);
            if (!json_is_object(o) || json_array_append(list, o)) {
                json_decref(list);
                list = NULL;
            }
            json_decref(o);
        }
        p += n + (p[n] == '\n');
    }
    return list;
}

static int is_llama(const json_t *row) {
    return json_object_get(row, "avg_ts") && json_object_get(row, "n_prompt");
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

static enum tern_status foreign(struct tern_import_work *w, const char *text, size_t bytes) {
    const enum tern_import_format f = w->o->format;
    enum tern_status s =
        tern_fail(w->e, TERN_BAD_INPUT,
                  "import: %s: is neither records, nor JSON of Google Benchmark, nor JSON or "
                  "CSV of llama-bench",
                  w->where);
    char *clean = without_nan(text, bytes);
    json_error_t why;
    json_t *doc = clean ? json_loads(clean, 0, &why) : NULL;
    if (!doc && clean) doc = array_of_lines(clean);
    if (!doc && clean) doc = tern_import_csv(text, bytes);
    if (json_is_object(doc) && is_llama(doc)) {
        json_t *list = json_pack("[o]", doc);
        if (list) doc = list;
    }
    if (json_is_array(json_object_get(doc, "benchmarks")) && f != TERN_IMPORT_LLAMA_BENCH)
        s = tern_import_gbench(w, doc);
    else if (json_is_array(doc) && is_llama(json_array_get(doc, 0)) && f != TERN_IMPORT_GBENCH)
        s = tern_import_llama_bench(w, doc);
    json_decref(doc);
    free(clean);
    return s;
}

enum tern_status tern_import(const char *where, const char *text, size_t bytes,
                             const struct tern_import_options *o, struct tern_text *lines, size_t *records,
                             size_t *skipped, struct tern_error *e) {
    struct tern_import_work w = {.where = where, .o = o, .lines = lines, .e = e};
    enum tern_status s = TERN_OK;
    if (o->format == TERN_IMPORT_RECORDS || (o->format == TERN_IMPORT_AUTO && is_records(text, bytes)))
        tern_text_bytes(lines, text, bytes);
    else
        s = foreign(&w, text, bytes);
    if (!s && lines->failed) s = tern_fail(e, TERN_NO_MEMORY, "import: %s: out of memory", where);
    *records += w.records;
    *skipped += w.skipped;
    return s;
}
