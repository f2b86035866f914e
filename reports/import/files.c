/* What a path names: one text, an estimates.json with its neighbours, or a folder of these. */
#define _GNU_SOURCE
#include "reports/import/readers.h"

#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { MOST_SIDE_BYTES = 64 << 20, DEEPEST = 16 };
static const size_t most_bytes = (size_t)1 << 30;

/* A JSON file beside another one; NULL when it is not there. */
static enum tern_status side_file(const char *folder, const char *name, json_t **out, struct tern_error *e) {
    char *path = tern_format_text("%s/%s", folder, name), *text = NULL;
    struct stat st;
    size_t bytes;
    *out = NULL;
    enum tern_status s = path ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "import: %s: out of memory", folder);
    if (!s && !stat(path, &st)) {
        s = tern_file_read(path, MOST_SIDE_BYTES, &text, &bytes, e);
        if (!s) s = tern_import_parse(path, text, bytes, out, e);
    }
    free(text);
    free(path);
    return s;
}

static enum tern_status estimates_in(struct tern_import_work *w, const char *folder) {
    char *where = tern_format_text("%s/estimates.json", folder);
    json_t *doc = NULL, *benchmark = NULL, *sample = NULL;
    enum tern_status s =
        where ? TERN_OK : tern_fail(w->e, TERN_NO_MEMORY, "import: %s: out of memory", folder);
    if (!s) s = side_file(folder, "estimates.json", &doc, w->e);
    if (!s) s = side_file(folder, "benchmark.json", &benchmark, w->e);
    if (!s) s = side_file(folder, "sample.json", &sample, w->e);
    struct tern_import_work one = *w;
    one.where = where;
    if (!s && !tern_import_is_estimates(doc))
        s = tern_fail(w->e, TERN_BAD_INPUT, "import: %s: no estimates of Criterion.rs", where);
    if (!s) s = tern_import_estimates(&one, doc, benchmark, sample);
    w->records = one.records, w->skipped = one.skipped;
    json_decref(doc);
    json_decref(benchmark);
    json_decref(sample);
    free(where);
    return s;
}

static int is_visible(const struct dirent *d) {
    return d->d_name[0] != '.';
}

/* Every "new" below a folder, in the order of names. */
static enum tern_status walk(struct tern_import_work *w, const char *folder, int depth) {
    struct dirent **entry = NULL;
    struct stat st;
    const int n = scandir(folder, &entry, is_visible, alphasort);
    enum tern_status s =
        n < 0 ? tern_fail(w->e, TERN_IO, "import: %s: the folder could not be read", folder) : TERN_OK;
    for (int i = 0; i < n; i++) {
        char *path = s ? NULL : tern_format_text("%s/%s", folder, entry[i]->d_name);
        char *file = path ? tern_format_text("%s/estimates.json", path) : NULL;
        if (!s && !file) s = tern_fail(w->e, TERN_NO_MEMORY, "import: %s: out of memory", folder);
        if (!s && !strcmp(entry[i]->d_name, "new") && !stat(file, &st))
            s = estimates_in(w, path);
        else if (!s && depth < DEEPEST && !lstat(path, &st) && S_ISDIR(st.st_mode))
            s = walk(w, path, depth + 1);
        free(file);
        free(path);
        free(entry[i]);
    }
    free(entry);
    return s;
}

static enum tern_status take_folder(struct tern_import_work *w, const char *folder) {
    const enum tern_status s = walk(w, folder, 0);
    if (s || w->records || w->skipped) return s;
    return tern_fail(w->e, TERN_BAD_INPUT,
                     "import: %s: a folder without results of Criterion.rs (new/estimates.json)", folder);
}

static int is_estimates_file(const char *path) {
    const size_t n = strlen(path), end = strlen("/estimates.json");
    return n > end && !strcmp(path + n - end, "/estimates.json");
}

static enum tern_status take_estimates(struct tern_import_work *w, const char *path) {
    char *folder = strndup(path, strlen(path) - strlen("/estimates.json"));
    const enum tern_status s =
        folder ? estimates_in(w, folder) : tern_fail(w->e, TERN_NO_MEMORY, "import: %s: out of memory", path);
    free(folder);
    return s;
}

enum tern_status tern_import_file(const char *path, const struct tern_import_options *o,
                                  struct tern_text *lines, size_t *records, size_t *skipped,
                                  struct tern_error *e) {
    struct tern_import_options with = *o;
    struct tern_import_work w = {.where = path, .o = &with, .lines = lines, .e = e};
    struct stat st = {0};
    struct tm t;
    char written[32], *text = NULL;
    size_t bytes;
    const int there = !stat(path, &st),
              criterion = o->format == TERN_IMPORT_AUTO || o->format == TERN_IMPORT_CRITERION;
    if (there && !S_ISFIFO(st.st_mode) && gmtime_r(&st.st_mtime, &t) &&
        strftime(written, sizeof written, "%Y-%m-%dT%H:%M:%SZ", &t))
        with.written = written;
    enum tern_status s;
    if (there && S_ISDIR(st.st_mode) && criterion) {
        s = take_folder(&w, path);
    } else if (there && is_estimates_file(path) && criterion) {
        s = take_estimates(&w, path);
    } else {
        s = tern_file_read(path, most_bytes, &text, &bytes, e);
        if (!s) s = tern_import(path, text, bytes, &with, lines, records, skipped, e);
    }
    free(text);
    *records += w.records, *skipped += w.skipped;
    return s;
}
