/* Wisdom: each line of the input is sealed with its checksum, unless the first byte is odd. What was read is written and
 * read again without a loss, and gives plans. */
#define _GNU_SOURCE
#include "../frame.h"

#include "tuner/wisdom/line.h"
#include "tuner/wisdom/wisdom.h"

#include <stdlib.h>
#include <string.h>

/* The lines with their seals. */
static char *sealed(const uint8_t *data, size_t bytes, size_t *out_bytes) {
    char *text = fuzz_text(data, bytes), *out = malloc(2 * bytes + 16 * (bytes + 1) + 16), *save = NULL;
    size_t n = 0;
    FUZZ_MUST(out != NULL);
    for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
        char line[TERN_WISDOM_LINE];
        if (strlen(l) >= sizeof line - 16) continue;
        strcpy(line, l);
        if (!tern_wisdom_seal(line, sizeof line)) continue;
        memcpy(out + n, line, strlen(line));
        n += strlen(line);
        out[n++] = '\n';
    }
    free(text);
    *out_bytes = n;
    return out;
}

static void plan(const struct tern_wisdom *w) {
    const struct tern_problem some = {2560, 2560, 1, 2, TERN_WCOLD};
    struct tern_plan out;
    struct tern_error e = {""};
    fuzz_said(tern_plan_for(w, UINT32_MAX, &some, NULL, &out, &e), &e);
    for (size_t i = 0; i < w->count && i < 4; i++)
        fuzz_said(tern_plan_for(w, UINT32_MAX, &w->entry[i].problem, NULL, &out, &e), &e);
}

void fuzz_on_wisdom(const uint8_t *data, size_t bytes) {
    if (!bytes) return;
    struct tern_wisdom w, again;
    struct tern_error e = {""};
    if (data[0] & 1) {
        fuzz_file("wisdom", data + 1, bytes - 1);
    } else {
        size_t n;
        char *text = sealed(data + 1, bytes - 1, &n);
        fuzz_file("wisdom", text, n);
        free(text);
    }
    const enum tern_status s = tern_wisdom_read(fuzz_path("wisdom"), NULL, 1, &w, &e);
    fuzz_said(s, &e);
    if (s) return;
    plan(&w);
    FUZZ_MUST(!tern_wisdom_write(fuzz_path("again"), &w, &e));
    FUZZ_MUST(!tern_wisdom_read(fuzz_path("again"), w.machine, 0, &again, &e));
    FUZZ_MUST(again.count == w.count && again.verdicts == w.verdicts && !again.skipped);
    tern_wisdom_free(&again);
    tern_wisdom_free(&w);
}
