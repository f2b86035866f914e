/* What the readers of foreign files share: reading fields, and adding a record. */
#ifndef TERN_REPORTS_IMPORT_FIELDS_H
#define TERN_REPORTS_IMPORT_FIELDS_H

#include "measure/records/record.h"
#include "reports/import/import.h"

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
/* The text of a string value; NULL when it is no string, or empty. */
const char *tern_import_text(const json_t *o, const char *key);
/* A number, also one written as text (CSV); NaN otherwise. */
double tern_import_number(const json_t *o, const char *key);
/* "2026-11-22T13:01:02+01:00" and the like as UTC with a Z; a text of another form is copied. */
void tern_import_time(const char *text, char *out, size_t out_bytes);

#endif
