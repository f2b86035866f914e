/* The readers, one for each foreign format, and what finds out which one a text is. */
#ifndef TERN_REPORTS_IMPORT_READERS_H
#define TERN_REPORTS_IMPORT_READERS_H

#include "reports/import/fields.h"

/* The text as UTF-8 without a byte order mark: UTF-16 of either byte order is converted, also without a mark. Heap,
 * NUL-terminated; NULL without memory. */
char *tern_import_decode(const char *text, size_t bytes, size_t *out_bytes);

/* A text as JSON: one value, lines of objects (as an array), or a table in CSV, Markdown or SQL (as an array of
 * objects with text values). TERN_BAD_INPUT with line, byte and reason. */
enum tern_status tern_import_parse(const char *where, const char *text, size_t bytes, json_t **out,
                                   struct tern_error *e);

/* A table with a header line as an array of objects with text values. */
enum tern_status tern_import_csv(const char *where, const char *text, size_t bytes, json_t **out,
                                 struct tern_error *e);
/* The tables of llama-bench in a text, under the names of its JSON. */
enum tern_status tern_import_markdown(const char *where, const char *text, json_t **out,
                                      struct tern_error *e);
/* The values of INSERT INTO statements. */
enum tern_status tern_import_sql(const char *where, const char *text, json_t **out, struct tern_error *e);

enum tern_status tern_import_gbench(struct tern_import_work *w, const json_t *doc);
/* `rows`: an array of objects, one per test. */
enum tern_status tern_import_llama_bench(struct tern_import_work *w, const json_t *rows);
enum tern_status tern_import_hyperfine(struct tern_import_work *w, const json_t *doc);
enum tern_status tern_import_pytest(struct tern_import_work *w, const json_t *doc);
/* estimates.json, or the lines of cargo criterion --message-format json (an array). */
enum tern_status tern_import_criterion(struct tern_import_work *w, const json_t *doc);
int tern_import_is_estimates(const json_t *doc);
/* estimates.json with the files beside it: benchmark.json and sample.json; NULL: not there. */
enum tern_status tern_import_estimates(struct tern_import_work *w, const json_t *doc, const json_t *benchmark,
                                       const json_t *sample);
/* The lines of perf stat -j, as an array. */
enum tern_status tern_import_perf(struct tern_import_work *w, const json_t *rows);
/* The rows of tern e2e -o json. */
enum tern_status tern_import_e2e(struct tern_import_work *w, const json_t *rows);

#endif
