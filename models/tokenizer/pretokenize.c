#define PCRE2_CODE_UNIT_WIDTH 8
#include "models/tokenizer/pretokenize.h"

#include "base/utf8.h"
#include "models/tokenizer/pretokenize_rules.h"

#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { N_RULES = sizeof rules / sizeof *rules };

struct tern_pretokenizer {
    const struct rule *rule;
    pcre2_code *step[MAX_STEPS];
    size_t steps;
};

/* Ends of words, growing. */
struct cuts {
    size_t *end, count, room;
};

static enum tern_status no_memory(struct tern_error *e) {
    return tern_fail(e, TERN_NO_MEMORY, "tokenizer: pre-tokenizer: out of memory");
}

static enum tern_status regex_failed(struct tern_error *e, const char *rule, int code) {
    unsigned char why[120] = "unknown error";
    pcre2_get_error_message(code, why, sizeof why);
    return tern_fail(e, TERN_UNSUPPORTED, "tokenizer: pre-tokenizer %s: %s", rule, (const char *)why);
}

static enum tern_status unknown_rule(const char *name, size_t bytes, struct tern_error *e) {
    char known[160] = "", shown[65] = "";
    for (size_t i = 0; i < N_RULES; i++) {
        strncat(known, i ? ", " : "", sizeof known - strlen(known) - 1);
        strncat(known, rules[i].name, sizeof known - strlen(known) - 1);
    }
    for (size_t i = 0; i < bytes && i < sizeof shown - 1; i++)
        shown[i] = name[i] > ' ' && name[i] < 127 ? name[i] : '?';
    return tern_fail(e, TERN_UNSUPPORTED, "tokenizer: tokenizer.ggml.pre: '%s' is not built in; known are %s",
                     shown, known);
}

enum tern_status tern_pretokenizer_new(const char *name, size_t name_bytes, struct tern_pretokenizer **out,
                                       struct tern_error *e) {
    *out = NULL;
    const struct rule *rule = NULL;
    for (size_t i = 0; i < N_RULES && !rule; i++)
        if (strlen(rules[i].name) == name_bytes && !memcmp(rules[i].name, name, name_bytes)) rule = &rules[i];
    if (!rule) return unknown_rule(name, name_bytes, e);

    struct tern_pretokenizer *p = calloc(1, sizeof *p);
    if (!p) return no_memory(e);
    p->rule = rule;
    for (; p->steps < MAX_STEPS && rule->step[p->steps]; p->steps++) {
        int code = 0;
        PCRE2_SIZE where = 0;
        pcre2_code *c = pcre2_compile((PCRE2_SPTR)rule->step[p->steps], PCRE2_ZERO_TERMINATED,
                                      PCRE2_UTF | PCRE2_UCP, &code, &where, NULL);
        if (!c) {
            tern_pretokenizer_free(p);
            return regex_failed(e, rule->name, code);
        }
        pcre2_jit_compile(c, PCRE2_JIT_COMPLETE); /* without JIT the interpreter does the same, slower */
        p->step[p->steps] = c;
    }
    *out = p;
    return TERN_OK;
}

void tern_pretokenizer_free(struct tern_pretokenizer *p) {
    if (!p) return;
    for (size_t i = 0; i < p->steps; i++) pcre2_code_free(p->step[i]);
    free(p);
}

int tern_pretokenizer_whole_words(const struct tern_pretokenizer *p) {
    return p->rule->whole_words;
}

/* Adds the end of a word; an empty word is not one. */
static int cut(struct cuts *c, size_t end) {
    if (end == (c->count ? c->end[c->count - 1] : 0)) return 0;
    if (c->count == c->room) {
        const size_t room = c->room ? c->room * 2 : 64;
        size_t *grown = realloc(c->end, room * sizeof *grown);
        if (!grown) return -1;
        c->end = grown;
        c->room = room;
    }
    c->end[c->count++] = end;
    return 0;
}

/* Cuts text[from, to), seen as a text of its own, into matches and gaps. */
static enum tern_status split(const struct tern_pretokenizer *p, size_t step, const char *text, size_t from,
                              size_t to, pcre2_match_data *match, pcre2_match_context *limits,
                              struct cuts *out, struct tern_error *e) {
    const PCRE2_SIZE *hit = pcre2_get_ovector_pointer(match);
    for (size_t at = 0; at < to - from; at = hit[1]) {
        const int rc = pcre2_match(p->step[step], (PCRE2_SPTR)(text + from), to - from, at,
                                   PCRE2_NO_UTF_CHECK, match, limits);
        if (rc == PCRE2_ERROR_NOMATCH || (rc > 0 && hit[1] == hit[0])) break;
        if (rc < 0) return regex_failed(e, p->rule->name, rc);
        if (cut(out, from + hit[0]) || cut(out, from + hit[1])) return no_memory(e);
    }
    return cut(out, to) ? no_memory(e) : TERN_OK;
}

/* Pieces of valid UTF-8, and the bytes between them one by one. */
static int cut_invalid(const char *text, size_t bytes, struct cuts *out) {
    for (size_t at = 0; at < bytes;) {
        const size_t valid = tern_utf8_valid(text + at, bytes - at);
        at += valid;
        if (cut(out, at)) return -1;
        if (at < bytes && cut(out, ++at)) return -1;
    }
    return 0;
}

enum tern_status tern_pretokenize(const struct tern_pretokenizer *p, const char *text, size_t bytes,
                                  size_t **end, size_t *count, struct tern_error *e) {
    *end = NULL;
    *count = 0;
    enum tern_status s = TERN_OK;
    struct cuts now = {0}, next = {0};
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    if (!match || !limits || cut_invalid(text, bytes, &now)) {
        s = no_memory(e);
        goto done;
    }
    pcre2_set_match_limit(limits, UINT32_MAX); /* the expressions are linear: a long text is no runaway */
    for (size_t step = 0; step < p->steps; step++) {
        next.count = 0;
        for (size_t i = 0, from = 0; i < now.count && !s; from = now.end[i++]) {
            const int valid = tern_utf8_next(text + from, now.end[i] - from, NULL) > 0;
            if (valid)
                s = split(p, step, text, from, now.end[i], match, limits, &next, e);
            else if (cut(&next, now.end[i]))
                s = no_memory(e);
        }
        if (s) goto done;
        const struct cuts swap = now;
        now = next;
        next = swap;
    }
    *end = now.end;
    *count = now.count;
    now.end = NULL;
done:
    free(now.end);
    free(next.end);
    pcre2_match_context_free(limits);
    pcre2_match_data_free(match);
    return s;
}
