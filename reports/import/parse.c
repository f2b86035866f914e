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

static enum tern_status fault(const char *where, const json_error_t *why, int line, size_t before,
                              struct tern_error *e) {
    char shown[120];
    size_t n = 0;
    for (const char *p = why->text; *p && n + 1 < sizeof shown; p++)
        shown[n++] = *p < ' ' || *p > '~' ? '?' : *p;
    shown[n] = 0;
    return tern_fail(e, TERN_BAD_INPUT, "import: %s: line %d, byte %zu: JSON: %s", where, line,
                     before + (size_t)why->position, shown);
}

/* Lines of objects (jsonl) as an array. */
static enum tern_status parse_lines(const char *where, const char *text, json_t **out, struct tern_error *e) {
    json_t *list = json_array();
    int line = 1;
    enum tern_status s = list ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "import: %s: out of memory", where);
    for (const char *p = text; !s && *p; line++) {
        const size_t n = strcspn(p, "\n");
        if (strspn(p, " \t\r") < n) {
            json_error_t why;
            json_t *o = json_loadb(p, n, 0, &why);
            if (!o) s = fault(where, &why, line, (size_t)(p - text), e);
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

/* The first line that begins like JSON; 0 when there is none. */
static int json_line(const char *text, size_t *at) {
    int line = 1;
    for (const char *p = text; *p; line++) {
        const char first = p[strspn(p, " \t\r")];
        if (first == '{' || first == '[') return *at = (size_t)(p - text), line;
        p += strcspn(p, "\n");
        p += *p == '\n';
    }
    return 0;
}

static enum tern_status parse_table(const char *where, const char *text, size_t bytes, json_t **out,
                                    struct tern_error *e) {
    size_t at;
    const int line = json_line(text, &at);
    if (line > 1)
        return tern_fail(e, TERN_BAD_INPUT,
                         "import: %s: line 1, byte 0: not JSON, which begins in line %d (byte %zu); remove "
                         "what is before it",
                         where, line, at);
    *out = strcasestr(text, "INSERT INTO") ? tern_import_sql(text) : NULL;
    if (!*out && text[strspn(text, " \t\r\n")] == '|') *out = tern_import_markdown(text);
    if (!*out) *out = tern_import_csv(text, bytes);
    if (*out) return TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "import: %s: line 1, byte 0: neither JSON nor a table", where);
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
    const char *begin = clean + strspn(clean, " \t\r\n");
    enum tern_status s = TERN_OK;
    if (*begin != '{' && *begin != '[')
        s = parse_table(where, text, bytes, out, e);
    else if (!(*out = json_loads(clean, 0, &why)))
        s = has_lines(begin) ? parse_lines(where, clean, out, e) : fault(where, &why, why.line, 0, e);
    free(clean);
    return s;
}
