/* Opening and closing. */
#define _GNU_SOURCE
#include "reports/history/history.h"

#include "base/file.h"
#include "reports/history/database.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *tern_history_library(void) {
    return "SQLite " SQLITE_VERSION;
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
    if (!s) sqlite3_busy_handler(h->db, tern_history_wait, h);
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
