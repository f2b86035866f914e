/* History: every record ever added, in one SQLite file, by machine, code, variant, problem, metric and
 * commit.
 *
 * A record's identity is a hash of its content (keys sorted, the commit left out), so that adding a file
 * twice adds nothing. The whole line is kept, unknown keys included. The journal is a write-ahead log and a
 * transaction holds many lines: writers wait for each other, a killed one leaves nothing half-done, and a
 * full disk loses only the transaction that met it. */
#ifndef TERN_REPORTS_HISTORY_HISTORY_H
#define TERN_REPORTS_HISTORY_HISTORY_H

#include "measure/records/record.h"

#include <stddef.h>

#define TERN_HISTORY_SCHEMA 3

struct tern_history;

/* Opens `path`, made with its folders when missing unless `read_only`; an older schema is brought up to date
 * in one transaction. TERN_UNSUPPORTED for a newer schema or a build without SQLite, TERN_BAD_INPUT for a
 * file that is no history, TERN_IO when it cannot be opened or written. */
enum tern_status tern_history_open(const char *path, int read_only, struct tern_history **out,
                                   struct tern_error *e);
void tern_history_close(struct tern_history *h);
/* "SQLite 3.40.1"; NULL when the build has none. */
const char *tern_history_library(void);

struct tern_history_added {
    size_t added, known; /* new; there already */
    size_t skipped;      /* lines that are no record: torn, of another schema, junk */
    size_t annotations;  /* new ones, from an export */
};
/* Adds the lines of a JSON Lines text, in transactions of many lines; earlier transactions stay when a later
 * one fails. `commit`, when not NULL, is the commit of those records that name none. `out` is added to. */
enum tern_status tern_history_add(struct tern_history *h, const char *text, size_t bytes, const char *commit,
                                  struct tern_history_added *out, struct tern_error *e);
enum tern_status tern_history_add_file(struct tern_history *h, const char *path, const char *commit,
                                       struct tern_history_added *out, struct tern_error *e);

/* What to look for. NULL: anything. `commit`, `machine` and `run` match by their first characters, `variant`,
 * `problem` and `model` contain the text. */
struct tern_history_query {
    const char *machine, *commit, *variant, *problem, *kind, *run, *metric, *code, *source;
    size_t newest; /* at most so many, the newest; 0: all */
};
/* The matching records, oldest first; tern_records_free(). */
enum tern_status tern_history_find(struct tern_history *h, const struct tern_history_query *q,
                                   struct tern_records *out, struct tern_error *e);

/* How many records there are of one thing. */
struct tern_history_count {
    const char *machine, *kind, *variant, *problem, *metric; /* valid during the call */
    const char *first, *last;                                /* time stamps */
    size_t records, commits;
};
typedef void tern_history_count_fn(void *ctx, const struct tern_history_count *c);
enum tern_status tern_history_list(struct tern_history *h, const struct tern_history_query *q,
                                   tern_history_count_fn *f, void *ctx, struct tern_error *e);

/* Calls `f` with each line: the matching records as they were added, oldest first, then the annotations.
 * tern_history_add of these lines into an empty history makes the same history. */
typedef enum tern_status tern_history_line_fn(void *ctx, const char *line, struct tern_error *e);
enum tern_status tern_history_export(struct tern_history *h, const struct tern_history_query *q,
                                     tern_history_line_fn *f, void *ctx, struct tern_error *e);

/* A remark of a person on a commit: that its change of speed is accepted, or what happened there. "" or NULL
 * in machine, variant or problem: all of them. */
struct tern_annotation {
    const char *commit, *machine, *variant, *problem;
    const char *text, *ts; /* ts: filled in when NULL */
    int accepted;
};
/* The same remark twice is one. */
enum tern_status tern_history_annotate(struct tern_history *h, const struct tern_annotation *a,
                                       struct tern_error *e);
struct tern_annotations {
    struct tern_annotation *item;
    size_t count;
};
enum tern_status tern_history_annotations(struct tern_history *h, struct tern_annotations *out,
                                          struct tern_error *e);
void tern_annotations_free(struct tern_annotations *a);

#endif
