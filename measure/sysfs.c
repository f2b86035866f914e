#define _GNU_SOURCE
#include "measure/sysfs.h"

#include "base/starved/starved.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_LIMIT ((size_t)16 << 20)
#define PATH_BYTES 1024

static const char *root(void) {
    const char *r = getenv("TERN_SYSFS");
    return r ? r : "";
}

int tern_sys_redirected(void) {
    return *root() != 0;
}

static int path_of(char *out, size_t out_bytes, const char *fmt, va_list ap) {
    const int at = snprintf(out, out_bytes, "%s", root());
    if (at < 0 || (size_t)at >= out_bytes) return -1;
    const int n = vsnprintf(out + at, out_bytes - (size_t)at, fmt, ap);
    return n < 0 || (size_t)n >= out_bytes - (size_t)at ? -1 : 0;
}

int tern_sys_path(char *out, size_t out_bytes, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    const int rc = path_of(out, out_bytes, fmt, ap);
    va_end(ap);
    return rc;
}

static int line_of(char *out, size_t out_bytes, const char *path) {
    out[0] = 0;
    const int fd = TEMP_FAILURE_RETRY(open(path, O_RDONLY | O_CLOEXEC));
    if (fd < 0) return errno;
    size_t n = 0;
    ssize_t got = 1;
    while (got > 0 && n + 1 < out_bytes && !memchr(out, '\n', n)) {
        got = TEMP_FAILURE_RETRY(read(fd, out + n, out_bytes - 1 - n));
        if (got > 0) n += (size_t)got;
    }
    int rc = got < 0 ? errno : n ? 0 : EINVAL; /* an empty file holds no value */
    char *stop = memchr(out, '\n', n), more;
    if (!rc && !stop && TEMP_FAILURE_RETRY(read(fd, &more, 1)) > 0)
        rc = E2BIG; /* half a list is another list */
    close(fd);
    out[rc ? 0 : stop ? (size_t)(stop - out) : n] = 0;
    return rc;
}

int tern_sys_line(char *out, size_t out_bytes, const char *fmt, ...) {
    char path[PATH_BYTES];
    va_list ap;
    va_start(ap, fmt);
    const int bad = path_of(path, sizeof path, fmt, ap);
    va_end(ap);
    out[0] = 0;
    return bad ? ENAMETOOLONG : line_of(out, out_bytes, path);
}

int tern_sys_number(long long *out, const char *fmt, ...) {
    char path[PATH_BYTES], text[64], *end;
    va_list ap;
    va_start(ap, fmt);
    const int bad = path_of(path, sizeof path, fmt, ap);
    va_end(ap);
    *out = 0;
    const int rc = bad ? ENAMETOOLONG : line_of(text, sizeof text, path);
    if (rc) return rc;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (end == text || errno) return EINVAL;
    const int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    if (v > (INT64_MAX >> shift) || v < -(INT64_MAX >> shift)) return EINVAL;
    *out = v * (1ll << shift);
    return 0;
}

char *tern_sys_text(const char *fmt, ...) {
    char path[PATH_BYTES];
    va_list ap;
    va_start(ap, fmt);
    const int bad = path_of(path, sizeof path, fmt, ap);
    va_end(ap);
    const int fd = bad ? -1 : TEMP_FAILURE_RETRY(open(path, O_RDONLY | O_CLOEXEC));
    if (fd < 0) return NULL;

    size_t room = 4096, n = 0;
    ssize_t got = 1;
    char *text = malloc(room);
    while (text && got > 0 && n + 1 < TEXT_LIMIT) {
        if (n + 1 == room) {
            char *more = realloc(text, room *= 2);
            if (!more) free(text);
            text = more;
        }
        got = text ? TEMP_FAILURE_RETRY(read(fd, text + n, room - n - 1)) : 0;
        if (got > 0) n += (size_t)got;
    }
    if (!text) tern_starve();
    if (got < 0) free(text), text = NULL;
    if (text) text[n] = 0;
    close(fd);
    return text;
}

int tern_sys_list(const char *text, void (*fn)(void *ctx, int n), void *ctx) {
    int count = 0;
    long last = -1;
    for (const char *p = text; *p && *p != '\n';) {
        char *end;
        const long from = strtol(p, &end, 10);
        if (end == p || from <= last || from > TERN_SYS_LIST_MOST) return -1;
        long to = from;
        if (*end == '-') {
            p = end + 1;
            to = strtol(p, &end, 10);
            if (end == p || to < from || to > TERN_SYS_LIST_MOST) return -1;
        }
        last = to;
        for (long i = from; i <= to; i++, count++)
            if (fn) fn(ctx, (int)i);
        if (*end == ',')
            end++;
        else if (*end && *end != '\n')
            return -1;
        p = end;
    }
    return count;
}
