#define _GNU_SOURCE
#include "harness/cache/file.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/talk/progress.h"
#include "harness/cache/outline.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int read_all(int fd, void *out, size_t bytes, size_t offset) {
    for (unsigned char *p = out; bytes;) {
        const ssize_t n = pread(fd, p, bytes, (off_t)offset);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return 0;
        p += n;
        bytes -= (size_t)n;
        offset += (size_t)n;
    }
    return 1;
}

struct reading {
    int fd;
    const struct tern_cache_part *part;
    size_t count;
    struct outline *outline;
    _Atomic size_t bad; /* 1 + a chunk that did not come as it was written */
};

/* A part that the kernel does not map is read. */
static void show_parts(const struct reading *r) {
    for (size_t i = 0; i < r->count; i++) {
        const struct tern_cache_part *p = &r->part[i];
        r->outline->shown[i] = p->mapped && tern_cache_alignment(p) == TERN_HUGE_PAGE &&
                               !tern_pages_show(p->data, p->bytes, r->fd, r->outline->offset[i]);
    }
}

/* All parts zero again; 0 when the kernel refuses. */
static int blank_parts(const struct reading *r) {
    int ok = 1;
    for (size_t i = 0; i < r->count; i++)
        if (r->outline->shown[i])
            ok &= !tern_pages_blank(r->part[i].data, r->part[i].bytes);
        else
            memset(r->part[i].data, 0, r->part[i].bytes);
    return ok;
}

/* Chunk c of part i is in memory as it was written. */
static int has_come(const struct reading *r, size_t i, size_t c) {
    unsigned char *p = (unsigned char *)r->part[i].data + c * TERN_CACHE_CHUNK;
    const size_t n = tern_min(TERN_CACHE_CHUNK, r->part[i].bytes - c * TERN_CACHE_CHUNK);
    if (!r->outline->shown[i] && !read_all(r->fd, p, n, r->outline->offset[i] + c * TERN_CACHE_CHUNK))
        return 0;
    return tern_cache_checksum(p, n) == r->outline->check[r->outline->first[i] + c];
}

static void read_share(void *ctx, size_t w, size_t workers) {
    struct reading *r = ctx;
    for (size_t i = 0; i < r->count && !atomic_load(&r->bad); i++) {
        size_t from, to;
        tern_share(tern_cache_chunks(r->part[i].bytes), 1, w, workers, &from, &to);
        const size_t bytes = tern_min(to * TERN_CACHE_CHUNK, r->part[i].bytes) -
                             tern_min(from * TERN_CACHE_CHUNK, r->part[i].bytes);
        if (r->outline->shown[i] && bytes)
            tern_pages_fetch((char *)r->part[i].data + from * TERN_CACHE_CHUNK, bytes);
        for (size_t c = from; c < to; c++)
            if (!has_come(r, i, c)) {
                atomic_store(&r->bad, r->outline->first[i] + c + 1);
                return;
            }
    }
}

/* 1: the file's head is the expected one, its checksums are taken over; 0: another key; -1: damaged. */
static int compare_heads(int fd, struct outline *p, const char **why) {
    struct file_head want, have;
    struct stat st;
    memcpy(&want, p->data, sizeof want);
    *why = "it is no packed cache";
    if (!read_all(fd, &have, sizeof have, 0) || memcmp(have.magic, tern_cache_magic, sizeof have.magic))
        return -1;
    if (have.version != want.version || have.key_bytes != want.key_bytes || have.parts != want.parts ||
        have.chunks != want.chunks)
        return 0;
    *why = "it is truncated";
    unsigned char *data = tern_alloc(p->bytes);
    if (!data || fstat(fd, &st) || !read_all(fd, data, p->bytes, 0)) return tern_free(data), -1;
    const size_t fixed = sizeof have + have.key_bytes + 8 * have.parts;
    if (memcmp(data + sizeof have, p->data + sizeof have, fixed - sizeof have)) return tern_free(data), 0;
    if ((uint64_t)st.st_size != want.file_bytes) return tern_free(data), -1;
    memcpy(p->data + fixed, data + fixed, p->bytes - fixed);
    tern_free(data);
    tern_outline_seal(p);
    memcpy(&want, p->data, sizeof want);
    *why = "the checksum of its head is wrong";
    return memcmp(&want, &have, sizeof want) ? -1 : 1;
}

/* Kernels read what lies in the cache as it is: nobody else may have written it. */
static enum tern_status believe(int fd, const char *path, struct tern_error *e) {
    struct stat st;
    if (fstat(fd, &st)) return tern_fail(e, TERN_IO, "cache: %s: %s", path, strerror(errno));
    const char *why = S_ISREG(st.st_mode) ? tern_not_ours(&st) : "it is no file";
    return why ? tern_fail(e, TERN_CHECK_FAILED, "cache: %s: ignored: %s", path, why) : TERN_OK;
}

enum tern_status tern_cache_read(const char *path, const char *key, const struct tern_cache_part *part,
                                 size_t count, struct tern_pool *pool, int *hit, struct tern_error *e) {
    *hit = 0;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return TERN_OK;
    struct outline p = {.data = NULL};
    const char *why = "";
    enum tern_status s = believe(fd, path, e);
    if (s) goto done;
    if (!tern_outline_new(&p, key, part, count)) {
        s = tern_fail(e, TERN_NO_MEMORY, "cache: %s: out of memory", path);
        goto done;
    }
    const int same = compare_heads(fd, &p, &why);
    if (same < 0) s = tern_fail(e, TERN_CHECK_FAILED, "cache: %s: ignored: %s", path, why);
    if (same != 1) goto done;
    struct reading r = {.fd = fd, .part = part, .count = count, .outline = &p};
    show_parts(&r);
    tern_pool_run(pool, read_share, &r);
    *hit = !r.bad;
    if (*hit) goto done;
    s = blank_parts(&r) ? tern_fail(e, TERN_CHECK_FAILED,
                                    "cache: %s: ignored: chunk %zu cannot be read or has a wrong checksum",
                                    path, r.bad - 1)
                        : tern_fail(e, TERN_NO_MEMORY, "cache: %s: no memory in place of its pages", path);
done:
    close(fd);
    tern_outline_free(&p);
    return s;
}

/* Half-written files of writers that were killed. The caller holds the lock, so nobody is writing one. */
static void sweep(const char *path) {
    glob_t g;
    char *pattern = tern_format_text("%s.??????", path);
    if (pattern && !glob(pattern, 0, NULL, &g)) {
        for (size_t i = 0; i < g.gl_pathc; i++) unlink(g.gl_pathv[i]);
        globfree(&g);
    }
    free(pattern);
}

static enum tern_status write_zeros(struct tern_replace *r, size_t bytes, struct tern_error *e) {
    static const char zero[TERN_CACHE_ALIGN];
    enum tern_status s = TERN_OK;
    for (size_t n; s == TERN_OK && bytes; bytes -= n) {
        n = tern_min(bytes, TERN_CACHE_ALIGN);
        s = tern_replace_write(r, zero, n, e);
    }
    return s;
}

static enum tern_status write_parts(struct tern_replace *r, const struct outline *p,
                                    const struct tern_cache_part *part, size_t count,
                                    struct tern_progress *bar, struct tern_error *e) {
    enum tern_status s = tern_replace_write(r, p->data, p->bytes, e);
    size_t at = p->bytes;
    for (size_t i = 0; s == TERN_OK && i < count; i++) {
        tern_progress_step(bar, (double)i / (double)count, "");
        s = write_zeros(r, p->offset[i] - at, e);
        if (s == TERN_OK) s = tern_replace_write(r, part[i].data, part[i].bytes, e);
        at = p->offset[i] + part[i].bytes;
    }
    return s == TERN_OK ? write_zeros(r, tern_round_up(at, TERN_CACHE_ALIGN) - at, e) : s;
}

static enum tern_status check_room(const char *path, size_t bytes, struct tern_error *e) {
    struct statvfs v;
    char *folder = strdup(path);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash && slash != folder) *slash = 0;
    const int known = folder && !statvfs(slash ? folder : ".", &v);
    free(folder);
    if (!known || (double)v.f_bavail * (double)v.f_frsize > 1.1 * (double)bytes) return TERN_OK;
    return tern_fail(e, TERN_NO_MEMORY, "cache: %s: not kept: %.2f GB do not fit into the file system", path,
                     1e-9 * (double)bytes);
}

/* Where others can write, they can also put links in the way; and a pipe would keep a writer waiting. */
static enum tern_status check_folder(const char *path, struct tern_error *e) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + (slash == path)) : strdup(".");
    struct stat st;
    const char *why = folder ? tern_folder_not_ours(folder) : NULL;
    if (!why && !stat(path, &st) && !S_ISREG(st.st_mode)) why = "what has its name is no file";
    const enum tern_status s =
        !folder ? tern_fail(e, TERN_NO_MEMORY, "cache: %s: out of memory", path)
        : why   ? tern_fail(e, TERN_IO, "cache: %s: nothing is kept there: %s", folder, why)
                : TERN_OK;
    free(folder);
    return s;
}

enum tern_status tern_cache_write(const char *path, const char *key, const struct tern_cache_part *part,
                                  size_t count, int quiet, struct tern_error *e) {
    enum tern_status s = check_folder(path, e);
    if (s) return s;
    char *lock = tern_format_text("%s.lock", path);
    if (!lock) return tern_fail(e, TERN_NO_MEMORY, "cache: %s: out of memory", path);
    int fd;
    s = tern_lock(lock, &fd, e);
    free(lock);
    if (s != TERN_OK) return s == TERN_UNSUPPORTED ? TERN_SKIPPED : s;
    struct outline p;
    struct tern_replace r;
    struct tern_progress bar;
    sweep(path);
    if (!tern_outline_new(&p, key, part, count))
        s = tern_fail(e, TERN_NO_MEMORY, "cache: %s: out of memory", path);
    struct file_head h;
    if (s == TERN_OK) {
        memcpy(&h, p.data, sizeof h);
        s = check_room(path, h.file_bytes, e);
    }
    if (s != TERN_OK) goto done;
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < tern_cache_chunks(part[i].bytes); c++)
            p.check[p.first[i] + c] =
                tern_cache_checksum((const unsigned char *)part[i].data + c * TERN_CACHE_CHUNK,
                                    tern_min(TERN_CACHE_CHUNK, part[i].bytes - c * TERN_CACHE_CHUNK));
    tern_outline_seal(&p);
    if ((s = tern_replace_begin(path, &r, e)) != TERN_OK) goto done;
    tern_progress_begin(&bar, "keeping the packed weights", quiet);
    s = write_parts(&r, &p, part, count, &bar, e);
    tern_progress_end(&bar);
    if (s == TERN_OK) /* what a crash leaves of it has wrong checksums */
        s = tern_replace_commit_lazily(&r, e);
    else
        tern_replace_abandon(&r);
done:
    tern_outline_free(&p);
    close(fd);
    return s;
}
