#define _GNU_SOURCE
#include "base/file.h"

#include "base/signals.h"
#include "base/starved/starved.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whatever the umask is, nothing that is made here can be written by every user. */
enum { FOLDER_MODE = 0775, FILE_MODE = 0664 };

static enum tern_status os_error(struct tern_error *e, const char *what, const char *path) {
    int err = errno;
    return tern_fail(e, err == ENOENT ? TERN_BAD_INPUT : TERN_IO, "%s: %s: %s", what, path, strerror(err));
}

enum tern_status tern_map_open(const char *path, struct tern_map *m, struct tern_error *e) {
    *m = (struct tern_map){0};
    int fd = TEMP_FAILURE_RETRY(open(path, O_RDONLY | O_CLOEXEC));
    if (fd < 0) return os_error(e, "open", path);
    struct stat st;
    enum tern_status s = TERN_OK;
    if (fstat(fd, &st)) {
        s = os_error(e, "stat", path);
    } else if (!S_ISREG(st.st_mode)) {
        s = tern_fail(e, TERN_BAD_INPUT, "open: %s: not a regular file", path);
    } else if (st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED) {
            s = os_error(e, "map", path);
        } else {
            *m = (struct tern_map){p, (size_t)st.st_size};
            tern_watch_map(path, m);
        }
    }
    close(fd);
    return s;
}

void tern_map_close(struct tern_map *m) {
    if (m->data) tern_forget_map(m);
    if (m->data) munmap((void *)(uintptr_t)m->data, m->bytes);
    *m = (struct tern_map){0};
}

enum tern_status tern_file_read(const char *path, size_t limit, char **text, size_t *bytes,
                                struct tern_error *e) {
    *text = NULL;
    const int fd = TEMP_FAILURE_RETRY(open(path, O_RDONLY | O_CLOEXEC));
    if (fd < 0) return os_error(e, "open", path);
    char *buf = NULL;
    size_t n = 0, cap = 0;
    enum tern_status s = TERN_OK;
    for (;;) {
        if (n + 1 >= cap) {
            cap = cap ? cap * 2 : 4096;
            char *grown = realloc(buf, cap);
            if (!grown) {
                s = tern_fail(e, TERN_NO_MEMORY, "read: %s: out of memory", path);
                break;
            }
            buf = grown;
        }
        const ssize_t got = TEMP_FAILURE_RETRY(read(fd, buf + n, cap - n - 1));
        if (got > 0) n += (size_t)got;
        if (n > limit) {
            s = tern_fail(e, TERN_BAD_INPUT, "read: %s: larger than %zu bytes", path, limit);
            break;
        }
        if (got < 0) s = os_error(e, "read", path);
        if (got <= 0) break;
    }
    close(fd);
    if (s) return free(buf), s;
    buf[n] = 0;
    *text = buf;
    if (bytes) *bytes = n;
    return TERN_OK;
}

enum tern_status tern_mkdirs(const char *path, struct tern_error *e) {
    char *copy = strdup(path);
    if (!copy) return tern_fail(e, TERN_NO_MEMORY, "mkdir: %s: out of memory", path);
    enum tern_status s = TERN_OK;
    for (char *p = copy + 1;; p++) {
        if (*p && *p != '/') continue;
        char was = *p;
        *p = 0;
        if (mkdir(copy, FOLDER_MODE) && errno != EEXIST) {
            s = os_error(e, "mkdir", copy);
            break;
        }
        *p = was;
        if (!was) break;
    }
    free(copy);
    return s;
}

static enum tern_status make_folder_of(const char *path, struct tern_error *e) {
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) return TERN_OK;
    char *dir = strndup(path, (size_t)(slash - path));
    if (!dir) return tern_fail(e, TERN_NO_MEMORY, "mkdir: %s: out of memory", path);
    enum tern_status s = tern_mkdirs(dir, e);
    free(dir);
    return s;
}

static void sync_folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    char *dir = slash ? strndup(path, (size_t)(slash - path) + (slash == path)) : strdup(".");
    int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        TEMP_FAILURE_RETRY(fsync(fd));
        close(fd);
    }
    free(dir);
}

/* Linux has closed the file also when a signal came between. */
static int close_written(int fd) {
    return close(fd) && errno != EINTR ? -1 : 0;
}

static int write_all(int fd, const void *data, size_t bytes) {
    const char *p = data;
    while (bytes) {
        const ssize_t n = TEMP_FAILURE_RETRY(write(fd, p, bytes));
        if (n < 0) return -1;
        p += n;
        bytes -= (size_t)n;
    }
    return 0;
}

/* Where a replacement of `path` really goes: behind its symbolic links. Heap; NULL when there is no memory.
 */
static char *target_of(const char *path, const struct stat *st) {
    struct stat link;
    char *real = st && !lstat(path, &link) && S_ISLNK(link.st_mode) ? realpath(path, NULL) : NULL;
    return real ? real : strdup(path);
}

/* A file without a name, which a killed process leaves no trace of; where there are none, one with a name. */
static int open_temp(struct tern_replace *r) {
    const char *slash = strrchr(r->path, '/');
    char *folder = slash ? strndup(r->path, (size_t)(slash - r->path) + (slash == r->path)) : strdup(".");
    const int fd = folder ? TEMP_FAILURE_RETRY(open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, FILE_MODE)) : -1;
    char *name = fd >= 0 ? tern_format_text("/proc/self/fd/%d", fd) : NULL;
    const int reachable = name && !access(name, R_OK);
    free(folder);
    r->nameless = reachable;
    if (reachable) {
        free(r->temp);
        r->temp = name;
        return fd;
    }
    free(name);
    if (fd >= 0) close(fd);
    const int named = mkostemp(r->temp, O_CLOEXEC);
    const mode_t mask = umask(0);
    umask(mask);
    if (named >= 0) fchmod(named, FILE_MODE & ~mask);
    return named;
}

/* Gives the nameless file a name in the folder of its path. */
static int name_temp(struct tern_replace *r) {
    for (unsigned i = 0; i < 1000; i++) {
        char *name = tern_format_text("%s.%ld.%u", r->path, (long)getpid(), i);
        if (!name) return errno = ENOMEM, -1;
        if (!linkat(AT_FDCWD, r->temp, AT_FDCWD, name, AT_SYMLINK_FOLLOW)) {
            free(r->temp);
            r->temp = name;
            r->nameless = 0;
            return 0;
        }
        free(name);
        if (errno != EEXIST) return -1;
    }
    return -1;
}

enum tern_status tern_replace_begin(const char *path, struct tern_replace *r, struct tern_error *e) {
    struct stat st;
    *r = (struct tern_replace){.fd = -1};
    const int there = !stat(path, &st);
    if (there && S_ISDIR(st.st_mode)) return errno = EISDIR, os_error(e, "write", path);
    enum tern_status s = there ? TERN_OK : make_folder_of(path, e);
    if (s) return s;
    const int replaced = !there || S_ISREG(st.st_mode); /* devices and pipes are written to */
    r->path = target_of(path, there ? &st : NULL);
    r->temp = r->path && replaced ? tern_format_text("%s.XXXXXX", r->path) : NULL;
    if (!r->path || (replaced && !r->temp)) {
        tern_replace_abandon(r);
        return tern_fail(e, TERN_NO_MEMORY, "write: %s: out of memory", path);
    }
    r->fd = replaced ? open_temp(r) : TEMP_FAILURE_RETRY(open(r->path, O_WRONLY | O_CLOEXEC));
    if (r->fd < 0) {
        s = os_error(e, "write", path);
        free(r->temp);
        r->temp = NULL;
        tern_replace_abandon(r);
        return s == TERN_BAD_INPUT ? TERN_IO : s;
    }
    return TERN_OK;
}

enum tern_status tern_replace_write(struct tern_replace *r, const void *data, size_t bytes,
                                    struct tern_error *e) {
    if (write_all(r->fd, data, bytes)) return os_error(e, "write", r->path);
    return TERN_OK;
}

static enum tern_status commit(struct tern_replace *r, int durable, struct tern_error *e) {
    enum tern_status s = TERN_OK;
    if (tern_starved()) s = tern_fail(e, TERN_NO_MEMORY, "write: %s: out of memory", r->path);
    if (!s && durable && r->temp && TEMP_FAILURE_RETRY(fsync(r->fd))) s = os_error(e, "write", r->path);
    if (!s && r->nameless && name_temp(r)) s = os_error(e, "write", r->path);
    if (close_written(r->fd) && !s) s = os_error(e, "write", r->path);
    r->fd = -1;
    if (!s && r->temp && rename(r->temp, r->path)) s = os_error(e, "rename", r->path);
    if (!s && r->temp) {
        if (durable) sync_folder_of(r->path);
        free(r->temp);
        r->temp = NULL;
    }
    tern_replace_abandon(r);
    return s;
}

enum tern_status tern_replace_commit(struct tern_replace *r, struct tern_error *e) {
    return commit(r, 1, e);
}

enum tern_status tern_replace_commit_lazily(struct tern_replace *r, struct tern_error *e) {
    return commit(r, 0, e);
}

void tern_replace_abandon(struct tern_replace *r) {
    if (r->fd >= 0) close(r->fd);
    if (r->temp && !r->nameless) unlink(r->temp);
    free(r->temp);
    free(r->path);
    *r = (struct tern_replace){.fd = -1};
}

static enum tern_status replace(const char *path, const void *data, size_t bytes, int durable,
                                struct tern_error *e) {
    struct tern_replace r;
    enum tern_status s = tern_replace_begin(path, &r, e);
    if (s) return s;
    s = tern_replace_write(&r, data, bytes, e);
    if (s) return tern_replace_abandon(&r), s;
    return commit(&r, durable, e);
}

enum tern_status tern_file_replace(const char *path, const void *data, size_t bytes, struct tern_error *e) {
    return replace(path, data, bytes, 1, e);
}

enum tern_status tern_file_replace_lazily(const char *path, const void *data, size_t bytes,
                                          struct tern_error *e) {
    return replace(path, data, bytes, 0, e);
}

/* A device or a pipe has no end to look at and no disk to wait for, and may only be written to. */
static int open_to_append(const char *path, int *regular) {
    struct stat st;
    int fd = TEMP_FAILURE_RETRY(open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, FILE_MODE));
    if (fd < 0 && errno == EACCES) fd = TEMP_FAILURE_RETRY(open(path, O_WRONLY | O_APPEND | O_CLOEXEC));
    *regular = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode);
    return fd;
}

enum tern_status tern_file_append_line(const char *path, const char *line, struct tern_error *e) {
    enum tern_status s = tern_starved() ? tern_fail(e, TERN_NO_MEMORY, "append: %s: out of memory", path)
                                        : make_folder_of(path, e);
    int regular;
    if (s) return s;
    int fd = open_to_append(path, &regular);
    if (fd < 0) return os_error(e, "append", path);
    if (regular) TEMP_FAILURE_RETRY(flock(fd, LOCK_EX)); /* where there are no locks: one write is one line */
    off_t end = regular ? lseek(fd, 0, SEEK_END) : -1;
    char last = '\n';
    if (end > 0 && pread(fd, &last, 1, end - 1) != 1) last = '\n';
    char *text = tern_format_text("%s%s\n", last == '\n' ? "" : "\n", line);
    if (!text)
        s = tern_fail(e, TERN_NO_MEMORY, "append: %s: out of memory", path);
    else if (write_all(fd, text, strlen(text)) || (regular && TEMP_FAILURE_RETRY(fsync(fd)))) {
        s = os_error(e, "append", path);
        if (end >= 0 && TEMP_FAILURE_RETRY(ftruncate(
                            fd, end))) { /* best effort: a torn line is skipped by every reader anyway */
        }
    }
    free(text);
    if (close_written(fd) && !s) s = os_error(e, "append", path);
    return s;
}

enum tern_status tern_lock(const char *path, int *fd, struct tern_error *e) {
    struct stat st;
    *fd = -1;
    const int folder = !stat(path, &st) && S_ISDIR(st.st_mode);
    enum tern_status s = folder ? TERN_OK : make_folder_of(path, e);
    if (s) return s;
    const int how = folder ? O_RDONLY | O_CLOEXEC : O_RDWR | O_CREAT | O_CLOEXEC;
    int f = TEMP_FAILURE_RETRY(open(path, how, FILE_MODE));
    if (f < 0) return os_error(e, "lock", path);
    if (TEMP_FAILURE_RETRY(flock(f, LOCK_EX | LOCK_NB))) {
        s = errno == EWOULDBLOCK ? tern_fail(e, TERN_UNSUPPORTED,
                                             "lock: %s: held by another process; wait for it to end", path)
                                 : os_error(e, "lock", path);
        close(f);
        return s;
    }
    *fd = f;
    return TERN_OK;
}

static const struct {
    const char *kind, *env, *fallback;
} homes[] = {
    {"config", "XDG_CONFIG_HOME", ".config"},
    {"data", "XDG_DATA_HOME", ".local/share"},
    {"cache", "XDG_CACHE_HOME", ".cache"},
    {"state", "XDG_STATE_HOME", ".local/state"},
};

/* Heap; NULL when no home is known. */
static char *home_of(size_t i) {
    const char *base = getenv(homes[i].env), *home = getenv("HOME");
    if (base && base[0] == '/') return strdup(base);
    return home && home[0] == '/' ? tern_format_text("%s/%s", home, homes[i].fallback) : NULL;
}

char *tern_xdg_path(const char *kind, const char *name) {
    size_t i = 0;
    while (i < sizeof homes / sizeof *homes && strcmp(kind, homes[i].kind)) i++;
    char *base = i < sizeof homes / sizeof *homes ? home_of(i) : NULL;
    char *path = base && !tern_home_not_ours(base) ? tern_format_text("%s/tern/%s", base, name) : NULL;
    free(base);
    return path;
}

void tern_xdg_refused(void (*say)(void *ctx, const char *folder, const char *why), void *ctx) {
    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
        char *base = home_of(i);
        const char *why = base ? tern_home_not_ours(base) : NULL;
        char *folder = why ? tern_format_text("%s/tern", base) : NULL;
        if (folder) say(ctx, folder, why);
        free(folder);
        free(base);
    }
}

char *tern_format_text(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char *out;
    int n = vasprintf(&out, fmt, ap);
    va_end(ap);
    return n < 0 ? NULL : out;
}
