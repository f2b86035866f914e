#define _GNU_SOURCE
#include "kernels/verify/earlier.h"

#include "base/build_id.h"
#include "base/file.h"
#include "kernels/verify/earned.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define MOST ((size_t)1 << 20) /* bytes of the file */
#define DAYS 7

/* A line is "build machine day variant". */
struct line {
    char build[TERN_BUILD_ID], machine[64], variant[96];
    long day;
};

static long today(void) {
    return (long)(time(NULL) / 86400);
}

static int parse(const char *text, struct line *l) {
    int end = 0;
    return sscanf(text, "%40s %63s %ld %95s%n", l->build, l->machine, &l->day, l->variant, &end) == 4 &&
           !text[end] && l->day <= today() && l->day >= today() - DAYS;
}

static int is_ours(const char *path) {
    struct stat s;
    return !stat(path, &s) && S_ISREG(s.st_mode) && !tern_not_ours(&s);
}

/* Calls `each` for every line that still holds. */
static void read_lines(const char *path, void (*each)(void *, const struct line *), void *ctx) {
    char *text = NULL, *rest;
    size_t bytes;
    struct line l;
    if (!is_ours(path) || tern_file_read(path, MOST, &text, &bytes, NULL) != TERN_OK) return;
    for (char *t = strtok_r(text, "\n", &rest); t; t = strtok_r(NULL, "\n", &rest))
        if (parse(t, &l)) each(ctx, &l);
    free(text);
}

struct recalling {
    const char *build, *machine;
    size_t count;
};

static void recall(void *ctx, const struct line *l) {
    struct recalling *r = ctx;
    const struct tern_variant *v = tern_variant_named(l->variant);
    if (v && !strcmp(l->build, r->build) && !strcmp(l->machine, r->machine))
        r->count += (size_t)tern_verify_credit(v);
}

size_t tern_proofs_recall(const char *path, const char *machine) {
    char build[TERN_BUILD_ID];
    struct recalling r = {build, machine, 0};
    tern_build_id(build);
    if (*build) read_lines(path, recall, &r);
    return r.count;
}

struct keeping {
    FILE *out;
    const char *build, *machine;
};

/* Lines of others, and of ours what this process has not proved itself. */
static void keep(void *ctx, const struct line *l) {
    const struct keeping *k = ctx;
    const struct tern_variant *v = tern_variant_named(l->variant);
    const int ours = !strcmp(l->build, k->build) && !strcmp(l->machine, k->machine);
    if (!ours || (v && tern_verify_earned(v) != TERN_EARNED_HERE))
        fprintf(k->out, "%s %s %ld %s\n", l->build, l->machine, l->day, l->variant);
}

enum tern_status tern_proofs_keep(const char *path, const char *machine, struct tern_error *e) {
    size_t count, fresh = 0, bytes;
    char build[TERN_BUILD_ID], *text = NULL;
    const struct tern_variant *all = tern_variants(&count);
    tern_build_id(build);
    for (size_t i = 0; i < count; i++) fresh += tern_verify_earned(&all[i]) == TERN_EARNED_HERE;
    if (!*build || !fresh) return TERN_OK;
    FILE *f = open_memstream(&text, &bytes);
    if (!f) return tern_fail(e, TERN_NO_MEMORY, "proofs: out of memory");
    struct keeping k = {f, build, machine};
    for (size_t i = 0; i < count; i++)
        if (tern_verify_earned(&all[i]) == TERN_EARNED_HERE)
            fprintf(f, "%s %s %ld %s\n", build, machine, today(), all[i].name);
    read_lines(path, keep, &k);
    const enum tern_status s = fclose(f)
                                   ? tern_fail(e, TERN_NO_MEMORY, "proofs: out of memory")
                                   : tern_file_replace_lazily(path, text, bytes < MOST ? bytes : MOST, e);
    free(text);
    return s;
}
