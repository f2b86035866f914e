/* The history: with an even first byte the rest are lines to add, and what is exported makes the same history; with an
 * odd one the rest is the file itself. */
#define _GNU_SOURCE
#include "../frame.h"

#include "reports/data/text.h"
#include "reports/history/history.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum tern_status collect(void *ctx, const char *line, struct tern_error *e) {
    (void)e;
    struct tern_text *t = ctx;
    tern_text_put(t, line);
    tern_text_put(t, "\n");
    return TERN_OK;
}

static void no_count(void *ctx, const struct tern_history_count *c) {
    (void)ctx;
    FUZZ_MUST(c->records > 0);
}

static const char *fresh(const char *name) {
    static const char *const tails[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s%s", name, tails[i]);
        unlink(fuzz_path(path));
    }
    return fuzz_path(name);
}

/* Everything that reads; the export goes into `t`. */
static void use(struct tern_history *h, struct tern_text *t) {
    const struct tern_history_query all = {0}, some = {.variant = "gemv", .commit = "a", .newest = 2};
    struct tern_records found;
    struct tern_annotations notes;
    struct tern_error e = {""};
    enum tern_status s = tern_history_find(h, &some, &found, &e);
    fuzz_said(s, &e);
    if (!s) tern_records_free(&found);
    s = tern_history_annotations(h, &notes, &e);
    fuzz_said(s, &e);
    if (!s) tern_annotations_free(&notes);
    fuzz_said(tern_history_list(h, &all, no_count, NULL, &e), &e);
    fuzz_said(tern_history_export(h, &all, collect, t, &e), &e);
}

static void add(const uint8_t *data, size_t bytes) {
    struct tern_history *h, *copy;
    struct tern_history_added added = {0}, again = {0};
    struct tern_error e = {""};
    struct tern_text out = {0}, back = {0};
    FUZZ_MUST(!tern_history_open(fresh("one.db"), 0, &h, &e));
    fuzz_said(tern_history_add_whole(h, (const char *)data, bytes, "abc", &added, &e), &e);
    use(h, &out);
    FUZZ_MUST(!tern_history_open(fresh("two.db"), 0, &copy, &e));
    FUZZ_MUST(!tern_history_add_whole(copy, out.data ? out.data : "", out.used, NULL, &again, &e));
    FUZZ_MUST(again.added == added.added && !again.skipped && again.annotations == added.annotations);
    use(copy, &back);
    FUZZ_MUST(out.used == back.used && (!out.used || !memcmp(out.data, back.data, out.used)));
    tern_text_free(&out);
    tern_text_free(&back);
    tern_history_close(copy);
    tern_history_close(h);
}

void fuzz_on_history(const uint8_t *data, size_t bytes) {
    if (!bytes) return;
    if (data[0] % 2 == 0) {
        add(data + 1, bytes - 1);
        return;
    }
    struct tern_history *h = NULL;
    struct tern_error e = {""};
    struct tern_text out = {0};
    const char *path = fresh("one.db");
    fuzz_write(path, data + 1, bytes - 1, 0);
    const enum tern_status s = tern_history_open(path, 1, &h, &e);
    fuzz_said(s, &e);
    if (s) return;
    use(h, &out);
    tern_text_free(&out);
    tern_history_close(h);
}
