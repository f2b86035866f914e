/* The readers, one for each foreign format. */
#ifndef TERN_REPORTS_IMPORT_READERS_H
#define TERN_REPORTS_IMPORT_READERS_H

#include "reports/import/fields.h"

enum tern_status tern_import_gbench(struct tern_import_work *w, const json_t *doc);
/* `rows`: an array of objects, one per test. */
enum tern_status tern_import_llama_bench(struct tern_import_work *w, const json_t *rows);
/* A CSV text with a header line as an array of objects with text values. NULL when it is none. */
json_t *tern_import_csv(const char *text, size_t bytes);

#endif
