#include "harness/text/text_stream.h"

#include "base/utf8.h"

#include <string.h>

static size_t replacement(char *out) {
    memcpy(out, "\xef\xbf\xbd", 3);
    return 3;
}

static int may_grow(const struct tern_text_stream *t) {
    const unsigned char c = (unsigned char)t->held[0];
    const size_t whole = c < 0xc2 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 1;
    for (size_t i = 1; i < t->count; i++)
        if (((unsigned char)t->held[i] & 0xc0) != 0x80) return 0;
    return t->count < whole;
}

static void drop(struct tern_text_stream *t, size_t n) {
    t->count -= n;
    memmove(t->held, t->held + n, t->count);
}

size_t tern_text_push(struct tern_text_stream *t, const char *text, size_t bytes, char *out) {
    size_t at = 0;
    for (size_t i = 0; i < bytes; i++) {
        t->held[t->count++] = text[i];
        while (t->count && !may_grow(t)) {
            const size_t n = tern_utf8_next(t->held, t->count, NULL);
            if (n) {
                memcpy(out + at, t->held, n);
                at += n;
                drop(t, n);
            } else {
                at += replacement(out + at);
                drop(t, 1);
            }
        }
    }
    return at;
}

size_t tern_text_end(struct tern_text_stream *t, char *out) {
    size_t at = 0;
    for (; t->count; t->count--) at += replacement(out + at);
    return at;
}
