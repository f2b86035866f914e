#include "base/expression.h"

#include <string.h>

#define DEEPEST 64

struct reader {
    const char *text, *at, *why; /* why: NULL while all is well */
    const struct tern_name *name;
    size_t count;
    int depth;
};

static int64_t whole(struct reader *r);

static int64_t wrong(struct reader *r, const char *why) {
    if (!r->why) r->why = why;
    return 0;
}

static void space(struct reader *r) {
    while (*r->at == ' ') r->at++;
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

static int64_t number(struct reader *r) {
    int64_t v = 0;
    for (; *r->at >= '0' && *r->at <= '9'; r->at++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *r->at - '0', &v))
            return wrong(r, "the number is too large");
    return v;
}

static int is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int is_word(const char *at, size_t n, const char *word) {
    return strlen(word) == n && !strncmp(at, word, n);
}

static int64_t round_up(struct reader *r, int64_t a, int64_t b) {
    if (b <= 0 || a < 0) return wrong(r, "up() needs a >= 0 and b > 0");
    if (a > INT64_MAX - b) return wrong(r, "overflow");
    return (a + b - 1) / b * b;
}

static int64_t call(struct reader *r, const char *word, size_t n) {
    if (!is_word(word, n, "min") && !is_word(word, n, "max") && !is_word(word, n, "up"))
        return wrong(r, "no such function");
    const int64_t a = whole(r);
    if (!sign(r, ",")) return wrong(r, "a comma is missing");
    const int64_t b = whole(r);
    if (!sign(r, ")")) return wrong(r, "a ')' is missing");
    if (r->why) return 0;
    if (*word == 'u') return round_up(r, a, b);
    return (a < b) == is_word(word, n, "min") ? a : b;
}

static int64_t name_or_call(struct reader *r) {
    const char *word = r->at;
    while (is_letter(*r->at) || (*r->at >= '0' && *r->at <= '9')) r->at++;
    const size_t n = (size_t)(r->at - word);
    if (sign(r, "(")) return call(r, word, n);
    for (size_t i = 0; i < r->count; i++)
        if (is_word(word, n, r->name[i].name)) return r->name[i].value;
    r->at = word;
    return wrong(r, "an unknown name");
}

static int64_t atom(struct reader *r) {
    space(r);
    if (r->why) return 0;
    if (r->depth == DEEPEST) return wrong(r, "nested too deeply");
    r->depth++;
    int64_t v = 0;
    if (sign(r, "(")) {
        v = whole(r);
        if (!sign(r, ")")) wrong(r, "a ')' is missing");
    } else if (sign(r, "-")) {
        if (__builtin_sub_overflow((int64_t)0, atom(r), &v)) wrong(r, "overflow");
    } else if (sign(r, "!")) {
        v = !atom(r);
    } else if (*r->at >= '0' && *r->at <= '9') {
        v = number(r);
    } else if (is_letter(*r->at)) {
        v = name_or_call(r);
    } else {
        wrong(r, "a value is missing");
    }
    r->depth--;
    return r->why ? 0 : v;
}

static int64_t product(struct reader *r) {
    int64_t v = atom(r);
    while (!r->why) {
        if (sign(r, "*")) {
            if (__builtin_mul_overflow(v, atom(r), &v)) return wrong(r, "overflow");
            continue;
        }
        const int divide = sign(r, "/");
        if (!divide && !sign(r, "%")) break;
        const int64_t by = atom(r);
        if (by == 0 || by == -1) return wrong(r, by ? "division by -1" : "division by zero");
        v = divide ? v / by : v % by;
    }
    return v;
}

static int64_t sum(struct reader *r) {
    int64_t v = product(r);
    while (!r->why) {
        int over;
        if (sign(r, "+"))
            over = __builtin_add_overflow(v, product(r), &v);
        else if (sign(r, "-"))
            over = __builtin_sub_overflow(v, product(r), &v);
        else
            break;
        if (over) return wrong(r, "overflow");
    }
    return v;
}

static int64_t comparison(struct reader *r) {
    const int64_t a = sum(r);
    if (sign(r, "==")) return a == sum(r);
    if (sign(r, "!=")) return a != sum(r);
    if (sign(r, "<=")) return a <= sum(r);
    if (sign(r, ">=")) return a >= sum(r);
    if (sign(r, "<")) return a < sum(r);
    if (sign(r, ">")) return a > sum(r);
    return a;
}

static int64_t both(struct reader *r) {
    int64_t v = comparison(r);
    while (!r->why && sign(r, "&&")) {
        const int64_t next = comparison(r);
        v = v && next;
    }
    return v;
}

static int64_t whole(struct reader *r) {
    int64_t v = both(r);
    while (!r->why && sign(r, "||")) {
        const int64_t next = both(r);
        v = v || next;
    }
    return v;
}

enum tern_status tern_expression(const char *text, const struct tern_name *name, size_t count, int64_t *out,
                                 struct tern_error *e) {
    struct reader r = {.text = text, .at = text, .name = name, .count = count};
    *out = whole(&r);
    space(&r);
    if (!r.why && *r.at) wrong(&r, "nothing may follow here");
    if (!r.why) return TERN_OK;
    *out = 0;
    return tern_fail(e, TERN_BAD_INPUT, "expression: '%.80s': at character %zu: %s", text,
                     (size_t)(r.at - r.text) + 1, r.why);
}
