#include "reports/data/text.h"

#include "base/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int reserve(struct tern_text *t, size_t more) {
    if (t->failed) return 0;
    if (more < t->room - t->used) return 1;
    size_t room = t->room ? t->room : 1024;
    while (room - t->used <= more) {
        if (room > (size_t)-1 / 2) return t->failed = 1, 0;
        room *= 2;
    }
    char *grown = realloc(t->data, room);
    if (!grown) return t->failed = 1, 0;
    t->data = grown, t->room = room;
    return 1;
}

void tern_text_bytes(struct tern_text *t, const char *p, size_t bytes) {
    if (!reserve(t, bytes)) return;
    if (bytes) memcpy(t->data + t->used, p, bytes);
    t->used += bytes;
    t->data[t->used] = 0;
}

void tern_text_put(struct tern_text *t, const char *s) {
    if (s) tern_text_bytes(t, s, strlen(s));
}

void tern_text_printf(struct tern_text *t, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    const int need = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (need < 0) {
        t->failed = 1;
        return;
    }
    if (!reserve(t, (size_t)need)) return;
    va_start(ap, fmt);
    vsnprintf(t->data + t->used, (size_t)need + 1, fmt, ap);
    va_end(ap);
    t->used += (size_t)need;
}

void tern_text_free(struct tern_text *t) {
    free(t->data);
    *t = (struct tern_text){0};
}

/* Length of the well-formed UTF-8 character at `s`, 0 when malformed (RFC 3629: no overlong form, no
 * surrogate). */
static size_t utf8_length(const char *s) {
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80) return 1;
    const size_t n = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;
    if (u[0] < 0xc2 || u[0] > 0xf4) return 0;
    for (size_t i = 1; i < n; i++)
        if ((u[i] & 0xc0) != 0x80) return 0;
    if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f)) return 0;
    if ((u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f)) return 0;
    return n;
}

/* U+0080..9F, and the marks that reorder the text around them (U+202A..202E, U+2066..2069). */
static int invisible(const char *s) {
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] == 0xc2) return u[1] < 0xa0;
    if (u[0] != 0xe2) return 0;
    return (u[1] == 0x80 && u[2] >= 0xaa && u[2] <= 0xae) || (u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9);
}

/* Copies one character and returns where the next begins. */
static const char *copy_one(struct tern_text *t, const char *s) {
    const size_t n = utf8_length(s);
    const int bad = !n || (unsigned char)*s < ' ' || *s == 0x7f || invisible(s);
    if (bad)
        tern_text_put(t, "\xef\xbf\xbd");
    else
        tern_text_bytes(t, s, n);
    return s + (n ? n : 1);
}

/* The entity of a character of markup; NULL for any other. */
static const char *entity(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void tern_text_html(struct tern_text *t, const char *s) {
    while (s && *s) {
        const char *e = entity(*s);
        if (e)
            tern_text_put(t, e), s++;
        else
            s = copy_one(t, s);
    }
}

void tern_text_markdown(struct tern_text *t, const char *s) {
    while (s && *s) {
        const char *e = strchr("&<>", *s) ? entity(*s) : NULL;
        if (e) {
            tern_text_put(t, e), s++;
        } else {
            if (strchr("\\`*_[]#|!~", *s)) tern_text_put(t, "\\");
            s = copy_one(t, s);
        }
    }
}

void tern_text_csv(struct tern_text *t, const char *s) {
    if (!s || !*s) return;
    tern_text_put(t, "\"");
    if (strchr("=+@", *s) || (*s == '-' && s[1])) tern_text_put(t, "'");
    while (*s) {
        if (*s == '"') tern_text_put(t, "\"");
        s = copy_one(t, s);
    }
    tern_text_put(t, "\"");
}

static int harmless(char c, const char *punctuation) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr(punctuation, c));
}

void tern_text_shell(struct tern_text *t, const char *s) {
    int plain = s && *s;
    for (const char *p = s; plain && *p; p++) plain = harmless(*p, "_./:,=+-@%");
    if (plain) {
        tern_text_put(t, s);
        return;
    }
    tern_text_put(t, "'");
    while (s && *s) {
        if (*s == '\'')
            tern_text_put(t, "'\\''"), s++;
        else
            s = copy_one(t, s);
    }
    tern_text_put(t, "'");
}

void tern_text_label(struct tern_text *t, const char *s) {
    for (; s && *s; s++) {
        const char c = harmless(*s, " _.,:;+-/()[]=*") ? *s : '?';
        tern_text_bytes(t, &c, 1);
    }
}

enum tern_status tern_text_save(const struct tern_text *t, const char *folder, const char *name,
                                struct tern_error *e) {
    char *path = t->failed ? NULL : tern_format_text("%s/%s", folder, name);
    if (!path) return tern_fail(e, TERN_NO_MEMORY, "report: %s: out of memory", name);
    const enum tern_status s = tern_file_replace_lazily(path, t->data ? t->data : "", t->used, e);
    free(path);
    return s;
}
