/* The options that change the speed of a model, as far as they differ from the defaults: results with other settings
 * are of another series. */
#include "cli/engine/e2e.h"

#include <stdio.h>
#include <string.h>

static void put(char *out, size_t bytes, const char *key, const char *word, const char *usual) {
    const size_t at = strlen(out);
    if (word && strcmp(word, usual) != 0) snprintf(out + at, bytes - at, "%s%s=%s", at ? "," : "", key, word);
}

static void put_number(char *out, size_t bytes, const char *key, size_t n, size_t usual) {
    char word[24];
    snprintf(word, sizeof word, "%zu", n);
    if (n && n != usual) put(out, bytes, key, word, "");
}

const char *e2e_settings(const struct e2e_job *j, char *out, size_t bytes) {
    out[0] = 0;
    put(out, bytes, "kv", j->c.said.kv, "f16");
    put(out, bytes, "head", j->c.said.head, "auto");
    put(out, bytes, "act", j->c.said.act, "i8");
    put(out, bytes, "merge", j->c.said.merge, "auto");
    put_number(out, bytes, "ubatch", j->c.engine.ubatch, 128);
    put_number(out, bytes, "block", j->c.engine.block_bytes, 0);
    return out;
}
