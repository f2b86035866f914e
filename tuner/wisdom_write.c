#include "tuner/wisdom_line.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum tern_status tern_wisdom_write(const char *path, const struct tern_wisdom *w, struct tern_error *e)
{
    char line[TERN_WISDOM_LINE];
    char *text = malloc((w->count + 1) * TERN_WISDOM_LINE);
    struct tern_wisdom_entry *sorted = malloc((w->count + 1) * sizeof *sorted);
    enum tern_status s = TERN_OK;
    size_t bytes = 0;
    if (!text || !sorted) {
        s = tern_fail(e, TERN_NO_MEMORY, "wisdom: %s: out of memory", path);
        goto done;
    }
    if (w->count) memcpy(sorted, w->entry, w->count * sizeof *sorted);
    qsort(sorted, w->count, sizeof *sorted, tern_wisdom_order);
    snprintf(line, sizeof line, "tern-wisdom 1 %s", w->machine[0] ? w->machine : "m:unknown");
    tern_wisdom_seal(line, sizeof line);
    bytes = (size_t)sprintf(text, "%s\n", line);
    for (size_t i = 0; i < w->count; i++) {
        s = tern_wisdom_render(&sorted[i], line, e);
        if (s) goto done;
        bytes += (size_t)sprintf(text + bytes, "%s\n", line);
    }
    s = tern_file_replace(path, text, bytes, e);
done:
    free(sorted);
    free(text);
    return s;
}
