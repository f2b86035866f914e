/* Ranks as text, and back. */
#define _GNU_SOURCE
#include "tuner/wisdom/ranks/ranks.h"

#include "base/isa.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE        512
#define TOKENS_MOST 65536
#define SIZE_MOST   63u
#define TIMES_MOST  999999

/* ---- reading ---- */

struct reader {
    const char *where;
    size_t number; /* of the line */
    struct tern_ranks *out;
    uint32_t isa;
    int skipping; /* the lines of an instruction set that this build does not know */
    int begun;    /* a line `isa` was seen */
};

static enum tern_status bad(const struct reader *r, const char *what, struct tern_error *e) {
    return tern_fail(e, TERN_BAD_INPUT, "ranks: %s: line %zu: %s", r->where, r->number, what);
}

static enum tern_status read_header(struct reader *r, const char *line, struct tern_error *e) {
    struct tern_ranks *o = r->out;
    int used = 0;
    _Static_assert(sizeof o->name == 48 && sizeof o->vendor == 32 && sizeof o->date == 12,
                   "the widths below");
    const int n = sscanf(line, "tern-ranks 1 %47s vendor=%31s family=%d date=%11s%n", o->name, o->vendor,
                         &o->family, o->date, &used);
    return n == 4 && !line[used] ? TERN_OK : bad(r, "not the first line of a file of ranks (version 1)", e);
}

static enum tern_status add(struct reader *r, const struct tern_rank *one, struct tern_error *e) {
    struct tern_ranks *o = r->out;
    struct tern_rank *grown = realloc(o->rank, (o->count + 1) * sizeof *grown);
    if (!grown) return tern_fail(e, TERN_NO_MEMORY, "ranks: out of memory");
    o->rank = grown;
    o->rank[o->count++] = *one;
    return TERN_OK;
}

/* "1 2^24 all gemv_..__avx2 prefetch=4096,panels=2 1.000 of 3" */
static enum tern_status read_rank(struct reader *r, const char *line, struct tern_error *e) {
    struct tern_rank one = {.isa = r->isa};
    char threads[4], name[96], params[160];
    int used = 0;
    const int n = sscanf(line, "%6zu 2^%2u %3s %95s %159s %lf of %9zu%n", &one.tokens, &one.size, threads,
                         name, params, &one.relative, &one.problems, &used);
    one.all = n == 7 && !strcmp(threads, "all");
    if (n != 7 || line[used] || (!one.all && strcmp(threads, "one"))) return bad(r, "malformed", e);
    if (!one.tokens || one.tokens > TOKENS_MOST || (one.tokens & (one.tokens - 1)))
        return bad(r, "the tokens are not a power of two up to 65536", e);
    if (one.size > SIZE_MOST) return bad(r, "no matrix has so many weights", e);
    if (!(one.relative >= 1 && one.relative <= TIMES_MOST) || !one.problems || one.problems > TIMES_MOST)
        return bad(r, "the time over the best is below 1, or nothing was measured", e);
    if (!r->begun) return bad(r, "no line isa stands before it", e);
    one.variant = r->skipping ? NULL : tern_variant_named(name);
    for (char *c = params; *c; c++)
        if (*c == ',') *c = ' ';
    if (!one.variant || tern_variant_params_parse(one.variant, params, one.param, NULL) != TERN_OK) {
        r->out->skipped++;
        return TERN_OK;
    }
    const int made_for = one.tokens == 1 ? one.variant->n_min == 1 : one.variant->n_max > 1;
    return made_for ? add(r, &one, e) : bad(r, "the variant is not made for so many tokens", e);
}

static enum tern_status read_line(struct reader *r, const char *line, struct tern_error *e) {
    if (r->number == 1) return read_header(r, line, e);
    if (!line[0] || line[0] == '#') return TERN_OK;
    if (strncmp(line, "isa ", 4)) return read_rank(r, line, e);
    r->begun = 1;
    r->skipping = tern_isa_parse(line + 4, &r->isa, NULL) != TERN_OK;
    return TERN_OK;
}

enum tern_status tern_ranks_parse(const char *where, const char *text, size_t bytes, struct tern_ranks *out,
                                  struct tern_error *e) {
    struct reader r = {.where = where, .out = out};
    const char *at = text, *const end = text + bytes;
    *out = (struct tern_ranks){.rank = NULL};
    do {
        const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        const size_t n = (size_t)((stop ? stop : end) - at);
        char line[LINE];
        r.number++;
        if (n >= sizeof line || memchr(at, 0, n)) return bad(&r, "too long, or not text", e);
        memcpy(line, at, n);
        line[n] = 0;
        const enum tern_status s = read_line(&r, line, e);
        if (s) return s;
        at = stop ? stop + 1 : end;
    } while (at < end);
    return TERN_OK;
}

/* ---- writing ---- */

static int order(const void *a, const void *b) {
    const struct tern_rank *x = a, *y = b;
#define BY(field)                                                                                            \
    if (x->field != y->field) return x->field < y->field ? -1 : 1
    BY(isa);
    BY(tokens);
    BY(size);
    BY(all);
    BY(relative);
#undef BY
    const int names = strcmp(x->variant->name, y->variant->name);
    return names ? names : memcmp(x->param, y->param, sizeof x->param);
}

struct text {
    char *at;
    size_t used, room;
    int failed;
};

static void __attribute__((format(printf, 2, 3))) put(struct text *t, const char *fmt, ...) {
    char line[LINE];
    va_list args;
    va_start(args, fmt);
    const size_t n = (size_t)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    t->failed |= n >= sizeof line;
    if (!t->failed && t->used + n + 1 > t->room) {
        char *grown = realloc(t->at, t->room = 2 * (t->used + n + 1));
        t->failed = !grown;
        if (grown) t->at = grown;
    }
    if (t->failed) return;
    memcpy(t->at + t->used, line, n + 1);
    t->used += n;
}

static void put_isa(struct text *t, uint32_t isa) {
    char names[256];
    tern_isa_text(isa, names, sizeof names);
    for (char *c = names; *c; c++)
        if (*c == ' ') *c = '+';
    put(t, "isa %s\n", names);
}

static void put_rank(struct text *t, const struct tern_rank *r) {
    char params[160];
    tern_variant_params_text(r->variant, r->param, params, sizeof params);
    for (char *c = params; *c; c++)
        if (*c == ' ') *c = ',';
    put(t, "%zu 2^%u %s %s %s %.3f of %zu\n", r->tokens, r->size, r->all ? "all" : "one", r->variant->name,
        params, r->relative, r->problems);
}

enum tern_status tern_ranks_text(const struct tern_ranks *r, char **out, size_t *bytes,
                                 struct tern_error *e) {
    struct text t = {.at = NULL};
    struct tern_rank *sorted = malloc((r->count + 1) * sizeof *sorted);
    *out = NULL;
    if (!sorted) return tern_fail(e, TERN_NO_MEMORY, "ranks: out of memory");
    if (r->count) memcpy(sorted, r->rank, r->count * sizeof *sorted);
    qsort(sorted, r->count, sizeof *sorted, order);
    put(&t, "tern-ranks 1 %s vendor=%s family=%d date=%s\n", r->name, r->vendor, r->family, r->date);
    for (size_t i = 0; i < r->count; i++) {
        if (!i || sorted[i].isa != sorted[i - 1].isa) put_isa(&t, sorted[i].isa);
        put_rank(&t, &sorted[i]);
    }
    free(sorted);
    if (t.failed) {
        free(t.at);
        return tern_fail(e, TERN_NO_MEMORY, "ranks: out of memory");
    }
    *out = t.at;
    *bytes = t.used;
    return TERN_OK;
}
