#define _GNU_SOURCE
#include "models/tokenizer/text/normalize.h"

#include "models/gguf/metadata.h"
#include "models/tokenizer/text/unicode.h"

#include <stdlib.h>
#include <string.h>

enum op { FORM, LOWERCASE, STRIP_LEFT, STRIP_RIGHT, REPLACE, PREPEND };

static const struct {
    const char *name;
    enum op op;
    size_t arguments;
    utf8proc_option_t form;
} ops[] = {
    {"nfc", FORM, 0, UTF8PROC_STABLE | UTF8PROC_COMPOSE},
    {"nfd", FORM, 0, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE},
    {"nfkc", FORM, 0, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT},
    {"nfkd", FORM, 0, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT},
    {"lowercase", LOWERCASE, 0, 0},
    {"strip-left", STRIP_LEFT, 0, 0},
    {"strip-right", STRIP_RIGHT, 0, 0},
    {"replace", REPLACE, 2, 0},
    {"prepend", PREPEND, 1, 0},
};

struct step {
    enum op op;
    utf8proc_option_t form;
    struct tern_gguf_string from, to; /* in `text` of the normalizer; prepend has `to` only */
};

struct tern_normalizer {
    struct step *step;
    size_t steps;
    char *text;
};

/* A text that grows; `failed` when there was no memory. */
struct out {
    char *data;
    size_t used, room;
    int failed;
};

static void put(struct out *o, const char *data, size_t bytes) {
    if (o->used + bytes > o->room) {
        const size_t room = 2 * (o->used + bytes) + 64;
        char *grown = realloc(o->data, room);
        if (!grown) {
            o->failed = 1;
            return;
        }
        o->data = grown;
        o->room = room;
    }
    if (bytes) memcpy(o->data + o->used, data, bytes);
    o->used += bytes;
}

static size_t find_op(struct tern_gguf_string name) {
    size_t i = 0;
    while (i < sizeof ops / sizeof *ops &&
           (strlen(ops[i].name) != name.bytes || memcmp(ops[i].name, name.data, name.bytes) != 0))
        i++;
    return i;
}

static enum tern_status take_steps(const struct tern_gguf *g, const struct tern_gguf_string *word,
                                   size_t words, struct tern_normalizer *n, struct tern_error *e) {
    const char *path = tern_gguf_path(g);
    char shown[40], *end = n->text;
    for (size_t i = 0, arguments; i < words; i += 1 + arguments) {
        const size_t op = find_op(word[i]);
        if (op == sizeof ops / sizeof *ops)
            return tern_fail(e, TERN_UNSUPPORTED,
                             "tokenizer: %s: " TERN_KEY_NORMALIZER ": '%s' is not built in", path,
                             tern_gguf_printable(word[i], shown, sizeof shown));
        arguments = ops[op].arguments;
        if (words - i <= arguments || (ops[op].op == REPLACE && !word[i + 1].bytes))
            return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: " TERN_KEY_NORMALIZER ": '%s' lacks its text",
                             path, ops[op].name);
        struct step *s = &n->step[n->steps++];
        *s = (struct step){.op = ops[op].op, .form = ops[op].form};
        for (size_t a = 1; a <= arguments; a++) {
            const struct tern_gguf_string copy = {end, word[i + a].bytes};
            if (copy.bytes) memcpy(end, word[i + a].data, copy.bytes);
            end += copy.bytes;
            *(a == arguments ? &s->to : &s->from) = copy;
        }
    }
    return TERN_OK;
}

enum tern_status tern_normalizer_load(const struct tern_gguf *g, struct tern_normalizer **out,
                                      struct tern_error *e) {
    struct tern_gguf_string *word = NULL;
    size_t words = 0, bytes = 1;
    *out = NULL;
    if (!tern_gguf_find(g, TERN_KEY_NORMALIZER)) return TERN_OK;
    if (!tern_gguf_strings(g, TERN_KEY_NORMALIZER, &word, &words))
        return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: " TERN_KEY_NORMALIZER ": not an array of strings",
                         tern_gguf_path(g));
    for (size_t i = 0; i < words; i++) bytes += word[i].bytes;
    struct tern_normalizer *n = calloc(1, sizeof *n);
    if (n) n->step = calloc(words + 1, sizeof *n->step), n->text = malloc(bytes);
    enum tern_status s =
        n && n->step && n->text
            ? take_steps(g, word, words, n, e)
            : tern_fail(e, TERN_NO_MEMORY, "tokenizer: %s: out of memory", tern_gguf_path(g));
    free(word);
    if (s || !n->steps) return tern_normalizer_free(n), s;
    *out = n;
    return TERN_OK;
}

void tern_normalizer_free(struct tern_normalizer *n) {
    if (!n) return;
    free(n->step);
    free(n->text);
    free(n);
}

static void form(utf8proc_option_t options, const char *text, size_t bytes, struct out *o) {
    utf8proc_uint8_t *made = NULL;
    const utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)bytes, &made, options);
    if (n < 0)
        o->failed = 1;
    else
        put(o, (const char *)made, (size_t)n);
    free(made);
}

/* U+0130 is the one character whose lower case is two: i and a dot above. */
static void lower(const char *text, size_t bytes, struct out *o) {
    for (size_t at = 0, n; at < bytes; at += n) {
        uint32_t code = 0;
        utf8proc_uint8_t made[4];
        n = tern_utf8_next(text + at, bytes - at, &code);
        if (code == 0x130) {
            put(o, "i\xcc\x87", 3);
            continue;
        }
        const utf8proc_ssize_t m = utf8proc_encode_char(utf8proc_tolower((utf8proc_int32_t)code), made);
        put(o, (const char *)made, (size_t)m);
    }
}

static void replace(const struct step *s, const char *text, size_t bytes, struct out *o) {
    for (const char *end = text + bytes; text < end;) {
        const char *hit = memmem(text, (size_t)(end - text), s->from.data, s->from.bytes);
        put(o, text, (size_t)((hit ? hit : end) - text));
        if (hit) put(o, s->to.data, s->to.bytes);
        text = hit ? hit + s->from.bytes : end;
    }
}

static size_t spaces_at_start(const char *text, size_t bytes) {
    size_t at = 0, n;
    uint32_t code;
    while (at < bytes && (n = tern_utf8_next(text + at, bytes - at, &code)) && tern_is_space(code)) at += n;
    return at;
}

static size_t spaces_at_end(const char *text, size_t bytes) {
    size_t end = bytes, n;
    uint32_t code;
    while (end && (n = tern_utf8_before(text, end, &code)) && tern_is_space(code)) end -= n;
    return bytes - end;
}

/* A form or lower case, of the stretches of valid UTF-8. */
static void stretches(const struct step *s, const char *text, size_t bytes, struct out *o) {
    for (size_t at = 0; at < bytes;) {
        const size_t valid = tern_utf8_valid(text + at, bytes - at);
        if (valid && s->op == FORM) form(s->form, text + at, valid, o);
        if (valid && s->op == LOWERCASE) lower(text + at, valid, o);
        at += valid;
        if (at < bytes) put(o, text + at++, 1);
    }
}

static void apply(const struct step *s, const char *text, size_t bytes, struct out *o) {
    size_t n;
    switch (s->op) {
    case FORM:
    case LOWERCASE:
        stretches(s, text, bytes, o);
        break;
    case STRIP_LEFT:
        n = spaces_at_start(text, bytes);
        put(o, text + n, bytes - n);
        break;
    case STRIP_RIGHT:
        put(o, text, bytes - spaces_at_end(text, bytes));
        break;
    case REPLACE:
        replace(s, text, bytes, o);
        break;
    case PREPEND:
        if (bytes) put(o, s->to.data, s->to.bytes);
        put(o, text, bytes);
        break;
    }
}

enum tern_status tern_normalize(const struct tern_normalizer *n, const char *text, size_t bytes, char **out,
                                size_t *out_bytes, struct tern_error *e) {
    struct out now = {0};
    *out = NULL;
    put(&now, text, bytes);
    for (size_t i = 0; i < n->steps && !now.failed; i++) {
        struct out next = {0};
        apply(&n->step[i], now.data, now.used, &next);
        next.failed |= now.failed;
        free(now.data);
        now = next;
    }
    put(&now, "", 1); /* a block also when the text is empty */
    if (now.failed || now.used - 1 >= INT32_MAX) {
        const int failed = now.failed;
        free(now.data);
        return failed ? tern_fail(e, TERN_NO_MEMORY, "tokenizer: out of memory")
                      : tern_fail(e, TERN_BAD_INPUT, "tokenizer: text: more than 2 GiB when normalized");
    }
    *out = now.data;
    *out_bytes = now.used - 1;
    return TERN_OK;
}
