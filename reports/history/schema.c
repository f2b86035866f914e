/* Tables, and the steps from every older layout. PRAGMA user_version tells which one a file has. */
#include "reports/history/database.h"

#include <string.h>

/* 1: records only. 2: who else measured (source), annotations. 3: the metric of a record is a column, and an
 * index finds one series. A step never looks at what a later one adds. */
static const char *const step[TERN_HISTORY_SCHEMA] = {
    "CREATE TABLE record("
    " id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, line TEXT NOT NULL, kind TEXT NOT NULL,"
    " machine TEXT NOT NULL, code TEXT NOT NULL, variant TEXT NOT NULL, params TEXT NOT NULL,"
    " problem TEXT NOT NULL, commit_id TEXT NOT NULL, run TEXT NOT NULL, ts TEXT NOT NULL);"
    "CREATE INDEX record_by_time ON record(ts, id);",

    "ALTER TABLE record ADD COLUMN source TEXT NOT NULL DEFAULT '';"
    "CREATE TABLE annotation("
    " id INTEGER PRIMARY KEY, commit_id TEXT NOT NULL, machine TEXT NOT NULL, variant TEXT NOT NULL,"
    " problem TEXT NOT NULL, text TEXT NOT NULL, ts TEXT NOT NULL, accepted INTEGER NOT NULL,"
    " UNIQUE(commit_id, machine, variant, problem, text, accepted));",

    "ALTER TABLE record ADD COLUMN metric TEXT NOT NULL DEFAULT 'none';"
    "UPDATE record SET metric = coalesce(json_extract(line, '$.est.unit'), 'none');"
    "CREATE INDEX record_by_series ON record(machine, variant, problem, metric, ts);"};

static enum tern_status number_of(struct tern_history *h, const char *sql, int *out, struct tern_error *e) {
    sqlite3_stmt *s;
    enum tern_status st = tern_history_prepare(h, sql, &s, e);
    if (st) return st;
    *out = 0;
    const int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int(s, 0);
    else if (rc != SQLITE_DONE)
        st = tern_history_fail(h, e);
    sqlite3_finalize(s);
    return st;
}

static enum tern_status refuse(const struct tern_history *h, int version, int tables, struct tern_error *e) {
    if (version > TERN_HISTORY_SCHEMA)
        return tern_fail(e, TERN_UNSUPPORTED,
                         "history: %s: schema %d is newer than this tern, which knows %d: update tern",
                         h->path, version, TERN_HISTORY_SCHEMA);
    if (version < 0 || (!version && tables))
        return tern_fail(e, TERN_BAD_INPUT, "history: %s: is a SQLite file, but no history of tern", h->path);
    return TERN_OK;
}

enum tern_status tern_history_migrate(struct tern_history *h, struct tern_error *e) {
    int version, tables = 0;
    enum tern_status s = number_of(h, "PRAGMA user_version", &version, e);
    if (!s) s = number_of(h, "SELECT count(*) FROM sqlite_master", &tables, e);
    if (!s) s = refuse(h, version, tables, e);
    if (s || version == TERN_HISTORY_SCHEMA) return s;
    s = tern_history_exec(h, "PRAGMA journal_mode=WAL", e);
    if (!s) s = tern_history_begin(h, e);
    if (s) return s;
    s = number_of(h, "PRAGMA user_version", &version, e); /* another process may have been quicker */
    if (!s && version <= TERN_HISTORY_SCHEMA) {
        for (int i = version; i < TERN_HISTORY_SCHEMA && !s; i++) s = tern_history_exec(h, step[i], e);
        char sql[64];
        sqlite3_snprintf(sizeof sql, sql, "PRAGMA user_version=%d", TERN_HISTORY_SCHEMA);
        if (!s) s = tern_history_exec(h, sql, e);
    }
    if (!s) s = tern_history_commit(h, e);
    if (s) tern_history_rollback(h);
    return s;
}
