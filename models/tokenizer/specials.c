#include "models/tokenizer/specials.h"

#include "models/tokenizer/text/unicode.h"

#include <stdlib.h>
#include <string.h>

static int order(const char *a, size_t a_bytes, const char *b, size_t b_bytes) {
    const int c = memcmp(a, b, a_bytes < b_bytes ? a_bytes : b_bytes);
    return c ? c : (a_bytes > b_bytes) - (a_bytes < b_bytes);
}

static int by_bytes(const void *a, const void *b) {
    const struct tern_special *x = a, *y = b;
    const int c = order(x->bytes, x->count, y->bytes, y->count);
    return c ? c : (x->id > y->id) - (x->id < y->id);
}

static int begins_with(const struct tern_special *s, const char *text, size_t bytes) {
    return s->count <= bytes && !memcmp(s->bytes, text, s->count);
}

static void sort(struct tern_specials *s) {
    qsort(s->entry, s->count, sizeof *s->entry, by_bytes);
    size_t kept = 0; /* of equal texts the lowest id stays */
    for (size_t i = 0; i < s->count; i++) {
        struct tern_special now = s->entry[i];
        if (kept && !order(now.bytes, now.count, s->entry[kept - 1].bytes, s->entry[kept - 1].count))
            continue;
        int32_t up = (int32_t)kept - 1;
        while (up >= 0 && !begins_with(&s->entry[up], now.bytes, now.count)) up = s->entry[up].shorter;
        now.shorter = up;
        s->entry[kept++] = now;
    }
    s->count = kept;
}

static int wanted(const struct tern_token *t, int which) {
    const int later = (t->flags & TERN_ADDED_NORMALIZED) != 0;
    if (!t->count || (later && which & TERN_SPECIALS_RAW) || (!later && which & TERN_SPECIALS_NORMALIZED))
        return 0;
    return t->kind == TERN_TOKEN_USER || (which & TERN_SPECIALS_HIDDEN && tern_token_hidden(t));
}

static enum tern_status take(struct tern_specials *s, const struct tern_token *t, int32_t id,
                             const struct tern_normalizer *n, struct tern_error *e) {
    struct tern_special now = {t->bytes, t->count, t->flags, id, -1};
    if (n) {
        size_t bytes;
        char *text;
        const enum tern_status status = tern_normalize(n, t->bytes, t->count, &text, &bytes, e);
        if (status) return status;
        s->own[s->owned++] = text;
        now.bytes = text;
        now.count = (uint32_t)bytes;
        if (!bytes) return TERN_OK;
    }
    s->begins[(uint8_t)*now.bytes] = 1;
    s->entry[s->count++] = now;
    return TERN_OK;
}

enum tern_status tern_specials_init(struct tern_specials *s, const struct tern_vocabulary *v, int which,
                                    const struct tern_normalizer *normalizer, struct tern_error *e) {
    *s = (struct tern_specials){0};
    size_t n = 0;
    const struct tern_normalizer *rewrites = which & TERN_SPECIALS_NORMALIZED ? normalizer : NULL;
    enum tern_status status = TERN_OK;
    for (size_t i = 0; i < v->count; i++) n += (size_t)wanted(&v->token[i], which);
    if (n == 0) return TERN_OK;
    s->entry = calloc(n, sizeof *s->entry);
    s->own = calloc(n, sizeof *s->own);
    if (!s->entry || !s->own) return tern_fail(e, TERN_NO_MEMORY, "tokenizer: out of memory");
    for (size_t i = 0; i < v->count && !status; i++)
        if (wanted(&v->token[i], which)) status = take(s, &v->token[i], (int32_t)i, rewrites, e);
    if (!status) sort(s);
    return status;
}

void tern_specials_free(struct tern_specials *s) {
    for (size_t i = 0; i < s->owned; i++) free(s->own[i]);
    free(s->own);
    free(s->entry);
    *s = (struct tern_specials){0};
}

/* The longest entry that the text begins with: the last entry that does not sort after the text, or one of
 * those that it begins with itself. */
static const struct tern_special *longest(const struct tern_specials *s, const char *text, size_t bytes) {
    size_t lo = 0, hi = s->count;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (order(s->entry[mid].bytes, s->entry[mid].count, text, bytes) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    int32_t i = (int32_t)lo - 1;
    while (i >= 0 && !begins_with(&s->entry[i], text, bytes)) i = s->entry[i].shorter;
    return i < 0 ? NULL : &s->entry[i];
}

/* Whether neither end of text[at, end) lies inside a word. */
static int stands_alone(const char *text, size_t bytes, size_t at, size_t end) {
    uint32_t before = 0, after = 0;
    const int joined = at && tern_utf8_before(text, at, &before) && tern_is_word(before);
    return !joined &&
           !(end < bytes && tern_utf8_next(text + end, bytes - end, &after) && tern_is_word(after));
}

/* The white space that the token takes on its left, from `from` at most, and on its right. */
static void stretch(const struct tern_special *hit, const char *text, size_t bytes, size_t from, size_t *at,
                    size_t *end) {
    uint32_t code;
    size_t n;
    if (hit->flags & TERN_ADDED_LSTRIP)
        while (*at > from && (n = tern_utf8_before(text, *at, &code)) && n <= *at - from &&
               tern_is_space(code))
            *at -= n;
    if (hit->flags & TERN_ADDED_RSTRIP)
        while (*end < bytes && (n = tern_utf8_next(text + *end, bytes - *end, &code)) && tern_is_space(code))
            *end += n;
}

int32_t tern_specials_next(const struct tern_specials *s, const char *text, size_t bytes, size_t from,
                           size_t *at, size_t *count) {
    for (size_t i = from; i < bytes && s->count; i++) {
        if (!s->begins[(uint8_t)text[i]]) continue;
        const struct tern_special *hit = longest(s, text + i, bytes - i);
        if (!hit) continue;
        size_t end = i + hit->count;
        if (hit->flags & TERN_ADDED_SINGLE && !stands_alone(text, bytes, i, end)) {
            i = end - 1; /* what was matched is not looked at again */
            continue;
        }
        *at = i;
        if (hit->flags) stretch(hit, text, bytes, from, at, &end);
        *count = end - *at;
        return hit->id;
    }
    return -1;
}
