/* The action `export-ranks`. */
#define _GNU_SOURCE
#include "cli/wisdom/wisdom.h"

#include "cli/command.h"

#include "base/file.h"
#include "tuner/wisdom/ranks/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_BYTES_MAX ((size_t)1 << 20)

/* Writes `mine` to the file; what other instruction sets have there stays. */
static enum tern_status update(const char *path, const struct tern_ranks *mine, struct tern_error *e) {
    struct tern_ranks old;
    char *text = NULL;
    size_t bytes = 0;
    enum tern_status s = tern_file_read(path, FILE_BYTES_MAX, &text, &bytes, e);
    if (s) return s;
    s = tern_ranks_parse(path, text, bytes, &old, e);
    free(text);
    if (!s) s = tern_ranks_update(&old, mine, e);
    if (!s) s = tern_ranks_text(&old, &text, &bytes, e);
    if (!s) {
        s = tern_file_replace(path, text, bytes, e);
        free(text);
    }
    tern_ranks_free(&old);
    return s;
}

static enum tern_status give(const char *path, const struct tern_ranks *r, struct tern_error *e) {
    char *text = NULL;
    size_t bytes = 0;
    if (path && !access(path, F_OK)) return update(path, r, e);
    enum tern_status s = tern_ranks_text(r, &text, &bytes, e);
    if (s) return s;
    if (path)
        s = tern_file_replace(path, text, bytes, e);
    else
        fwrite(text, 1, bytes, stdout);
    free(text);
    return s;
}

int tern_wisdom_export_ranks(const struct tern_wisdom_arguments *a) {
    struct tern_wisdom w;
    struct tern_ranks r;
    struct tern_error e;
    const char *path = a->words.count ? a->words.word[0] : NULL;
    enum tern_status s = tern_wisdom_mine(a, &w, &e);
    if (s) return tern_cli_fail(s, &e);
    s = tern_ranks_gather(&w, a->machine, 0, &r, &e);
    tern_wisdom_free(&w);
    if (s) return tern_cli_fail(s, &e);
    if (!r.count)
        s = tern_fail(&e, TERN_INCONCLUSIVE,
                      "ranks: %s: nothing about time with one thread or all of them; run tern tune first",
                      a->path);
    if (!s) s = give(path, &r, &e);
    if (!s && path) printf("%zu ranks of %s written to %s\n", r.count, r.name, path);
    tern_ranks_free(&r);
    return s ? tern_cli_fail(s, &e) : 0;
}
