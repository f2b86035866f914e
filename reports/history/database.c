/* Statements, transactions and errors of the file behind a history. */
#define _GNU_SOURCE
#include "reports/history/database.h"

#include "measure/clock.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { BUSY_MS = 60000, BEGIN_TRIES = 20 };

/* SQLite's own handler sleeps ever longer, and a waiter starves beside writers that come and go quickly. */
int tern_history_wait(void *ctx, int times) {
    struct tern_history *h = ctx;
    if (!times) h->busy_since_ns = tern_now_ns();
    const uint64_t waited = tern_now_ns() - h->busy_since_ns;
    if (waited > (uint64_t)BUSY_MS * 1000000) return 0;
    nanosleep(&(struct timespec){.tv_nsec = 300000L + (long)(waited % 1900000)}, NULL);
    return 1;
}

enum tern_status tern_history_fail(const struct tern_history *h, struct tern_error *e) {
    const int code = sqlite3_errcode(h->db) & 0xff;
    const int system = sqlite3_system_errno(h->db);
    const char *said = sqlite3_errmsg(h->db),
               *why = system && system != ENOENT ? strerror(system) : "disk full or a limit?";
    switch (code) {
    case SQLITE_FULL:
        return tern_fail(e, TERN_IO, "history: %s: the disk is full; nothing of this batch was added",
                         h->path);
    case SQLITE_IOERR:
        return tern_fail(e, TERN_IO, "history: %s: could not be read or written: %s: %s", h->path, said, why);
    case SQLITE_CANTOPEN:
        return tern_fail(e, TERN_IO, "history: %s: %s: %s", h->path, said, why);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return tern_fail(e, TERN_BAD_INPUT, "history: %s: is no history, or damaged: %s", h->path, said);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return tern_fail(e, TERN_IO, "history: %s: another process kept it locked for %d s", h->path,
                         BUSY_MS / 1000);
    case SQLITE_NOMEM:
        return tern_fail(e, TERN_NO_MEMORY, "history: %s: out of memory", h->path);
    default:
        return tern_fail(e, TERN_IO, "history: %s: %s", h->path, said);
    }
}

enum tern_status tern_history_exec(struct tern_history *h, const char *sql, struct tern_error *e) {
    return sqlite3_exec(h->db, sql, NULL, NULL, NULL) ? tern_history_fail(h, e) : TERN_OK;
}

enum tern_status tern_history_prepare(struct tern_history *h, const char *sql, sqlite3_stmt **out,
                                      struct tern_error *e) {
    *out = NULL;
    return sqlite3_prepare_v2(h->db, sql, -1, out, NULL) ? tern_history_fail(h, e) : TERN_OK;
}

/* The busy handler waits inside BEGIN IMMEDIATE; what it cannot wait for (a log being recovered after a kill)
 * is tried again. */
enum tern_status tern_history_begin(struct tern_history *h, struct tern_error *e) {
    for (int i = 0;; i++) {
        const int rc = sqlite3_exec(h->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) & 0xff;
        if (!rc) return TERN_OK;
        if ((rc != SQLITE_BUSY && rc != SQLITE_LOCKED && rc != SQLITE_PROTOCOL) || i == BEGIN_TRIES)
            return tern_history_fail(h, e);
        nanosleep(&(struct timespec){.tv_nsec = 10000000L * (i + 1)}, NULL);
    }
}

enum tern_status tern_history_commit(struct tern_history *h, struct tern_error *e) {
    return tern_history_exec(h, "COMMIT", e);
}

void tern_history_rollback(struct tern_history *h) {
    if (!sqlite3_get_autocommit(h->db)) sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
}
