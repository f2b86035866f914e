#include "models/keys/keys.h"

#include <stdlib.h>
#include <string.h>

static const struct tern_key keys[] = {
#define KEY(file, name, use, values) {TERN_KEYS_##file, name, TERN_KEY_##use, values},
#include "models/keys/keys.def"
#undef KEY
};

const struct tern_key *tern_keys(size_t *count) {
    *count = sizeof keys / sizeof *keys;
    return keys;
}

static int matches(const char *row, const char *name, size_t bytes, const char *arch) {
    if (row[0] == '*') {
        const size_t n = arch ? strlen(arch) : 0;
        if (!n || bytes <= n || memcmp(name, arch, n) != 0) return 0;
        row++;
        name += n;
        bytes -= n;
    }
    const size_t n = strlen(row);
    if (n > 2 && !strcmp(row + n - 2, ".*")) return bytes >= n - 1 && !memcmp(row, name, n - 1);
    return n == bytes && !memcmp(row, name, n);
}

const struct tern_key *tern_key_find(enum tern_key_file file, const char *name, size_t bytes,
                                     const char *arch) {
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].file == file && matches(keys[i].name, name, bytes, arch)) return &keys[i];
    return NULL;
}

int tern_key_takes(const struct tern_key *k, const char *type) {
    static const char *const whole[][2] = {{"integer", "number"}, {"integers", "numbers"}};
    for (const char *at = k->values + (*k->values == '>'); *at; at += *at == '|') {
        const size_t n = strcspn(at, "|");
        if (strlen(type) == n && !strncmp(at, type, n)) return 1;
        for (size_t i = 0; i < 2; i++)
            if (!strcmp(type, whole[i][0]) && strlen(whole[i][1]) == n && !strncmp(at, whole[i][1], n))
                return 1;
        at += n;
    }
    return 0;
}

static int same(const char *a, size_t bytes, const char *value) {
    char *end_a, *end_b;
    if (strlen(value) == bytes && !memcmp(a, value, bytes)) return 1;
    const double x = strtod(a, &end_a), y = strtod(value, &end_b);
    return bytes && end_a == a + bytes && *value && !*end_b && x == y;
}

int tern_key_has(const struct tern_key *k, const char *value) {
    for (const char *at = k->values;; at++) {
        const size_t n = strcspn(at, "|");
        if (same(at, n, value)) return 1;
        at += n;
        if (!*at) return 0;
    }
}
