#define _GNU_SOURCE
#include "cli/command.h"

#include "base/file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int tern_cli_fail(enum tern_status s, const struct tern_error *e) {
    fprintf(stderr, "tern: %s\n", e->text[0] ? e->text : "failed for an unknown reason");
    return tern_exit_code(s);
}

int tern_cli_usage(const char *command, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "tern: %s: ", command);
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, " (see tern %s --help)\n", command);
    va_end(ap);
    return 3;
}

int tern_cli_written(int code) {
    if (!fflush(stdout) && !ferror(stdout)) return code;
    fputs("tern: output: could not be written\n", stderr);
    return code ? code : 3;
}

int tern_cli_getopt(int argc, char **argv, const char *short_options, const struct option *options,
                    const struct tern_command *c) {
    opterr = 0;
    const int at = optind;
    const int got = getopt_long(argc, argv, short_options, options, NULL);
    if (got == 'h') {
        fputs(c->help, stdout);
        exit(tern_cli_written(0));
    }
    if (got == '?' || got == ':') {
        const char *word = optopt && optopt < 256 ? NULL : argv[at > 0 && at < argc ? at : argc - 1];
        if (word)
            tern_cli_usage(c->name, "unknown or incomplete option '%s'", word);
        else
            tern_cli_usage(c->name, "unknown or incomplete option '-%c'", optopt);
        return '?';
    }
    return got;
}

int tern_cli_size(const char *command, const char *what, const char *text, size_t lo, size_t hi,
                  size_t *out) {
    char *end;
    errno = 0;
    const unsigned long long v = strtoull(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-' || v < lo || v > hi) {
        tern_cli_usage(command, "%s: '%s' is not a whole number from %zu to %zu", what, text, lo, hi);
        return 0;
    }
    *out = (size_t)v;
    return 1;
}

int tern_cli_real(const char *command, const char *what, const char *text, double lo, double hi,
                  double *out) {
    char *end;
    const double v = strtod(text, &end);
    if (end == text || *end || !isfinite(v) || v < lo || v > hi) {
        tern_cli_usage(command, "%s: '%s' is not a number from %g to %g", what, text, lo, hi);
        return 0;
    }
    *out = v;
    return 1;
}

int tern_cli_sizes(const char *command, const char *what, const char *text, size_t lo, size_t hi,
                   size_t **out, size_t *count) {
    size_t n = 1;
    for (const char *p = text; *p; p++) n += *p == ',';
    char *copy = strdup(text);
    size_t *list = malloc(n * sizeof *list);
    int ok = copy && list;
    char *save = NULL, *word = copy ? strtok_r(copy, ",", &save) : NULL;
    *count = 0;
    if (ok && !word) ok = 0, tern_cli_usage(command, "%s: an empty list", what);
    for (; ok && word; word = strtok_r(NULL, ",", &save)) {
        ok = tern_cli_size(command, what, word, lo, hi, &list[*count]);
        *count += ok ? 1 : 0;
    }
    free(copy);
    if (!ok) return free(list), 0;
    *out = list;
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

int tern_cli_filter_new(const char *command, const char *text, struct tern_cli_filter *f) {
    f->on = text != NULL;
    const int rc = text ? regcomp(&f->re, text, REG_EXTENDED | REG_NOSUB) : 0;
    if (!rc) return 1;
    char why[128];
    regerror(rc, &f->re, why, sizeof why);
    tern_cli_usage(command, "--filter: '%s': %s", text, why);
    return 0;
}

int tern_cli_matches(const struct tern_cli_filter *f, const char *name) {
    return !f->on || regexec(&f->re, name, 0, NULL, 0) == 0;
}

void tern_cli_filter_free(struct tern_cli_filter *f) {
    if (f->on) regfree(&f->re);
    f->on = 0;
}

int tern_cli_print_json(json_t *value) {
    if (!value) return fputs("tern: output: out of memory\n", stderr), 4;
    const int rc = json_dumpf(value, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    putchar('\n');
    json_decref(value);
    return rc ? 3 : 0;
}

char *tern_cli_with_layout(const char *model, const char *layout) {
    return layout ? tern_format_text("%s,i2s=%s", model, layout) : tern_format_text("%s", model);
}
