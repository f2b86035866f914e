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

/* TERN_BAD_INPUT with the line and the byte of text + at, and a reason. */
enum tern_status tern_import_fault(const char *where, const char *text, size_t at, struct tern_error *e,
                                   const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Fills in what the options decide and appends the line. */
enum tern_status tern_import_put(struct tern_import_work *w, struct tern_record *r);

/* A time of a command or function: samples, or a median alone, in units of `unit_ns` nanoseconds. */
struct tern_import_timing {
    const char *source, *name, *machine, *commit, *ts;
    const char *params;    /* settings; NULL: none */
    const json_t *samples; /* numbers; NULL: none */
    double unit_ns, median, lo, hi;
    size_t n;
};
/* Appends it as ns/call; one without a number or a name is skipped. */
enum tern_status tern_import_put_timing(struct tern_import_work *w, const struct tern_import_timing *t);
/* "ns", "us", "ms", "s" in nanoseconds; NULL is "ns", NaN for any other. */
double tern_import_unit_ns(const char *unit);

/* Appends "key=value" to the settings of a result; nothing for NULL, null and "". Only results with equal settings
 * are of one series. */
void tern_import_setting(struct tern_text *settings, const char *key, const json_t *value);
/* The same for each entry of an object. */
void tern_import_settings(struct tern_text *settings, const json_t *object);
/* The value itself if it is a list, else a list of it. A new reference; NULL without memory. */
json_t *tern_import_list(const json_t *value);
/* The text of a string value; NULL when it is no string, or empty. */
const char *tern_import_text(const json_t *o, const char *key);
/* A number, also one written as text (CSV); NaN otherwise. */
double tern_import_number(const json_t *o, const char *key);
/* A number of things below 1e9; 0 otherwise. */
size_t tern_import_count(const json_t *o, const char *key);
/* "2026-11-22T13:01:02+01:00" and the like as UTC with a Z. The forms of old Google Benchmarks, which do not say their
 * zone, become "2018-05-04T20:23:47", so that times are in the order of their texts. Another text is copied. */
void tern_import_time(const char *text, char *out, size_t out_bytes);

#endif
