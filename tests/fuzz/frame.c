#define _GNU_SOURCE
#include "frame.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct fuzz_target targets[] = {
#define FUZZ_TARGET(name) {#name, fuzz_on_##name},
#include "targets.def"
#undef FUZZ_TARGET
};

const struct fuzz_target *fuzz_target_named(const char *name) {
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (!strcmp(targets[i].name, name)) return &targets[i];
    return NULL;
}

void fuzz_broken(const char *file, int line, const char *claim) {
    fprintf(stderr, "%s:%d: broken: %s\n", file, line, claim);
    abort();
}

void fuzz_said(enum tern_status s, const struct tern_error *e) {
    if (s) FUZZ_MUST(e->text[0] && !strchr(e->text, '\n'));
    if (s && getenv("TERN_FUZZ_TALK")) fprintf(stderr, "# refused: %s\n", e->text);
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *walk) {
    (void)st, (void)kind, (void)walk;
    return remove(path);
}

static void remove_all(const char *path) {
    nftw(path, drop, 8, FTW_DEPTH | FTW_PHYS);
}

static void remove_folder(void) {
    remove_all(fuzz_folder());
}

const char *fuzz_folder(void) {
    static char folder[256];
    if (folder[0]) return folder;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tern-fuzz-XXXXXX", base ? base : "/tmp");
    FUZZ_MUST(mkdtemp(folder) != NULL);
    atexit(remove_folder);
    return folder;
}

const char *fuzz_path(const char *name) {
    static char path[4][512];
    static unsigned next;
    char *out = path[next++ % 4];
    snprintf(out, sizeof path[0], "%s/%s", fuzz_folder(), name);
    return out;
}

void fuzz_write(const char *path, const void *data, size_t bytes, size_t zeros) {
    const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_MUST(fd >= 0 && write(fd, data, bytes) == (ssize_t)bytes && !ftruncate(fd, (off_t)(bytes + zeros)));
    close(fd);
}

const char *fuzz_file(const char *name, const void *data, size_t bytes) {
    const char *path = fuzz_path(name);
    fuzz_write(path, data, bytes, 0);
    return path;
}

static int is_name(const char *s, size_t bytes) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/";
    if (!bytes || bytes > 200 || *s == '/' || s[bytes - 1] == '/' || memmem(s, bytes, "..", 2)) return 0;
    for (size_t i = 0; i < bytes; i++)
        if (!s[i] || !strchr(allowed, s[i])) return 0;
    return 1;
}

/* One file of an archive. */
static void put(const char *folder, const char *name, size_t name_bytes, const char *data, size_t bytes) {
    char path[768];
    struct stat st;
    if (!is_name(name, name_bytes)) return;
    snprintf(path, sizeof path, "%s/%.*s", folder, (int)name_bytes, name);
    for (char *p = path + strlen(folder) + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
        *p = 0;
        if (mkdir(path, 0700) && errno != EEXIST) return;
    }
    if (!stat(path, &st) ? S_ISREG(st.st_mode) : errno == ENOENT) fuzz_write(path, data, bytes, 0);
}

const char *fuzz_unpack(const char *name, const uint8_t *data, size_t bytes) {
    static const char mark[] = "\n==> ";
    const char *folder = fuzz_path(name);
    remove_all(folder);
    FUZZ_MUST(!mkdir(folder, 0700));
    const char *at = (const char *)data, *const end = bytes ? at + bytes : at;
    if (bytes < 4 || memcmp(at, mark + 1, 4)) return folder;
    for (at += 4; at;) {
        const char *line = memchr(at, '\n', (size_t)(end - at)), *text = line ? line + 1 : end;
        const char *next = line ? memmem(line, (size_t)(end - line), mark, 5) : NULL;
        const char *stop = !next ? end : next < text ? text : next + 1;
        put(folder, at, (size_t)((line ? line : end) - at), text, (size_t)(stop - text));
        at = next ? next + 5 : NULL;
    }
    return folder;
}

char *fuzz_text(const uint8_t *data, size_t bytes) {
    char *out = malloc(bytes + 1);
    FUZZ_MUST(out != NULL);
    if (bytes) memcpy(out, data, bytes);
    out[bytes] = 0;
    return out;
}
