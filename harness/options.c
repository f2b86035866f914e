#define _GNU_SOURCE
#include "harness/options.h"

#include "measure/machine/machine.h"
#include "tuner/wisdom/core_kinds.h"
#include "tuner/wisdom/ranks/ranks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum tern_status tern_kv_named(const char *word, enum tern_kv_type *out, struct tern_error *e) {
    static const char *const name[] = {"f16", "f32", "q8"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (!strcmp(word, name[i])) return *out = (enum tern_kv_type)i, TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "kv: '%.40s': not one of f16, f32, q8", word);
}

enum tern_status tern_head_named(const char *word, enum tern_head_type *out, struct tern_error *e) {
    static const char *const name[] = {"auto", "f16", "f32", "q8", "q6_k", "exact2"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (!strcmp(word, name[i])) return *out = (enum tern_head_type)i, TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "head: '%.40s': not one of auto, f16, f32, q8, q6_k, exact2", word);
}

enum tern_status tern_act_named(const char *word, enum tern_act *out, struct tern_error *e) {
    *out = TERN_ACT_I8;
    if (!strcmp(word, "i8")) return TERN_OK;
    *out = TERN_ACT_F32;
    if (!strcmp(word, "f32")) return TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "act: '%.40s': not one of i8, f32", word);
}

enum tern_status tern_merge_named(const char *word, enum tern_merge *out, struct tern_error *e) {
    static const char *const name[] = {"auto", "never", "always"};
    for (int i = TERN_MERGE_AUTO; i <= TERN_MERGE_ALWAYS; i++) {
        *out = (enum tern_merge)i;
        if (!strcmp(word, name[i])) return TERN_OK;
    }
    return tern_fail(e, TERN_BAD_INPUT, "merge: '%.40s': not one of auto, never, always", word);
}

enum tern_status tern_wisdom_shipped(struct tern_wisdom *w, struct tern_error *e) {
    const struct tern_machine *m;
    *w = (struct tern_wisdom){.count = 0};
    const enum tern_status s = tern_machine_get(&m, e);
    return s == TERN_OK ? tern_ranks_here(m, &w->ranks, e) : s;
}

static enum tern_status read_here(const char *path, struct tern_wisdom *w, char *warning,
                                  size_t warning_bytes, struct tern_error *e) {
    memset(w, 0, sizeof *w);
    if (warning_bytes) warning[0] = 0;
    const struct tern_machine *m;
    enum tern_status s = tern_machine_get(&m, e);
    if (s != TERN_OK) return s;
    char *file = tern_core_kind_wisdom_path(path, m);
    if (file && access(file, R_OK)) s = tern_fail(e, TERN_BAD_INPUT, "wisdom: %s: %s", file, strerror(errno));
    free(file);
    if (s != TERN_OK) return s;
    if (path) return tern_core_kind_wisdom_read(path, m, w, e);
    char *own = tern_wisdom_default_path();
    struct tern_error why = {""};
    if (own && tern_core_kind_wisdom_read(own, m, w, &why) != TERN_OK) {
        tern_wisdom_free(w);
        memset(w, 0, sizeof *w);
        snprintf(warning, warning_bytes, "%s", why.text);
    }
    free(own);
    return TERN_OK;
}

enum tern_status tern_wisdom_here(const char *path, struct tern_wisdom *w, char *warning,
                                  size_t warning_bytes, struct tern_error *e) {
    struct tern_wisdom shipped;
    enum tern_status s = read_here(path, w, warning, warning_bytes, e);
    if (s != TERN_OK) return s;
    s = tern_wisdom_shipped(&shipped, e);
    w->ranks = shipped.ranks;
    if (s != TERN_OK) tern_wisdom_free(w);
    return s;
}
