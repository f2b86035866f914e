#include "base/expression.h"

#include "base/arithmetic.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEEPEST 64

union number {
    int64_t whole;
    double real;
};

struct reader {
    const char *text, *at;
    const struct tern_name *whole; /* the names of the one kind of numbers, or of the other */
    const struct tern_formula_name *real;
    size_t count;
    int is_real, check_only, depth;
    enum tern_status status; /* TERN_OK while all is well */
    char why[120];
};

static const union number zero = {0};

static union number disjunction(struct reader *r);

__attribute__((format(printf, 3, 4))) static union number wrong(struct reader *r, enum tern_status s,
                                                                const char *fmt, ...) {
    va_list ap;
    if (r->status) return zero;
    r->status = s;
    va_start(ap, fmt);
    vsnprintf(r->why, sizeof r->why, fmt, ap);
    va_end(ap);
    return zero;
}

static union number apply(struct reader *r, enum tern_arithmetic o, union number a, union number b) {
    union number v = zero;
    if (r->status) return zero;
    const char *why = r->is_real ? tern_apply_real(o, a.real, b.real, &v.real)
                                 : tern_apply_whole(o, a.whole, b.whole, &v.whole);
    if (!why) return v;
    if (!r->check_only) return wrong(r, r->is_real ? TERN_INCONCLUSIVE : TERN_BAD_INPUT, "%s", why);
    return v.real = 1, v; /* with the values of a check, a division by zero tells nothing */
}

static void space(struct reader *r) {
    while (*r->at == ' ' || *r->at == '\t') r->at++;
}

/* Takes the sign when it is next; a sign that begins a longer one is not it. */
static int sign(struct reader *r, const char *s) {
    const size_t n = strlen(s);
    space(r);
    if (strncmp(r->at, s, n)) return 0;
    if (n == 1 && (*s == '<' || *s == '>' || *s == '!') && r->at[1] == '=') return 0;
    r->at += n;
    return 1;
}

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

static int is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int is_word(const char *at, size_t n, const char *word) {
    return strlen(word) == n && !strncmp(at, word, n);
}

static union number literal(struct reader *r) {
    union number v = zero;
    char *end;
    if (r->is_real) {
        v.real = strtod(r->at, &end);
        if (end == r->at || !isfinite(v.real)) return wrong(r, TERN_BAD_INPUT, "no number");
        r->at = end;
        return v;
    }
    for (; is_digit(*r->at); r->at++)
        if (__builtin_mul_overflow(v.whole, 10, &v.whole) ||
            __builtin_add_overflow(v.whole, *r->at - '0', &v.whole))
            return wrong(r, TERN_BAD_INPUT, "the number is too large");
    return v;
}

static union number call(struct reader *r, const char *word, size_t n) {
    static const struct {
        const char *name;
        enum tern_arithmetic operation;
    } function[] = {{"min", TERN_OP_MIN}, {"max", TERN_OP_MAX}, {"up", TERN_OP_UP}};
    for (size_t i = 0; i < sizeof function / sizeof *function; i++) {
        if (!is_word(word, n, function[i].name)) continue;
        const union number a = disjunction(r);
        if (!sign(r, ",")) return wrong(r, TERN_BAD_INPUT, "',' is missing");
        const union number b = disjunction(r);
        if (!sign(r, ")")) return wrong(r, TERN_BAD_INPUT, "')' is missing");
        return apply(r, function[i].operation, a, b);
    }
    r->at = word;
    return wrong(r, TERN_BAD_INPUT, "no such function: %.*s", (int)n, word);
}

static union number value_of(struct reader *r, const char *word, size_t n) {
    union number v = zero;
    for (size_t i = 0; i < r->count; i++) {
        if (!is_word(word, n, r->is_real ? r->real[i].name : r->whole[i].name)) continue;
        if (!r->is_real) return v.whole = r->whole[i].value, v;
        v.real = r->check_only ? 1 : r->real[i].value;
        if (!isnan(v.real)) return v;
        r->at = word;
        return wrong(r, TERN_UNSUPPORTED, "not measured: %.*s", (int)n, word);
    }
    r->at = word;
    return wrong(r, TERN_BAD_INPUT, "no such name: %.*s", (int)n, word);
}

static union number name_or_call(struct reader *r) {
    const char *word = r->at;
    while (is_letter(*r->at) || is_digit(*r->at)) r->at++;
    const size_t n = (size_t)(r->at - word);
    return sign(r, "(") ? call(r, word, n) : value_of(r, word, n);
}

static union number atom(struct reader *r) {
    union number v = zero;
    space(r);
    if (r->status) return zero;
    if (r->depth == DEEPEST) return wrong(r, TERN_BAD_INPUT, "nested too deeply");
    r->depth++;
    if (sign(r, "(")) {
        v = disjunction(r);
        if (!sign(r, ")")) wrong(r, TERN_BAD_INPUT, "')' is missing");
    } else if (sign(r, "-")) {
        v = apply(r, TERN_OP_SUB, zero, atom(r));
    } else if (sign(r, "!")) {
        v = apply(r, TERN_OP_EQ, zero, atom(r));
    } else if (is_digit(*r->at) || (r->is_real && *r->at == '.')) {
        v = literal(r);
    } else if (is_letter(*r->at)) {
        v = name_or_call(r);
    } else {
        wrong(r, TERN_BAD_INPUT, "a number, a name or '(' is missing");
    }
    r->depth--;
    return v;
}

static union number product(struct reader *r) {
    union number v = atom(r);
    while (!r->status) {
        if (sign(r, "*"))
            v = apply(r, TERN_OP_MUL, v, atom(r));
        else if (sign(r, "/"))
            v = apply(r, TERN_OP_DIV, v, atom(r));
        else if (sign(r, "%"))
            v = apply(r, TERN_OP_MOD, v, atom(r));
        else
            break;
    }
    return v;
}

static union number sum(struct reader *r) {
    union number v = product(r);
    while (!r->status) {
        if (sign(r, "+"))
            v = apply(r, TERN_OP_ADD, v, product(r));
        else if (sign(r, "-"))
            v = apply(r, TERN_OP_SUB, v, product(r));
        else
            break;
    }
    return v;
}

static union number comparison(struct reader *r) {
    static const struct {
        const char *sign;
        enum tern_arithmetic operation;
    } known[] = {{"==", TERN_OP_EQ}, {"!=", TERN_OP_NE}, {"<=", TERN_OP_LE},
                 {">=", TERN_OP_GE}, {"<", TERN_OP_LT},  {">", TERN_OP_GT}};
    const union number a = sum(r);
    for (size_t i = 0; !r->status && i < sizeof known / sizeof *known; i++)
        if (sign(r, known[i].sign)) return apply(r, known[i].operation, a, sum(r));
    return a;
}

static union number conjunction(struct reader *r) {
    union number v = comparison(r);
    while (!r->status && sign(r, "&&")) v = apply(r, TERN_OP_AND, v, comparison(r));
    return v;
}

static union number disjunction(struct reader *r) {
    union number v = conjunction(r);
    while (!r->status && sign(r, "||")) v = apply(r, TERN_OP_OR, v, conjunction(r));
    return v;
}

static enum tern_status evaluate(struct reader *r, const char *text, union number *out,
                                 struct tern_error *e) {
    r->text = r->at = text;
    *out = disjunction(r);
    space(r);
    if (!r->status && *r->at) wrong(r, TERN_BAD_INPUT, "left over: %s", r->at);
    if (!r->status && r->is_real && !r->check_only && !isfinite(out->real))
        wrong(r, TERN_INCONCLUSIVE, "the value is not finite");
    if (!r->status) return TERN_OK;
    return tern_fail(e, r->status, "%s: '%.80s': at character %zu: %s", r->is_real ? "formula" : "expression",
                     text, (size_t)(r->at - text) + 1, r->why);
}

enum tern_status tern_expression(const char *text, const struct tern_name *name, size_t count, int64_t *out,
                                 struct tern_error *e) {
    struct reader r = {.whole = name, .count = count};
    union number v;
    const enum tern_status s = evaluate(&r, text, &v, e);
    *out = s ? 0 : v.whole;
    return s;
}

enum tern_status tern_formula(const char *text, const struct tern_formula_name *name, size_t count,
                              double *out, struct tern_error *e) {
    struct reader r = {.real = name, .count = count, .is_real = 1};
    union number v;
    const enum tern_status s = evaluate(&r, text, &v, e);
    *out = s ? NAN : v.real;
    return s;
}

enum tern_status tern_formula_check(const char *text, const struct tern_formula_name *name, size_t count,
                                    struct tern_error *e) {
    struct reader r = {.real = name, .count = count, .is_real = 1, .check_only = 1};
    union number ignored;
    return evaluate(&r, text, &ignored, e);
}
