/* Text to JSON values, with the place of a fault. */
#define _GNU_SOURCE
#include "reports/import/readers.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Length of a bare NaN or Infinity at `p`, 0 when there is none. */
static size_t nan_word(const char *p) {
    static const char *const word[] = {"Infinity", "NaN", "nan", "inf"};
    const size_t sign = *p == '-';
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        const size_t n = strlen(word[i]);
        if (!strncmp(p + sign, word[i], n) && !isalnum((unsigned char)p[sign + n])) return sign + n;
    }
    return 0;
}

/* Outside of strings they become an empty text, which is no number, and blanks: no offset changes. */
static void drop_nan(char *text) {
    int quoted = 0;
    for (char *p = text; *p; p++) {
        if (quoted && *p == '\\' && p[1]) {
            p++;
        } else if (*p == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            const size_t n = nan_word(p);
            if (!n) continue;
            memset(p, ' ', n);
            p[0] = p[1] = '"';
            p += n - 1;
        }
    }
}

static enum tern_status fault(const char *where, const char *text, const json_error_t *why, size_t before,
                              struct tern_error *e) {
    char shown[120];
    size_t n = 0;
    for (const char *p = why->text; *p && n + 1 < sizeof shown; p++)
        shown[n++] = *p < ' ' || *p > '~' ? '?' : *p;
    shown[n] = 0;
    return tern_import_fault(where, text, before + (size_t)why->position, e, "JSON: %s", shown);
}

/* Lines of objects (jsonl) as an array. */
static enum tern_status parse_lines(const char *where, const char *text, size_t from, json_t **out,
                                    struct tern_error *e) {
    json_t *list = json_array();
    enum tern_status s = list ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "import: %s: out of memory", where);
    for (const char *p = text + from; !s && *p;) {
        const size_t n = strcspn(p, "\n");
        if (strspn(p, " \t\r") < n) {
            json_error_t why;
            json_t *o = json_loadb(p, n, 0, &why);
            if (!o) s = fault(where, text, &why, (size_t)(p - text), e);
            if (o && json_array_append_new(list, o))
                s = tern_fail(e, TERN_NO_MEMORY, "import: out of memory");
        }
        p += n + (p[n] == '\n');
    }
    if (s) {
        json_decref(list);
        return s;
    }
    *out = list;
    return TERN_OK;
}

/* Whether a second line begins with an object, as a text of one object a line does. */
static int has_lines(const char *text) {
    const char *next = strchr(text, '\n');
    return *text == '{' && next && next[1 + strspn(next + 1, " \t\r\n")] == '{';
}

/* The first line that begins with one of these characters; NULL when there is none. */
static const char *line_of(const char *text, const char *first) {
    for (const char *p = text; *p;) {
        const char *begin = p + strspn(p, " \t\r");
        if (*begin && strchr(first, *begin)) return p;
        p += strcspn(p, "\n");
        p += *p == '\n';
    }
    return NULL;
}

/* Behind the lines that begin with "#", as perf stat -o writes them, and empty lines. */
static const char *behind_remarks(const char *text) {
    for (const char *p = text;;) {
        const char *begin = p + strspn(p, " \t\r\n");
        if (*begin != '#') return begin;
        p = begin + strcspn(begin, "\n");
    }
}

static enum tern_status parse_table(const char *where, const char *text, size_t bytes, json_t **out,
                                    struct tern_error *e) {
    if (strcasestr(text, "INSERT INTO")) return tern_import_sql(where, text, out, e);
    const char *bar = line_of(text, "|"), *json = line_of(text, "{[");
    if (bar && strstr(bar, "t/s")) return tern_import_markdown(where, text, out, e);
    if (!json || json == text) return tern_import_csv(where, text, bytes, out, e);
    size_t line = 1;
    for (const char *p = text; p < json; p++) line += *p == '\n';
    return tern_import_fault(where, text, 0, e,
                             "not JSON, which begins in line %zu (byte %zu); remove what is before it", line,
                             (size_t)(json - text));
}

enum tern_status tern_import_parse(const char *where, const char *text, size_t bytes, json_t **out,
                                   struct tern_error *e) {
    char *clean = malloc(bytes + 1);
    json_error_t why;
    *out = NULL;
    if (!clean) return tern_fail(e, TERN_NO_MEMORY, "import: %s: out of memory", where);
    memcpy(clean, text, bytes);
    clean[bytes] = 0;
    drop_nan(clean);
    const char *begin = behind_remarks(clean);
    const size_t before = (size_t)(begin - clean);
    enum tern_status s = TERN_OK;
    if (*begin != '{' && *begin != '[')
        s = parse_table(where, text, bytes, out, e);
    else if (!(*out = json_loads(begin, 0, &why)))
        s = has_lines(begin) ? parse_lines(where, clean, before, out, e)
                             : fault(where, clean, &why, before, e);
    free(clean);
    return s;
}
