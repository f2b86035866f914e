/* Between the files of the history only. */
#ifndef TERN_REPORTS_HISTORY_INTERNAL_H
#define TERN_REPORTS_HISTORY_INTERNAL_H

#include "reports/history/history.h"

#include <sqlite3.h>

struct tern_history {
    sqlite3 *db;
    char *path;
    uint64_t busy_since_ns;
};

/* "history: <path>: <what SQLite says>", with the status that fits its code. */
enum tern_status tern_history_fail(const struct tern_history *h, struct tern_error *e);
/* Runs statements without results. */
enum tern_status tern_history_exec(struct tern_history *h, const char *sql, struct tern_error *e);
enum tern_status tern_history_prepare(struct tern_history *h, const char *sql, sqlite3_stmt **out,
                                      struct tern_error *e);
/* BEGIN IMMEDIATE, waiting for other writers; COMMIT; ROLLBACK, which keeps the error text. */
enum tern_status tern_history_begin(struct tern_history *h, struct tern_error *e);
enum tern_status tern_history_commit(struct tern_history *h, struct tern_error *e);
void tern_history_rollback(struct tern_history *h);
/* Makes the tables, or brings older ones up to date. */
enum tern_status tern_history_migrate(struct tern_history *h, struct tern_error *e);
/* The WHERE clause of a query with ?1..?9, and its parameters. */
extern const char tern_history_where[];
enum tern_status tern_history_bind(struct tern_history *h, sqlite3_stmt *s,
                                   const struct tern_history_query *q, struct tern_error *e);
/* 32 hexadecimal digits of the text. */
void tern_history_identity(const char *text, size_t bytes, char out[33]);

#endif
