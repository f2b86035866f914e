#define _GNU_SOURCE
#include "harness/head/known.h"

#include "base/file.h"
#include "harness/head/race.h"
#include "pack_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_OF(word) #word
#define TEXT(word)    TEXT_OF(word)
#define CODE          TERN_VERSION "-" TEXT(TERN_PACK_KEY)
#define MOST          65536 /* bytes of the file */

/* A line is "code key scan share". */
static int parse(const char *line, char code[64], char key[TERN_HEAD_KEY], struct tern_head_known *k) {
    return sscanf(line, "%63s %95s %d %lf", code, key, &k->scan, &k->share) == 4 && !strcmp(code, CODE) &&
           k->scan >= -1 && k->scan < TERN_HEAD_SCANS && k->share > 0 && k->share < 1e6;
}

int tern_head_recall(const char *path, const char *key, struct tern_head_known *out) {
    char *text = NULL, *rest, code[64], its[TERN_HEAD_KEY];
    struct tern_head_known k;
    size_t bytes;
    int found = 0;
    if (tern_file_read(path, MOST, &text, &bytes, NULL) != TERN_OK) return 0;
    for (char *l = strtok_r(text, "\n", &rest); l && !found; l = strtok_r(NULL, "\n", &rest))
        found = parse(l, code, its, &k) && !strcmp(its, key);
    if (found) *out = k;
    free(text);
    return found;
}

enum tern_status tern_head_remember(const char *path, const char *key, const struct tern_head_known *k,
                                    struct tern_error *e) {
    char *text = NULL, *out = NULL, *rest, code[64], its[TERN_HEAD_KEY];
    size_t bytes;
    struct tern_head_known other;
    FILE *f = open_memstream(&out, &bytes);
    if (!f) return tern_fail(e, TERN_NO_MEMORY, "head: out of memory");
    fprintf(f, CODE " %s %d %.4f\n", key, k->scan, k->share);
    size_t had;
    enum tern_status s =
        tern_file_read(path, MOST / 2, &text, &had, e); /* one that is not there, or too large, begins anew */
    if (s == TERN_OK)
        for (char *l = strtok_r(text, "\n", &rest); l; l = strtok_r(NULL, "\n", &rest))
            if (parse(l, code, its, &other) && strcmp(its, key)) fprintf(f, "%s\n", l);
    free(text);
    if (s == TERN_BAD_INPUT) s = TERN_OK;
    const int lost = ferror(f) | fclose(f);
    if (!s)
        s = lost ? tern_fail(e, TERN_NO_MEMORY, "head: out of memory")
                 : tern_file_replace_lazily(path, out, bytes, e);
    free(out);
    return s;
}
