/* Between the files of the import only. */
#ifndef TERN_REPORTS_HISTORY_IMPORT_INTERNAL_H
#define TERN_REPORTS_HISTORY_IMPORT_INTERNAL_H

#include "measure/records/record.h"
#include "reports/history/import.h"

#include <jansson.h>

struct tern_import_work {
    const char *where;
    const struct tern_import_options *o;
    struct tern_text *lines;
    size_t records, skipped;
    struct tern_error *e;
};

/* Fills in what the options decide and appends the line. */
enum tern_status tern_import_put(struct tern_import_work *w, struct tern_record *r);
/* The text of a string value, NULL when it is none or empty. */
const char *tern_import_text(const json_t *o, const char *key);
/* A number, also one written as text (CSV); NaN otherwise. */
double tern_import_number(const json_t *o, const char *key);
/* "2026-11-22T13:01:02+01:00" and its like -> UTC with a Z; a text of another form is copied. */
void tern_import_time(const char *text, char *out, size_t out_bytes);

enum tern_status tern_import_gbench(struct tern_import_work *w, const json_t *doc);
/* `rows`: an array of objects, one per test. */
enum tern_status tern_import_llama_bench(struct tern_import_work *w, const json_t *rows);
/* A CSV text with a header line -> array of objects with text values. NULL when it is none. */
json_t *tern_import_csv(const char *text, size_t bytes);

#endif
