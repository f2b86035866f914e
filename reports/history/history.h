/* History: every record ever added, in one SQLite file, by machine, code, variant, problem, metric and
 * commit.
 *
 * A record is known by a hash of its content (keys sorted, without the commit), so adding a file twice adds
 * nothing. The whole line is kept, with its unknown keys. The journal is a write-ahead log, and a transaction
 * holds many lines. Writers wait for each other, a killed writer leaves nothing half-done, and a full disk
 * loses only the transaction that was open. */
#ifndef TERN_REPORTS_HISTORY_HISTORY_H
#define TERN_REPORTS_HISTORY_HISTORY_H

#include "measure/records/record.h"

#include <stddef.h>

#define TERN_HISTORY_SCHEMA 3

struct tern_history;

/* Opens `path`. A missing file is made, with its folders, unless `read_only`. A file of an older schema is
 * brought up to date in one transaction. TERN_UNSUPPORTED for a newer schema or a build without SQLite,
 * TERN_BAD_INPUT for a file that is no history, TERN_IO when it cannot be opened or written. */
enum tern_status tern_history_open(const char *path, int read_only, struct tern_history **out,
                                   struct tern_error *e);
void tern_history_close(struct tern_history *h);
/* "SQLite 3.40.1"; NULL when the build has none. */
const char *tern_history_library(void);

struct tern_history_added {
    size_t added, known; /* new records; records that were there already */
    size_t skipped;      /* lines that are no record: torn, or of another schema */
    size_t annotations;  /* new ones, from an export */
};
/* Adds the lines of a JSON Lines text, in transactions of many lines. When a transaction fails, the earlier
 * ones stay. `commit` (may be NULL) is the commit of the records that name none. The counts are added to
 * those in `out`. */
enum tern_status tern_history_add(struct tern_history *h, const char *text, size_t bytes, const char *commit,
                                  struct tern_history_added *out, struct tern_error *e);
/* The same in one transaction: all or nothing. */
enum tern_status tern_history_add_whole(struct tern_history *h, const char *text, size_t bytes,
                                        const char *commit, struct tern_history_added *out,
                                        struct tern_error *e);
enum tern_status tern_history_add_file(struct tern_history *h, const char *path, const char *commit,
                                       struct tern_history_added *out, struct tern_error *e);

/* What to look for; NULL matches anything. `commit`, `machine` and `run` match by their first characters.
 * `variant` and `problem` match when they contain the text. The others must be equal. */
struct tern_history_query {
    const char *machine, *commit, *variant, *problem, *kind, *run, *metric, *code, *source;
    size_t newest; /* only so many of the newest; 0: all */
};
/* The matching records, oldest first. Free them with tern_records_free. */
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

/* Calls `f` with one line after the other: the matching records as they were added, oldest first, then the
 * annotations. Adding these lines to an empty history makes the same history. */
typedef enum tern_status tern_history_line_fn(void *ctx, const char *line, struct tern_error *e);
enum tern_status tern_history_export(struct tern_history *h, const struct tern_history_query *q,
                                     tern_history_line_fn *f, void *ctx, struct tern_error *e);

/* What a person says about a commit: that its change of speed is accepted, or what happened there. "" or NULL
 * in machine, variant or problem means all of them. */
struct tern_annotation {
    const char *commit, *machine, *variant, *problem;
    const char *text, *ts; /* ts NULL: now */
    int accepted;
};
/* Adding the same annotation twice adds one. */
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
