/* The history of a build without SQLite: every function says how to get one. */
#include "reports/history/history.h"

static enum tern_status none(struct tern_error *e) {
    return tern_fail(e, TERN_UNSUPPORTED,
                     "history: built without SQLite: install libsqlite3-dev and configure again");
}

const char *tern_history_library(void) {
    return 0;
}

enum tern_status tern_history_open(const char *path, int read_only, struct tern_history **out,
                                   struct tern_error *e) {
    (void)path, (void)read_only;
    *out = 0;
    return none(e);
}

void tern_history_close(struct tern_history *h) {
    (void)h;
}

enum tern_status tern_history_add(struct tern_history *h, const char *text, size_t bytes, const char *commit,
                                  struct tern_history_added *out, struct tern_error *e) {
    (void)h, (void)text, (void)bytes, (void)commit, (void)out;
    return none(e);
}

enum tern_status tern_history_add_whole(struct tern_history *h, const char *text, size_t bytes,
                                        const char *commit, struct tern_history_added *out,
                                        struct tern_error *e) {
    return tern_history_add(h, text, bytes, commit, out, e);
}

enum tern_status tern_history_add_file(struct tern_history *h, const char *path, const char *commit,
                                       struct tern_history_added *out, struct tern_error *e) {
    (void)h, (void)path, (void)commit, (void)out;
    return none(e);
}

enum tern_status tern_history_find(struct tern_history *h, const struct tern_history_query *q,
                                   struct tern_records *out, struct tern_error *e) {
    (void)h, (void)q;
    *out = (struct tern_records){0};
    return none(e);
}

enum tern_status tern_history_list(struct tern_history *h, const struct tern_history_query *q,
                                   tern_history_count_fn *f, void *ctx, struct tern_error *e) {
    (void)h, (void)q, (void)f, (void)ctx;
    return none(e);
}

enum tern_status tern_history_export(struct tern_history *h, const struct tern_history_query *q,
                                     tern_history_line_fn *f, void *ctx, struct tern_error *e) {
    (void)h, (void)q, (void)f, (void)ctx;
    return none(e);
}

enum tern_status tern_history_annotate(struct tern_history *h, const struct tern_annotation *a,
                                       struct tern_error *e) {
    (void)h, (void)a;
    return none(e);
}

enum tern_status tern_history_annotations(struct tern_history *h, struct tern_annotations *out,
                                          struct tern_error *e) {
    (void)h;
    *out = (struct tern_annotations){0};
    return none(e);
}

void tern_annotations_free(struct tern_annotations *a) {
    *a = (struct tern_annotations){0};
}
