#define _GNU_SOURCE
#include "tuner/kinds.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int tern_kind_alone(const struct tern_machine *m) {
    return m->core_kinds == 1 && m->kind[0].name[0] && strcmp(m->kind[0].name, "all");
}

char *tern_kind_wisdom_path(const char *base, const struct tern_machine *m) {
    if (!base) return NULL;
    if (m->core_kinds < 2 && !tern_kind_alone(m)) return strdup(base);
    return tern_format_text("%s.%s", base, m->kind[m->kind_of[0]].name);
}

int tern_kind_of_threads(const struct tern_machine *m, size_t threads, size_t *kind) {
    if (!threads || threads > m->cpus) return 0;
    *kind = m->kind_of[0];
    for (size_t i = 1; i < threads; i++)
        if (m->kind_of[i] != *kind) return 0;
    return 1;
}

enum tern_status tern_kind_wisdom_read(const char *base, const struct tern_machine *m, struct tern_wisdom *w,
                                       struct tern_error *e) {
    struct tern_machine one;
    size_t kept = 0, kind;
    tern_machine_of_kind(m, m->kind_of[0], &one);
    char *path = tern_kind_wisdom_path(base, m);
    if (!path) return tern_fail(e, TERN_NO_MEMORY, "wisdom: out of memory");
    const enum tern_status s = tern_wisdom_read(path, one.key, 0, w, e);
    free(path);
    if (s || m->core_kinds < 2) return s;
    for (size_t i = 0; i < w->count; i++)
        if (tern_kind_of_threads(m, w->entry[i].problem.threads, &kind)) w->entry[kept++] = w->entry[i];
    w->count = kept;
    return TERN_OK;
}

enum tern_status tern_kind_named(const struct tern_machine *m, const char *text, size_t *kind,
                                 struct tern_error *e) {
    char list[256] = "", number[24];
    for (size_t i = 0; i < m->core_kinds; i++) {
        *kind = i;
        snprintf(number, sizeof number, "%zu", i);
        if (!strcmp(text, number) || !strcmp(text, m->kind[i].name)) return TERN_OK;
        const size_t at = strlen(list);
        snprintf(list + at, sizeof list - at, "%s%zu (%s)", i ? ", " : "", i, m->kind[i].name);
    }
    return tern_fail(e, TERN_BAD_INPUT, "kind: '%.40s': this machine has %s", text, list);
}
