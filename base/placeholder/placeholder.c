#define _GNU_SOURCE
#include "base/placeholder/placeholder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_POINTER = 1024, MOST_LINK = 4096, SHOWN = 120 };

struct text {
    const char *data;
    size_t bytes;
};

static int begins(struct text t, const char *with) {
    return t.bytes >= strlen(with) && !strncasecmp(t.data, with, strlen(with));
}

/* The rest of the line behind `key`, printable; "" when there is no such key. */
static const char *behind(struct text t, const char *key, char out[SHOWN]) {
    const char *at = memmem(t.data, t.bytes, key, strlen(key)), *end = t.data + t.bytes;
    size_t n = 0;
    for (at = at ? at + strlen(key) : end; at < end && *at != '\n' && n + 1 < SHOWN; at++)
        out[n++] = *at < ' ' || *at > '~' ? '?' : *at;
    out[n] = 0;
    return out;
}

/* One line that is a path and nothing else, as far as it can be told from a text. */
static int is_link(struct text t) {
    if (!begins(t, "../") && !begins(t, "./") && !begins(t, "/")) return 0;
    if (t.data[t.bytes - 1] == '\n') t.bytes--;
    for (size_t i = 0; i < t.bytes; i++)
        if ((unsigned char)t.data[i] < ' ' || t.data[i] == 0x7f) return 0;
    return t.bytes > 3;
}

static int is_page(struct text t) {
    while (t.bytes && strchr(" \t\r\n", *t.data)) t.data++, t.bytes--;
    return begins(t, "<!doctype html") || begins(t, "<html");
}

/* What the servers of model files answer for a file that is not there or not allowed. */
static int is_answer(struct text t) {
    static const char *const answers[] = {"Entry not found",
                                          "Repository not found",
                                          "Invalid username or password",
                                          "Access to model ",
                                          "404: Not Found",
                                          "{\"error\":",
                                          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>"};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (begins(t, answers[i])) return 1;
    return 0;
}

enum tern_status tern_refuse_placeholder(const char *what, const char *path, const void *data, size_t bytes,
                                         struct tern_error *e) {
    const struct text t = {data, bytes};
    char to[SHOWN];
    if (!bytes) return TERN_OK;
    if (bytes <= MOST_POINTER && (begins(t, "version https://git-lfs.github.com/spec/") ||
                                  begins(t, "version https://hawser.github.com/spec/")))
        return tern_fail(
            e, TERN_BAD_INPUT,
            "%s: %s: a pointer of Git LFS to a file of %s bytes, and not the file itself; fetch it "
            "(git lfs pull)",
            what, path, behind(t, "\nsize ", to));
    if (bytes <= MOST_POINTER && begins(t, "# xet version"))
        return tern_fail(e, TERN_BAD_INPUT,
                         "%s: %s: a pointer of Xet to a file of %s bytes, and not the file itself; fetch it",
                         what, path, behind(t, "filesize = ", to));
    if (bytes <= MOST_LINK && *behind(t, "annex/objects/", to) &&
        (begins(t, "/annex/") || is_link(t) || begins(t, ".git/")))
        return tern_fail(
            e, TERN_BAD_INPUT,
            "%s: %s: a pointer of git-annex to %s, and not the file itself; fetch it (git annex get)", what,
            path, to);
    if (bytes <= MOST_LINK && is_link(t))
        return tern_fail(
            e, TERN_BAD_INPUT,
            "%s: %s: the text of a symbolic link to %s, and not the file itself; copy that file here", what,
            path, behind(t, "", to));
    if (is_page(t))
        return tern_fail(e, TERN_BAD_INPUT, "%s: %s: a web page, and not the file itself; download it again",
                         what, path);
    if (bytes <= MOST_POINTER && is_answer(t))
        return tern_fail(e, TERN_BAD_INPUT,
                         "%s: %s: the answer of a server ('%s'), and not the file itself; download it again",
                         what, path, behind(t, "", to));
    return TERN_OK;
}
