#define _GNU_SOURCE
#include "tuner/wisdom/core_kinds.h"

#include "base/file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int tern_core_kind_alone(const struct tern_machine *m) {
    return m->core_kinds == 1 && m->kind[0].name[0] && strcmp(m->kind[0].name, "all");
}

char *tern_core_kind_wisdom_path(const char *base, const struct tern_machine *m) {
    if (!base) return NULL;
    if (m->core_kinds < 2 && !tern_core_kind_alone(m)) return strdup(base);
    return tern_format_text("%s.%s", base, m->kind[m->kind_of[0]].name);
}

int tern_core_kind_of_threads(const struct tern_machine *m, size_t threads, size_t *kind) {
    if (!threads || threads > m->cpus) return 0;
    *kind = m->kind_of[0];
    for (size_t i = 1; i < threads; i++)
        if (m->kind_of[i] != *kind) return 0;
    return 1;
}

size_t tern_core_kind_slowest(const struct tern_machine *m, size_t threads) {
    size_t slowest = m->kind_of[0];
    for (size_t i = 1; i < threads && i < m->cpus; i++)
        if (m->kind_of[i] > slowest) slowest = m->kind_of[i];
    return slowest;
}

static enum tern_status read_kind(const char *base, const struct tern_machine *m, size_t kind,
                                  struct tern_wisdom *w, struct tern_error *e) {
    struct tern_machine one;
    tern_machine_of_kind(m, kind, &one);
    char *path = tern_core_kind_wisdom_path(base, m->core_kinds < 2 ? m : &one);
    if (!path) return tern_fail(e, TERN_NO_MEMORY, "wisdom: out of memory");
    const enum tern_status s = tern_wisdom_read(path, one.key, 0, w, e);
    free(path);
    return s;
}

/* No other entry of the same problem has more threads, up to `threads`. */
static int lends(const struct tern_wisdom *from, const struct tern_wisdom_entry *en, size_t threads) {
    const struct tern_problem *p = &en->problem;
    if (p->threads > threads || strcmp(en->objective, "time")) return 0;
    for (size_t i = 0; i < from->count; i++) {
        const struct tern_problem *q = &from->entry[i].problem;
        if (q->m == p->m && q->k == p->k && q->n == p->n && q->regime == p->regime &&
            q->threads > p->threads && q->threads <= threads && !strcmp(from->entry[i].objective, "time"))
            return 0;
    }
    return 1;
}

static enum tern_status lend(const struct tern_wisdom *from, size_t threads, struct tern_wisdom *w,
                             struct tern_error *e) {
    struct tern_wisdom_entry *grown = realloc(w->entry, (w->count + from->count + 1) * sizeof *grown);
    if (!grown) return tern_fail(e, TERN_NO_MEMORY, "wisdom: out of memory");
    w->entry = grown;
    for (size_t i = 0; i < from->count; i++) {
        if (!lends(from, &from->entry[i], threads)) continue;
        struct tern_wisdom_entry *en = &w->entry[w->count++];
        *en = from->entry[i];
        en->lent = en->problem.threads;
        en->problem.threads = threads;
    }
    return TERN_OK;
}

/* One kind after another is the slowest as threads become more. */
static enum tern_status lend_all(const char *base, const struct tern_machine *m, struct tern_wisdom *w,
                                 struct tern_error *e) {
    struct tern_wisdom from = {0};
    size_t kind, open = SIZE_MAX;
    enum tern_status s = TERN_OK;
    for (size_t t = 2; t <= m->cpus && !s; t++) {
        if (tern_core_kind_of_threads(m, t, &kind)) continue;
        kind = tern_core_kind_slowest(m, t);
        if (kind != open) {
            tern_wisdom_free(&from);
            if (read_kind(base, m, kind, &from, NULL)) tern_wisdom_free(&from);
            open = kind;
        }
        s = lend(&from, t, w, e);
    }
    tern_wisdom_free(&from);
    return s;
}

enum tern_status tern_core_kind_wisdom_read(const char *base, const struct tern_machine *m,
                                            struct tern_wisdom *w, struct tern_error *e) {
    size_t kept = 0, kind;
    const enum tern_status s = read_kind(base, m, m->kind_of[0], w, e);
    if (s || m->core_kinds < 2) return s;
    for (size_t i = 0; i < w->count; i++)
        if (tern_core_kind_of_threads(m, w->entry[i].problem.threads, &kind)) w->entry[kept++] = w->entry[i];
    w->count = kept;
    return lend_all(base, m, w, e);
}

enum tern_status tern_core_kind_named(const struct tern_machine *m, const char *text, size_t *kind,
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
