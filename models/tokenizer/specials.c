#include "models/tokenizer/specials.h"

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

int tern_specials_init(struct tern_specials *s, const struct tern_vocabulary *v, int hidden) {
    *s = (struct tern_specials){0};
    size_t n = 0;
    for (size_t i = 0; i < v->count; i++)
        n += v->token[i].kind == TERN_TOKEN_USER || tern_token_hidden(&v->token[i]);
    if (n == 0) return 0;
    s->entry = calloc(n, sizeof *s->entry);
    if (!s->entry) return -1;
    for (size_t i = 0; i < v->count; i++) {
        const struct tern_token *t = &v->token[i];
        const int wanted = t->kind == TERN_TOKEN_USER || (hidden && tern_token_hidden(t));
        if (!wanted || t->count == 0) continue;
        s->entry[s->count++] = (struct tern_special){t->bytes, t->count, (int32_t)i, -1};
        s->begins[(uint8_t)*t->bytes] = 1;
    }
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
    return 0;
}

void tern_specials_free(struct tern_specials *s) {
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

int32_t tern_specials_next(const struct tern_specials *s, const char *text, size_t bytes, size_t from,
                           size_t *at, size_t *count) {
    for (size_t i = from; i < bytes && s->count; i++) {
        if (!s->begins[(uint8_t)text[i]]) continue;
        const struct tern_special *hit = longest(s, text + i, bytes - i);
        if (!hit) continue;
        *at = i;
        *count = hit->count;
        return hit->id;
    }
    return -1;
}
