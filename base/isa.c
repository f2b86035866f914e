#include "base/isa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct tern_isa_level *tern_isa_levels(size_t *count) {
    *count = tern_isa_table_count;
    return tern_isa_table;
}

static const struct tern_isa_level *named(const char *name, size_t bytes) {
    for (size_t i = 0; i < tern_isa_table_count; i++)
        if (strlen(tern_isa_table[i].name) == bytes && !memcmp(tern_isa_table[i].name, name, bytes))
            return &tern_isa_table[i];
    return NULL;
}

static int is_mask(const char *text, uint32_t *mask) {
    if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X')) return 0;
    const size_t digits = strspn(text + 2, "0123456789abcdefABCDEF");
    if (!digits || digits > 8 || text[2 + digits]) return 0;
    *mask = (uint32_t)strtoul(text, NULL, 16);
    return 1;
}

enum tern_status tern_isa_parse(const char *text, uint32_t *mask, struct tern_error *e) {
    if (is_mask(text, mask)) return TERN_OK;
    uint32_t m = 0, all = 0;
    for (const char *p = text;; p++) {
        const size_t bytes = strcspn(p, "+");
        const struct tern_isa_level *level = named(p, bytes);
        if (!level) break;
        m |= level->needs;
        p += bytes;
        if (!*p) return *mask = m, TERN_OK;
    }
    for (size_t i = 0; i < tern_isa_table_count; i++) all |= tern_isa_table[i].bit;
    char names[256] = "";
    if (all) tern_isa_text(all, names, sizeof names);
    return tern_fail(
        e, TERN_BAD_INPUT,
        "isa: '%s': not a level of this architecture (scalar%s%s), several joined by +, nor a 0x mask", text,
        all ? " " : "", names);
}

enum tern_status tern_isa_usable(uint32_t *mask, struct tern_error *e) {
    *mask = tern_isa_detected();
    const char *env = getenv("TERN_ISA");
    if (!env || !*env) return TERN_OK;
    uint32_t allowed;
    enum tern_status s = tern_isa_parse(env, &allowed, e);
    if (s) return *mask = 0, tern_fail_in(e, s, "TERN_ISA");
    *mask &= allowed;
    return TERN_OK;
}

const char *tern_isa_level_name(uint32_t mask) {
    const char *last = tern_isa_table[0].name;
    for (size_t i = 1; i < tern_isa_table_count; i++)
        if (!(tern_isa_table[i].needs & ~mask)) last = tern_isa_table[i].name;
    return last;
}

void tern_isa_text(uint32_t mask, char *out, size_t out_bytes) {
    size_t at = 0;
    snprintf(out, out_bytes, "scalar");
    for (size_t i = 1; i < tern_isa_table_count && at < out_bytes; i++)
        if (mask & tern_isa_table[i].bit)
            at += (size_t)snprintf(out + at, out_bytes - at, "%s%s", at ? " " : "", tern_isa_table[i].name);
}
