#include "tuner/wisdom/line.h"

#include "base/file.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/mix.h"
#include "tuner/wisdom/plan_verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Puts the line and a newline at text + at; the new end. */
static size_t add_line(char *text, size_t at, const char *line) {
    const size_t n = strlen(line);
    memcpy(text + at, line, n);
    text[at + n] = '\n';
    return at + n + 1;
}

enum tern_status tern_wisdom_text(const struct tern_wisdom *w, char **out, size_t *bytes,
                                  struct tern_error *e) {
    char line[TERN_WISDOM_LINE];
    char *text = malloc((w->count + w->verdicts + 2) * TERN_WISDOM_LINE);
    struct tern_wisdom_entry *sorted = malloc((w->count + 1) * sizeof *sorted);
    enum tern_status s = TERN_OK;
    size_t n = 0;
    *out = NULL;
    if (!text || !sorted) {
        s = tern_fail(e, TERN_NO_MEMORY, "wisdom: %zu entries: out of memory", w->count);
        free(text);
        free(sorted);
        return s;
    }
    if (w->count) memcpy(sorted, w->entry, w->count * sizeof *sorted);
    qsort(sorted, w->count, sizeof *sorted, tern_wisdom_order);
    snprintf(line, sizeof line, "tern-wisdom 1 %s", w->machine[0] ? w->machine : "m:unknown");
    tern_wisdom_seal(line, sizeof line);
    n = add_line(text, 0, line);
    if (tern_mix_said(&w->mix) && tern_wisdom_render_mix(&w->mix, line)) n = add_line(text, n, line);
    for (size_t i = 0; i < w->verdicts; i++)
        if (tern_wisdom_render_plan(&w->verdict[i], line)) n = add_line(text, n, line);
    for (size_t i = 0; i < w->count && !s; i++) {
        s = tern_wisdom_render(&sorted[i], line, e);
        if (!s) n = add_line(text, n, line);
    }
    free(sorted);
    if (s) return free(text), s;
    *out = text;
    *bytes = n;
    return TERN_OK;
}

enum tern_status tern_wisdom_write(const char *path, const struct tern_wisdom *w, struct tern_error *e) {
    char *text;
    size_t bytes;
    enum tern_status s = tern_wisdom_text(w, &text, &bytes, e);
    if (!s) s = tern_file_replace(path, text, bytes, e);
    free(text);
    return s;
}
