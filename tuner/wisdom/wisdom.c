#define _GNU_SOURCE
#include "tuner/wisdom/wisdom.h"

#include "base/file.h"
#include "tuner/wisdom/line.h"
#include "tuner/wisdom/plan_verdict.h"
#include "tuner/wisdom/ranks/ranks.h"

#include <stdlib.h>
#include <string.h>

char *tern_wisdom_default_path(void) {
    const char *path = getenv("TERN_WISDOM");
    return path && *path ? strdup(path) : tern_xdg_path("config", "wisdom");
}

void tern_wisdom_free(struct tern_wisdom *w) {
    free(w->entry);
    tern_plan_verdict_forget(w);
    tern_ranks_drop(w->ranks);
    *w = (struct tern_wisdom){0};
}

enum tern_status tern_wisdom_put(struct tern_wisdom *w, const struct tern_wisdom_entry *entry,
                                 struct tern_error *e) {
    char line[TERN_WISDOM_LINE];
    enum tern_status s = tern_wisdom_render(entry, line, e);
    if (s) return s;
    for (size_t i = 0; i < w->count; i++) {
        if (tern_wisdom_order(&w->entry[i], entry)) continue;
        w->entry[i] = *entry;
        return TERN_OK;
    }
    struct tern_wisdom_entry *grown = realloc(w->entry, (w->count + 1) * sizeof *grown);
    if (!grown) return tern_fail(e, TERN_NO_MEMORY, "wisdom: %zu entries: out of memory", w->count + 1);
    w->entry = grown;
    w->entry[w->count++] = *entry;
    return TERN_OK;
}
