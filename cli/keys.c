#define _GNU_SOURCE
#include "cli/keys.h"

#include "models/keys/keys.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *const files[] = {[TERN_KEYS_GGUF] = "GGUF",
                                    [TERN_KEYS_CONFIG] = "config.json",
                                    [TERN_KEYS_GENERATION] = "generation_config.json",
                                    [TERN_KEYS_TOKENIZER] = "tokenizer.json",
                                    [TERN_KEYS_TOKENIZER_CONFIG] = "tokenizer_config.json"};
static const char *const uses[] = {
    [TERN_KEY_OBEYED] = "obeyed", [TERN_KEY_NEUTRAL] = "neutral", [TERN_KEY_ONLY] = "only"};

/* The row's name with the architecture spelled out. */
static void spell(const struct tern_key *k, char *out, size_t bytes) {
    snprintf(out, bytes, "%s%s", *k->name == '*' ? "ARCH" : "", k->name + (*k->name == '*'));
}

/* The values, or types, as a list; `begin` and `end` go around each. */
static void list_values(const struct tern_key *k, const char *begin, const char *end, char *out,
                        size_t bytes) {
    out[0] = 0;
    if (k->use == TERN_KEY_NEUTRAL || (k->use == TERN_KEY_OBEYED && !*k->values)) return;
    for (const char *at = k->values + (*k->values == '>');; at++) {
        const size_t n = strcspn(at, "|"), used = strlen(out);
        if (n)
            snprintf(out + used, bytes - used, "%s%s%.*s%s", used ? ", " : "", begin, (int)n, at, end);
        else
            snprintf(out + used, bytes - used, "%sno value", used ? ", " : "");
        at += n;
        if (!*at) return;
    }
}

static void print_markdown(const struct tern_key *k, int first) {
    char name[128], values[256];
    const int only = k->use == TERN_KEY_ONLY;
    if (first) printf("\n## %s\n\n| key | use | values |\n|---|---|---|\n", files[k->file]);
    spell(k, name, sizeof name);
    list_values(k, only ? "`" : "", only ? "`" : "", values, sizeof values);
    printf("| `%s` | %s | %s |\n", name, uses[k->use], values);
}

static void print_text(const struct tern_key *k) {
    char name[128], values[256];
    spell(k, name, sizeof name);
    list_values(k, "", "", values, sizeof values);
    printf("%-22s %-52s %-8s %s\n", files[k->file], name, uses[k->use], values);
}

static json_t *key_json(const struct tern_key *k) {
    char name[128];
    json_t *list = json_array();
    spell(k, name, sizeof name);
    for (const char *at = k->values + (*k->values == '>'); k->use != TERN_KEY_NEUTRAL; at++) {
        const size_t n = strcspn(at, "|");
        if (n || k->use == TERN_KEY_ONLY) json_array_append_new(list, json_stringn(at, n));
        at += n;
        if (!*at) break;
    }
    return json_pack("{s:s, s:s, s:s, s:o}", "file", files[k->file], "key", name, "use", uses[k->use],
                     k->use == TERN_KEY_OBEYED ? "types" : "values", list);
}

int tern_cli_list_keys(const struct tern_cli_filter *filter, int json, int markdown) {
    size_t n;
    const struct tern_key *k = tern_keys(&n);
    int last = -1;
    json_t *all = json ? json_array() : NULL;
    for (size_t i = 0; i < n; i++) {
        if (!tern_cli_matches(filter, k[i].name)) continue;
        if (json)
            json_array_append_new(all, key_json(&k[i]));
        else if (markdown)
            print_markdown(&k[i], (int)k[i].file != last);
        else
            print_text(&k[i]);
        last = (int)k[i].file;
    }
    return json ? tern_cli_print_json(all) : 0;
}
