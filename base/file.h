/* Files: read whole, map, replace without ever being half-written, append a line durably, lock.
 *
 * Replacement is write to a temporary file in the same folder, fsync, rename, fsync of the folder: a reader
 * sees the old bytes or the new bytes, also after SIGKILL or a power cut. Where the file system can
 * (O_TMPFILE) the temporary file has no name until it is whole, so that a killed writer leaves nothing
 * behind. A symbolic link stays and what it points to is replaced; a device or a pipe is written to, and is
 * all or nothing no more than its nature. Nothing is written once memory has run out for a part of it that nobody
 * could be told of (base/starved/starved.h): TERN_NO_MEMORY. */
#ifndef TERN_BASE_FILE_H
#define TERN_BASE_FILE_H

#include "base/status.h"

#include <stddef.h>

struct stat;

/* A read-only mapping of a whole file. An empty file maps to data == NULL, bytes == 0. */
struct tern_map {
    const unsigned char *data;
    size_t bytes;
};

enum tern_status tern_map_open(const char *path, struct tern_map *m, struct tern_error *e);
void tern_map_close(struct tern_map *m);

/* The whole file as a NUL-terminated heap block (free()); at most `limit` bytes, larger is TERN_BAD_INPUT. */
enum tern_status tern_file_read(const char *path, size_t limit, char **text, size_t *bytes,
                                struct tern_error *e);

/* Replaces `path` by these bytes, all or nothing. Missing folders are made. */
enum tern_status tern_file_replace(const char *path, const void *data, size_t bytes, struct tern_error *e);

/* The same without waiting for the disk, for what can be made again: after a crash the file may be empty or
 * old. */
enum tern_status tern_file_replace_lazily(const char *path, const void *data, size_t bytes,
                                          struct tern_error *e);

/* A replacement written piece by piece, for files too large for one block. After `begin`, write to `fd` (or
 * through tern_replace_write; `temp` may be opened for reading), then `commit` or `abandon`. */
struct tern_replace {
    int fd;
    int nameless;      /* temp is reached through /proc/self/fd only, until the commit */
    char *path, *temp; /* temp: what is written until the commit; NULL for a device or pipe */
};
enum tern_status tern_replace_begin(const char *path, struct tern_replace *r, struct tern_error *e);
enum tern_status tern_replace_write(struct tern_replace *r, const void *data, size_t bytes,
                                    struct tern_error *e);
enum tern_status tern_replace_commit(struct tern_replace *r, struct tern_error *e);
/* The same without waiting for the disk, as tern_file_replace_lazily(). */
enum tern_status tern_replace_commit_lazily(struct tern_replace *r, struct tern_error *e);
void tern_replace_abandon(struct tern_replace *r);

/* Appends one line (a '\n' is added) with a single write and fsync. A torn last line left by a crash is
 * closed with a newline first, so that it cannot swallow this one. */
enum tern_status tern_file_append_line(const char *path, const char *line, struct tern_error *e);

/* mkdir -p of `path` itself. */
enum tern_status tern_mkdirs(const char *path, struct tern_error *e);

/* Takes an exclusive advisory lock on `path`, a folder or a file (made if missing), without waiting. TERN_UNSUPPORTED when another
 * process holds it. `*fd` is closed to release it. */
enum tern_status tern_lock(const char *path, int *fd, struct tern_error *e);

/* "<XDG dir>/tern/<name>", heap (free()). `kind`: "config", "data", "cache" or "state"; NULL when no home is
 * known, or when tern's folder there is not ours (see below). */
char *tern_xdg_path(const char *kind, const char *name);
/* Tells of each folder that is refused so, and why. */
void tern_xdg_refused(void (*say)(void *ctx, const char *folder, const char *why), void *ctx);

/* printf into a heap string (free()); NULL when there is no memory. */
char *tern_format_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Who else can write a file or a folder. What tern remembers between its runs (packed weights, wisdom, proofs, records) is
 * believed only where nobody but this user and root can have written it. */

/* NULL when only the user of this process, those of its group, and root can write what `st` describes; else why not, such as
 * "it belongs to another user". Static. */
const char *tern_not_ours(const struct stat *st);

/* The same for a folder by its path. NULL also where there is none. */
const char *tern_folder_not_ours(const char *path);

/* tern's folder in the XDG folder `base`: it must be ours, and nobody may put another one in its place. */
const char *tern_home_not_ours(const char *base);

#endif
