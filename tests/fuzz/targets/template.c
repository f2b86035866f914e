/* Chat templates: any bytes as a Jinja text. The same text is recognised alike whatever its white space and
 * its quotes; a turn of the template contains what the user wrote. The first byte says where the text is cut
 * to give the user's and the system's words. */
#include "../frame.h"

#include "models/tokenizer/chat_template.h"

#include <stdlib.h>
#include <string.h>

/* With a line feed behind every space and double quotes for single ones. */
static char *respaced(const char *text, size_t bytes, size_t *out_bytes) {
    char *out = malloc(2 * bytes + 1);
    size_t n = 0;
    FUZZ_MUST(out != NULL);
    for (size_t i = 0; i < bytes; i++) {
        out[n++] = (char)(text[i] == '\'' ? '"' : text[i]);
        if (text[i] == ' ') out[n++] = '\n';
    }
    *out_bytes = n;
    return out;
}

static void without_space(const char *from, char *to) {
    for (; *from; from++)
        if (!strchr(" \t\r\n", *from)) *to++ = *from;
    *to = 0;
}

static void use(const struct tern_chat_template *t, const char *system, const char *user) {
    for (int first = 0; first < 2; first++) {
        char *turn = tern_chat_turn(t, first, system, user);
        FUZZ_MUST(turn != NULL);
        char *a = malloc(strlen(turn) + 1), *b = malloc(strlen(user) + 1);
        FUZZ_MUST(a && b);
        without_space(turn, a);
        without_space(user, b);
        FUZZ_MUST(strstr(a, b));
        free(a);
        free(b);
        free(turn);
    }
}

void fuzz_on_template(const uint8_t *data, size_t bytes) {
    if (!bytes) return;
    const char *jinja = (const char *)data + 1, *note, *again;
    const size_t length = bytes - 1, cut = length * data[0] / 256;
    size_t more, count;
    const struct tern_chat_template *t = tern_chat_template_of(jinja, length, &note);
    char *spaced = respaced(jinja, length, &more);
    FUZZ_MUST(tern_chat_template_of(spaced, more, &again) == t && again == note);
    free(spaced);
    FUZZ_MUST(tern_chat_template_of(jinja, length, NULL) == t);
    FUZZ_MUST(t || !note);
    char *system = fuzz_text(data + 1, cut), *user = fuzz_text(data + 1 + cut, length - cut);
    if (t) use(t, system, user);
    const struct tern_chat_template *all = tern_chat_templates(&count);
    use(&all[data[0] % count], data[0] & 64 ? system : NULL, user);
    struct tern_error e = {""};
    const enum tern_status s = tern_chat_template_named(user, &t, &e);
    fuzz_said(s, &e);
    FUZZ_MUST(!s == (t != NULL));
    free(system);
    free(user);
}
