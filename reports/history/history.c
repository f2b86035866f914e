/* Opening, transactions and errors. */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/hash.h"
#include "measure/clock.h"
#include "reports/history/internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BUSY_MS = 60000, BEGIN_TRIES = 20 };

/* SQLite's own handler sleeps ever longer, and a waiter starves beside writers that come and go quickly. */
static int wait_a_little(void *ctx, int times) {
    struct tern_history *h = ctx;
    if (!times) h->busy_since_ns = tern_now_ns();
    const uint64_t waited = tern_now_ns() - h->busy_since_ns;
    if (waited > (uint64_t)BUSY_MS * 1000000) return 0;
    nanosleep(&(struct timespec){.tv_nsec = 300000L + (long)(waited % 1900000)}, NULL);
    return 1;
}

const char *tern_history_library(void) {
    return "SQLite " SQLITE_VERSION;
}

enum tern_status tern_history_fail(const struct tern_history *h, struct tern_error *e) {
    const int code = sqlite3_errcode(h->db) & 0xff;
    const char *said = sqlite3_errmsg(h->db);
    switch (code) {
    case SQLITE_FULL:
        return tern_fail(e, TERN_IO, "history: %s: the disk is full; nothing of this batch was added",
                         h->path);
    case SQLITE_IOERR:
        return tern_fail(e, TERN_IO, "history: %s: could not be read or written (%s: disk full or a limit?)",
                         h->path, said);
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

void tern_history_identity(const char *text, size_t bytes, char out[33]) {
    const uint64_t a = tern_hash(TERN_HASH_START, text, bytes);
    const uint64_t b = tern_hash(tern_hash(~TERN_HASH_START, &a, sizeof a), text, bytes);
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)a, (unsigned long long)b);
}

static enum tern_status make_folder(const char *path, struct tern_error *e) {
    char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
    enum tern_status s = folder ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "history: out of memory");
    if (slash && slash != folder) {
        *slash = 0;
        s = tern_mkdirs(folder, e);
    }
    free(folder);
    return s;
}

/* SQLite would take an empty or foreign path for a new data base only at the first statement. */
static enum tern_status look(const char *path, int read_only, struct tern_error *e) {
    if (!*path) return tern_fail(e, TERN_BAD_INPUT, "history: the name of the file is empty");
    if (!access(path, F_OK)) return TERN_OK;
    if (read_only)
        return tern_fail(e, TERN_BAD_INPUT, "history: %s: there is none yet; begin with tern history add",
                         path);
    return make_folder(path, e);
}

enum tern_status tern_history_open(const char *path, int read_only, struct tern_history **out,
                                   struct tern_error *e) {
    *out = NULL;
    enum tern_status s = look(path, read_only, e);
    if (s) return s;
    struct tern_history *h = calloc(1, sizeof *h);
    if (h) h->path = strdup(path);
    if (!h || !h->path) {
        free(h);
        return tern_fail(e, TERN_NO_MEMORY, "history: out of memory");
    }
    /* Reading needs the shared memory of the log, and so a writable folder. */
    const int rc = sqlite3_open_v2(path, &h->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (!h->db)
        s = tern_fail(e, TERN_NO_MEMORY, "history: %s: out of memory", path);
    else if (rc)
        s = tern_history_fail(h, e);
    if (!s) sqlite3_busy_handler(h->db, wait_a_little, h);
    if (!s) s = tern_history_exec(h, "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL", e);
    if (!s) s = tern_history_migrate(h, e);
    if (s)
        tern_history_close(h);
    else
        *out = h;
    return s;
}

void tern_history_close(struct tern_history *h) {
    if (!h) return;
    sqlite3_close(h->db);
    free(h->path);
    free(h);
}
