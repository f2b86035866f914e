#define _GNU_SOURCE
#include "cli/values.h"

#include "cli/command.h"

#include "base/starved/starved.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int tern_cli_whole(const char *command, const char *where, const char *text, uint64_t lo, uint64_t hi,
                   uint64_t *out) {
    char *end;
    errno = 0;
    const unsigned long long v = strtoull(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-' || v < lo || v > hi) {
        tern_cli_usage(command, "%s: '%s' is not a whole number from %" PRIu64 " to %" PRIu64, where, text,
                       lo, hi);
        return 0;
    }
    *out = v;
    return 1;
}

int tern_cli_size(const char *command, const char *where, const char *text, size_t lo, size_t hi,
                  size_t *out) {
    uint64_t v = 0;
    if (!tern_cli_whole(command, where, text, lo, hi, &v)) return 0;
    *out = (size_t)v;
    return 1;
}

int tern_cli_real(const char *command, const char *where, const char *text, double lo, double hi,
                  double *out) {
    char *end;
    const double v = strtod(text, &end);
    if (end == text || *end || !isfinite(v) || v < lo || v > hi) {
        tern_cli_usage(command, "%s: '%s' is not a number from %g to %g", where, text, lo, hi);
        return 0;
    }
    *out = v;
    return 1;
}

int tern_cli_numbers(const char *command, const char *where, const char *text, size_t lo, size_t hi,
                     struct tern_cli_numbers *out) {
    size_t room = 1;
    for (const char *p = text; *p; p++) room += *p == ',';
    char *copy = strdup(text), *save = NULL;
    struct tern_cli_numbers list = {malloc(room * sizeof *list.item), 0};
    int ok = copy && list.item;
    char *word = ok ? strtok_r(copy, ",", &save) : NULL;
    if (!ok) tern_cli_usage(command, "%s: out of memory", where);
    if (ok && !word) ok = 0, tern_cli_usage(command, "%s: an empty list", where);
    for (; ok && word; word = strtok_r(NULL, ",", &save))
        ok = tern_cli_size(command, where, word, lo, hi, &list.item[list.count++]);
    free(copy);
    if (!ok) return free(list.item), 0;
    free(out->item);
    *out = list;
    return 1;
}

int tern_cli_text_add(const char *command, const char *where, const char *text, size_t most,
                      struct tern_cli_texts *out) {
    if (out->count == most) {
        tern_cli_usage(command, "%s: may be given %zu times at most", where, most);
        return 0;
    }
    const char **grown = realloc(out->item, (out->count + 1) * sizeof *grown);
    if (!grown) {
        tern_cli_usage(command, "%s: out of memory", where);
        return 0;
    }
    out->item = grown;
    out->item[out->count++] = text;
    return 1;
}

int tern_cli_shape(const char *command, const char *text, size_t *m, size_t *k, size_t *n) {
    size_t v[3] = {0, 0, 1}, at = 0;
    const char *p = text;
    int ok = 1;
    while (ok && at < 3) {
        char *end;
        ok = *p >= '0' && *p <= '9';
        v[at++] = strtoull(p, &end, 10);
        p = end;
        if (*p != 'x') break;
        p += at < 3;
    }
    if (!ok || *p || at < 2 || !v[0] || !v[1] || !v[2] || v[0] > 1u << 24 || v[1] > 1u << 22 ||
        v[2] > 65536) {
        tern_cli_usage(command, "'%s' is not a problem of the form MxK or MxKxN, such as 6912x2560x1", text);
        return 0;
    }
    *m = v[0], *k = v[1], *n = v[2];
    return 1;
}

int tern_cli_filter_set(const char *command, const char *where, const char *text, struct tern_cli_filter *f) {
    char why[128];
    tern_cli_filter_free(f);
    const int rc = regcomp(&f->re, text, REG_EXTENDED | REG_NOSUB);
    if (!rc) return f->text = text, 1;
    regerror(rc, &f->re, why, sizeof why);
    tern_cli_usage(command, "%s: '%s': %s", where, text, why);
    return 0;
}

int tern_cli_matches(const struct tern_cli_filter *f, const char *name) {
    if (!f->text) return 1;
    errno = 0; /* "no match" is all that the C library of GNU answers without memory */
    const int rc = regexec(&f->re, name, 0, NULL, 0);
    if (rc && errno == ENOMEM) tern_starve();
    return rc == 0;
}

void tern_cli_filter_free(struct tern_cli_filter *f) {
    if (f->text) regfree(&f->re);
    f->text = NULL;
}
