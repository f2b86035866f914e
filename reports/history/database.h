/* The SQLite file behind a history. Only files of reports/history/ include it. */
#ifndef TERN_REPORTS_HISTORY_DATABASE_H
#define TERN_REPORTS_HISTORY_DATABASE_H

#include "reports/history/history.h"

#include <sqlite3.h>

struct tern_history {
    sqlite3 *db;
    char *path;
    uint64_t busy_since_ns;
};

/* "history: <path>: <what SQLite says>", with the status that fits its code. */
enum tern_status tern_history_fail(const struct tern_history *h, struct tern_error *e);
/* SQLite's busy handler: `ctx` is the history. Waits a little, and gives up after a minute. */
int tern_history_wait(void *ctx, int times);
/* Runs statements without results. */
enum tern_status tern_history_exec(struct tern_history *h, const char *sql, struct tern_error *e);
enum tern_status tern_history_prepare(struct tern_history *h, const char *sql, sqlite3_stmt **out,
                                      struct tern_error *e);
/* BEGIN IMMEDIATE, waiting for other writers; COMMIT; ROLLBACK, which keeps the error text. */
enum tern_status tern_history_begin(struct tern_history *h, struct tern_error *e);
enum tern_status tern_history_commit(struct tern_history *h, struct tern_error *e);
void tern_history_rollback(struct tern_history *h);
/* Makes the tables, or brings those of an older tern up to date (schema.c). */
enum tern_status tern_history_migrate(struct tern_history *h, struct tern_error *e);

#endif
