#define _GNU_SOURCE
#include "harness/cache/file.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"

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

#define CHUNK ((size_t)1 << 20)
#define ALIGN 4096
#define LANES 8

/* The head of the file: this, the key, the sizes of the parts, the checksums of their chunks; all
 * little-endian. Then each part, from a multiple of ALIGN. */
struct file_head {
    char magic[8];
    uint64_t version, key_bytes, parts, chunks, file_bytes, check;
};

static const char magic[8] = {'t', 'e', 'r', 'n', 'p', 'a', 'c', 'k'};

/* Eight chains of xor and odd multiplication: each step is one to one, so a single changed word is always
 * seen. */
static uint64_t checksum(const void *data, size_t bytes) {
    uint64_t lane[LANES], word[LANES];
    const unsigned char *p = data;
    for (size_t i = 0; i < LANES; i++) lane[i] = 0x9e3779b97f4a7c15u * (i + 1) ^ bytes;
    for (; bytes >= sizeof word; bytes -= sizeof word, p += sizeof word) {
        memcpy(word, p, sizeof word);
        for (size_t i = 0; i < LANES; i++) lane[i] = (lane[i] ^ word[i]) * 0xd1342543de82ef95u;
    }
    memset(word, 0, sizeof word);
    memcpy(word, p, bytes);
    uint64_t all = 0;
    for (size_t i = 0; i < LANES; i++) {
        lane[i] = (lane[i] ^ word[i]) * 0xd1342543de82ef95u;
        all = (all << 17 | all >> 47) * 0x9e3779b97f4a7c15u ^ lane[i] ^ lane[i] >> 31;
    }
    return all;
}

/* The head as it must be for these parts; checksums of chunks still zero. */
struct outline {
    unsigned char *data;
    size_t bytes;
    uint64_t *check; /* in data */
    size_t *offset;  /* of each part */
    size_t *first;   /* chunk of each part */
};

static size_t chunks_of(size_t bytes) {
    return (bytes + CHUNK - 1) / CHUNK;
}

static int outline_new(struct outline *p, const char *key, const struct tern_cache_part *part, size_t count) {
    const size_t key_bytes = tern_round_up(strlen(key) + 1, 8);
    size_t chunks = 0;
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < count; i++) chunks += chunks_of(part[i].bytes);
    const size_t used = sizeof(struct file_head) + key_bytes + 8 * (count + chunks);
    p->bytes = tern_round_up(used, ALIGN);
    p->data = tern_alloc(p->bytes);
    p->offset = tern_alloc(count * sizeof *p->offset);
    p->first = tern_alloc(count * sizeof *p->first);
    if (!p->data || !p->offset || !p->first) return 0;
    size_t at = p->bytes, chunk = 0;
    for (size_t i = 0; i < count; i++) {
        const uint64_t size = part[i].bytes;
        memcpy(p->data + sizeof(struct file_head) + key_bytes + 8 * i, &size, sizeof size);
        p->offset[i] = at;
        p->first[i] = chunk;
        at = tern_round_up(at + part[i].bytes, ALIGN);
        chunk += chunks_of(part[i].bytes);
    }
    struct file_head h = {
        .version = 1, .key_bytes = key_bytes, .parts = count, .chunks = chunks, .file_bytes = at};
    memcpy(h.magic, magic, sizeof magic);
    memcpy(p->data, &h, sizeof h);
    memcpy(p->data + sizeof h, key, strlen(key));
    p->check = (uint64_t *)(void *)(p->data + sizeof h + key_bytes + 8 * count);
    return 1;
}

static void outline_free(struct outline *p) {
    tern_free(p->data);
    tern_free(p->offset);
    tern_free(p->first);
}

static void put_check(struct outline *p) {
    struct file_head h;
    memcpy(&h, p->data, sizeof h);
    h.check = 0;
    memcpy(p->data, &h, sizeof h);
    h.check = checksum(p->data, p->bytes);
    memcpy(p->data, &h, sizeof h);
}

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
    const struct outline *outline;
    _Atomic size_t bad; /* 1 + a chunk that did not come as it was written */
};

static void read_share(void *ctx, size_t w, size_t workers) {
    struct reading *r = ctx;
    for (size_t i = 0; i < r->count && !atomic_load(&r->bad); i++) {
        size_t from, to;
        tern_share(chunks_of(r->part[i].bytes), 1, w, workers, &from, &to);
        for (size_t c = from; c < to; c++) {
            unsigned char *p = (unsigned char *)r->part[i].data + c * CHUNK;
            const size_t n = tern_min(CHUNK, r->part[i].bytes - c * CHUNK);
            if (!read_all(r->fd, p, n, r->outline->offset[i] + c * CHUNK) ||
                checksum(p, n) != r->outline->check[r->outline->first[i] + c]) {
                atomic_store(&r->bad, r->outline->first[i] + c + 1);
                return;
            }
        }
    }
}

/* 1: the file's head is the expected one, its checksums are taken over; 0: another key; -1: damaged. */
static int compare_heads(int fd, struct outline *p, const char **why) {
    struct file_head want, have;
    struct stat st;
    memcpy(&want, p->data, sizeof want);
    *why = "it is no packed cache";
    if (!read_all(fd, &have, sizeof have, 0) || memcmp(have.magic, magic, sizeof magic)) return -1;
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
    put_check(p);
    memcpy(&want, p->data, sizeof want);
    *why = "the checksum of its head is wrong";
    return memcmp(&want, &have, sizeof want) ? -1 : 1;
}

enum tern_status tern_cache_read(const char *path, const char *key, const struct tern_cache_part *part,
                                 size_t count, struct tern_pool *pool, int *hit, struct tern_error *e) {
    *hit = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return TERN_OK;
    struct outline p;
    const char *why = "";
    enum tern_status s = TERN_OK;
    if (!outline_new(&p, key, part, count)) {
        s = tern_fail(e, TERN_NO_MEMORY, "cache: %s: out of memory", path);
        goto done;
    }
    const int same = compare_heads(fd, &p, &why);
    if (same < 0) s = tern_fail(e, TERN_CHECK_FAILED, "cache: %s: ignored: %s", path, why);
    if (same != 1) goto done;
    struct reading r = {.fd = fd, .part = part, .count = count, .outline = &p};
    tern_pool_run(pool, read_share, &r);
    *hit = !r.bad;
    if (*hit) goto done;
    for (size_t i = 0; i < count; i++) memset(part[i].data, 0, part[i].bytes);
    s = tern_fail(e, TERN_CHECK_FAILED,
                  "cache: %s: ignored: chunk %zu cannot be read or has a wrong checksum", path, r.bad - 1);
done:
    close(fd);
    outline_free(&p);
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

static enum tern_status write_parts(struct tern_replace *r, const struct outline *p,
                                    const struct tern_cache_part *part, size_t count,
                                    struct tern_progress *bar, struct tern_error *e) {
    static const char zero[ALIGN];
    enum tern_status s = tern_replace_write(r, p->data, p->bytes, e);
    for (size_t i = 0; s == TERN_OK && i < count; i++) {
        tern_progress_step(bar, (double)i / (double)count, "");
        s = tern_replace_write(r, part[i].data, part[i].bytes, e);
        if (s == TERN_OK)
            s = tern_replace_write(r, zero, tern_round_up(part[i].bytes, ALIGN) - part[i].bytes, e);
    }
    return s;
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

enum tern_status tern_cache_write(const char *path, const char *key, const struct tern_cache_part *part,
                                  size_t count, int quiet, struct tern_error *e) {
    char *lock = tern_format_text("%s.lock", path);
    if (!lock) return tern_fail(e, TERN_NO_MEMORY, "cache: %s: out of memory", path);
    int fd;
    enum tern_status s = tern_lock(lock, &fd, e);
    free(lock);
    if (s != TERN_OK) return s == TERN_UNSUPPORTED ? TERN_SKIPPED : s;
    struct outline p;
    struct tern_replace r;
    struct tern_progress bar;
    sweep(path);
    if (!outline_new(&p, key, part, count))
        s = tern_fail(e, TERN_NO_MEMORY, "cache: %s: out of memory", path);
    struct file_head h;
    if (s == TERN_OK) {
        memcpy(&h, p.data, sizeof h);
        s = check_room(path, h.file_bytes, e);
    }
    if (s != TERN_OK) goto done;
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < chunks_of(part[i].bytes); c++)
            p.check[p.first[i] + c] = checksum((const unsigned char *)part[i].data + c * CHUNK,
                                               tern_min(CHUNK, part[i].bytes - c * CHUNK));
    put_check(&p);
    if ((s = tern_replace_begin(path, &r, e)) != TERN_OK) goto done;
    tern_progress_begin(&bar, "keeping the packed weights", quiet);
    s = write_parts(&r, &p, part, count, &bar, e);
    tern_progress_end(&bar);
    if (s == TERN_OK)
        s = tern_replace_commit(&r, e);
    else
        tern_replace_abandon(&r);
done:
    outline_free(&p);
    close(fd);
    return s;
}
