/* Chat templates: any bytes as a Jinja text. The same text is recognised alike whatever its white space and
 * its quotes; a turn of the template contains what the user wrote. The first byte says where the text is cut
 * to give the user's and the system's words. */
#include "support.h"

#include "models/tokenizer/chat_template.h"

#include <stdlib.h>
#include <string.h>

/* With a line feed behind every space and double quotes for single ones. */
static char *respaced(const char *text, size_t bytes, size_t *out_bytes) {
    char *out = malloc(2 * bytes + 1);
    size_t n = 0;
    if (!out) abort();
    for (size_t i = 0; i < bytes; i++) {
        out[n++] = (char)(text[i] == '\'' ? '"' : text[i]);
        if (text[i] == ' ') out[n++] = '\n';
    }
    *out_bytes = n;
    return out;
}

/* A string of its own, cut at its first byte of zero. */
static char *words(const char *text, size_t bytes) {
    char *out = malloc(bytes + 1);
    if (!out) abort();
    memcpy(out, text, bytes);
    out[bytes] = 0;
    return out;
}

static size_t without_space(const char *from, char *to) {
    size_t n = 0;
    for (; *from; from++)
        if (!strchr(" \t\r\n", *from)) to[n++] = *from;
    to[n] = 0;
    return n;
}

static void use(const struct tern_chat_template *t, const char *system, const char *user) {
    for (int first = 0; first < 2; first++) {
        char *turn = tern_chat_turn(t, first, system, user);
        if (!turn) abort();
        char *a = malloc(strlen(turn) + 1), *b = malloc(strlen(user) + 1);
        if (!a || !b) abort();
        without_space(turn, a);
        without_space(user, b);
        if (!strstr(a, b)) abort();
        free(a);
        free(b);
        free(turn);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
    if (!bytes) return 0;
    const char *jinja = (const char *)data + 1, *note, *again;
    const size_t length = bytes - 1, cut = length * data[0] / 256;
    size_t more, count;
    const struct tern_chat_template *t = tern_chat_template_of(jinja, length, &note);
    char *spaced = respaced(jinja, length, &more);
    if (tern_chat_template_of(spaced, more, &again) != t || again != note) abort();
    free(spaced);
    if (tern_chat_template_of(jinja, length, NULL) != t) abort();
    if (!t && note) abort();
    char *system = words(jinja, cut), *user = words(jinja + cut, length - cut);
    if (t) use(t, system, user);
    const struct tern_chat_template *all = tern_chat_templates(&count);
    use(&all[data[0] % count], data[0] & 64 ? system : NULL, user);
    struct tern_error e = {""};
    if (tern_chat_template_named(user, &t, &e) ? !e.text[0] || t : !t) abort();
    free(system);
    free(user);
    return 0;
}
