#include "measure/counters/formula.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEEPEST 64 /* nested brackets */

struct parser {
    const char *text, *p;
    const struct tern_formula_name *names;
    size_t count;
    int depth, check_only;
    enum tern_status status;
    struct tern_error *e;
};

static double sum(struct parser *f);

static double wrong(struct parser *f, enum tern_status s, const char *why, const char *what, size_t n) {
    if (!f->status)
        f->status = tern_fail(f->e, s, "formula: '%.100s': character %zu: %s%s%.*s", f->text,
                              (size_t)(f->p - f->text) + 1, why, n ? " " : "", (int)n, what);
    return NAN;
}

static char next(struct parser *f) {
    while (*f->p == ' ' || *f->p == '\t') f->p++;
    return *f->p;
}

static int take(struct parser *f, char c) {
    if (next(f) != c) return 0;
    f->p++;
    return 1;
}

static double value_of(struct parser *f, const char *name, size_t n) {
    for (size_t i = 0; i < f->count; i++) {
        if (strncmp(f->names[i].name, name, n) || f->names[i].name[n]) continue;
        if (f->check_only) return 1;
        if (isnan(f->names[i].value)) {
            f->p = name;
            return wrong(f, TERN_UNSUPPORTED, "not measured:", name, n);
        }
        return f->names[i].value;
    }
    f->p = name;
    return wrong(f, TERN_BAD_INPUT, "no such name:", name, n);
}

static double extreme(struct parser *f, int largest) {
    if (!take(f, '(')) return wrong(f, TERN_BAD_INPUT, "'(' is missing", "", 0);
    const double a = sum(f);
    if (!take(f, ',')) return wrong(f, TERN_BAD_INPUT, "',' is missing", "", 0);
    const double b = sum(f);
    if (!take(f, ')')) return wrong(f, TERN_BAD_INPUT, "')' is missing", "", 0);
    return largest ? fmax(a, b) : fmin(a, b);
}

static double word(struct parser *f) {
    const char *from = f->p;
    while (isalnum((unsigned char)*f->p) || *f->p == '_') f->p++;
    const size_t n = (size_t)(f->p - from);
    if (n == 3 && (!strncmp(from, "min", n) || !strncmp(from, "max", n))) return extreme(f, from[1] == 'a');
    return value_of(f, from, n);
}

static double literal(struct parser *f) {
    char *end;
    const double v = strtod(f->p, &end);
    if (end == f->p || !isfinite(v)) return wrong(f, TERN_BAD_INPUT, "no number", "", 0);
    f->p = end;
    return v;
}

static double bracket(struct parser *f) {
    const double v = sum(f);
    if (!take(f, ')')) return wrong(f, TERN_BAD_INPUT, "')' is missing", "", 0);
    return v;
}

static double factor(struct parser *f) {
    if (f->status) return NAN;
    if (++f->depth > DEEPEST) return wrong(f, TERN_BAD_INPUT, "nested too deeply", "", 0);
    const char c = next(f);
    double v;
    if (take(f, '('))
        v = bracket(f);
    else if (take(f, '-'))
        v = -factor(f);
    else if (isdigit((unsigned char)c) || c == '.')
        v = literal(f);
    else if (isalpha((unsigned char)c) || c == '_')
        v = word(f);
    else
        v = wrong(f, TERN_BAD_INPUT, "a number, a name or '(' is missing", "", 0);
    f->depth--;
    return v;
}

static double product(struct parser *f) {
    double v = factor(f);
    while (!f->status) {
        if (take(f, '*')) {
            v *= factor(f);
        } else if (take(f, '/')) {
            const double by = factor(f);
            if (f->check_only || f->status) continue;
            if (by == 0) return wrong(f, TERN_INCONCLUSIVE, "division by zero", "", 0);
            v /= by;
        } else {
            break;
        }
    }
    return v;
}

static double sum(struct parser *f) {
    double v = product(f);
    while (!f->status) {
        if (take(f, '+'))
            v += product(f);
        else if (take(f, '-'))
            v -= product(f);
        else
            break;
    }
    return v;
}

static enum tern_status parse(struct parser *f, double *out) {
    const double v = sum(f);
    if (!f->status && next(f)) wrong(f, TERN_BAD_INPUT, "left over:", f->p, strlen(f->p));
    if (!f->status && !f->check_only && !isfinite(v))
        wrong(f, TERN_INCONCLUSIVE, "the value is not finite", "", 0);
    if (f->status) return f->status;
    *out = v;
    return TERN_OK;
}

enum tern_status tern_formula(const char *text, const struct tern_formula_name *names, size_t count,
                              double *out, struct tern_error *e) {
    struct parser f = {.text = text, .p = text, .names = names, .count = count, .e = e};
    *out = NAN;
    return parse(&f, out);
}

enum tern_status tern_formula_check(const char *text, const struct tern_formula_name *names, size_t count,
                                    struct tern_error *e) {
    struct parser f = {.text = text, .p = text, .names = names, .count = count, .check_only = 1, .e = e};
    double ignored;
    return parse(&f, &ignored);
}
