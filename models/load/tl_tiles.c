#include "models/load/tl_tiles.h"

#include "base/file.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INI_LIMIT = 1 << 16, MOST = 1 << 24 /* of each number */ };
enum { KEY_M, KEY_K, KEY_BM, KEY_BK, KEY_BMM, KEYS };

static const char *const key_name[KEYS] = {"m", "k", "bm", "bk", "bmm"};

/* A whole number from 1 to MOST; *end is what follows it. 0: there is none. */
static size_t number(const char *text, char **end) {
    errno = 0;
    if (!isdigit((unsigned char)*text)) return *end = (char *)(uintptr_t)text, 0;
    const unsigned long long n = strtoull(text, end, 10);
    return errno || n > MOST ? 0 : (size_t)n;
}

/* "BM:BK:bm" */
static int triple(const char *text, struct tern_tl_tile *out) {
    char *at;
    if (!(out->rows = number(text, &at)) || *at != ':') return 0;
    if (!(out->cols = number(at + 1, &at)) || *at != ':') return 0;
    return (out->inner = number(at + 1, &at)) && !*at;
}

struct reader {
    const char *path;
    struct tern_tl_tiles *out;
    size_t line, value[KEYS]; /* 0: not said yet */
    int inside;               /* a section */
    struct tern_error *e;
};

static enum tern_status bad(const struct reader *r, const char *why) {
    return tern_fail(r->e, TERN_BAD_INPUT, "tiles: %s: line %zu: %s", r->path, r->line, why);
}

static enum tern_status end_section(struct reader *r) {
    if (!r->inside) return TERN_OK;
    for (size_t i = 0; i < KEYS; i++)
        if (!r->value[i])
            return tern_fail(r->e, TERN_BAD_INPUT, "tiles: %s: line %zu: the section before it has no %s",
                             r->path, r->line, key_name[i]);
    const size_t m = r->value[KEY_M], k = r->value[KEY_K];
    const struct tern_tl_tile tile = {r->value[KEY_BM], r->value[KEY_BK], r->value[KEY_BMM]};
    const struct tern_tl_tile *former = tern_tl_tiles_for(r->out, m, k);
    if (former && (former->rows != tile.rows || former->cols != tile.cols || former->inner != tile.inner))
        return bad(r, "the section before it names a shape again, with another tile");
    if (former) return TERN_OK;
    if (r->out->count == TERN_TL_SHAPES) return bad(r, "too many shapes");
    const size_t at = r->out->count++;
    r->out->of[at].m = m;
    r->out->of[at].k = k;
    r->out->of[at].tile = tile;
    return TERN_OK;
}

static char *trim(char *s) {
    while (isspace((unsigned char)*s)) s++;
    size_t n = strlen(s);
    while (n && isspace((unsigned char)s[n - 1])) s[--n] = 0;
    return s;
}

static enum tern_status assignment(struct reader *r, char *line) {
    char *value = line + strcspn(line, "=:"), *end;
    if (!*value) return bad(r, "neither a section nor KEY = VALUE");
    *value++ = 0;
    const char *key = trim(line);
    for (char *c = line; *c; c++) *c = (char)tolower((unsigned char)*c);
    if (!r->inside) return bad(r, "a value before the first section");
    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(key, key_name[i])) continue;
        if (r->value[i]) return bad(r, "a key that the section has already");
        value = trim(value);
        r->value[i] = number(value, &end);
        return r->value[i] && !*end ? TERN_OK : bad(r, "not a number from 1 to 2^24");
    }
    return bad(r, "the keys are m, k, bm, bk and bmm");
}

static enum tern_status one_line(struct reader *r, char *line) {
    line = trim(line);
    if (!*line || *line == '#' || *line == ';') return TERN_OK;
    if (*line != '[') return assignment(r, line);
    if (line[strlen(line) - 1] != ']') return bad(r, "a section without its ]");
    const enum tern_status s = end_section(r);
    memset(r->value, 0, sizeof r->value);
    r->inside = 1;
    return s;
}

static enum tern_status read_ini(const char *path, struct tern_tl_tiles *out, struct tern_error *e) {
    struct reader r = {.path = path, .out = out, .e = e};
    size_t bytes;
    char *text;
    enum tern_status s = tern_file_read(path, INI_LIMIT, &text, &bytes, e);
    if (s) return s;
    if (strlen(text) != bytes) s = tern_fail(e, TERN_BAD_INPUT, "tiles: %s: not a text", path);
    for (char *at = text, *next; !s && at; at = next) {
        next = strchr(at, '\n');
        if (next) *next++ = 0;
        r.line++;
        s = one_line(&r, at);
    }
    if (!s) s = end_section(&r);
    if (!s && !out->count) s = tern_fail(e, TERN_BAD_INPUT, "tiles: %s: names no shape", path);
    free(text);
    return s;
}

enum tern_status tern_tl_tiles_read(const char *value, struct tern_tl_tiles *out, struct tern_error *e) {
    *out = (struct tern_tl_tiles){.count = 0};
    if (!triple(value, &out->of[0].tile)) {
        if (value[0] && value[strspn(value, "0123456789:")]) return read_ini(value, out, e);
        return tern_fail(e, TERN_BAD_INPUT, "tiles: '%.60s' is neither BM:BK:bm nor a kernel_config.ini",
                         value);
    }
    out->count = 1;
    return TERN_OK;
}

const struct tern_tl_tile *tern_tl_tiles_for(const struct tern_tl_tiles *t, size_t m, size_t k) {
    for (size_t i = 0; i < t->count; i++)
        if (!t->of[i].m || (t->of[i].m == m && t->of[i].k == k)) return &t->of[i].tile;
    return NULL;
}
