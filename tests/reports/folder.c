#define _GNU_SOURCE
#include "tests/reports/folder.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

char *folder_new(void) {
    const char *tmp = getenv("TMPDIR");
    char *path = tern_format_text("%s/tern-report-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    cr_assert(path && mkdtemp(path), "no folder for the test");
    return path;
}

static int drop_one(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st, (void)kind, (void)at;
    return remove(path);
}

void folder_drop(char *path) {
    nftw(path, drop_one, 8, FTW_DEPTH | FTW_PHYS);
    free(path);
}

char *folder_read(const char *folder, const char *name) {
    char *path = tern_format_text("%s/%s", folder, name), *text = NULL;
    size_t bytes;
    if (tern_file_read(path, 64 << 20, &text, &bytes, NULL)) text = NULL;
    free(path);
    return text;
}

void folder_program(const char *folder, const char *name, const char *text) {
    char *path = tern_format_text("%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    cr_assert(f && fputs(text, f) >= 0 && !fclose(f) && !chmod(path, 0755), "%s", path);
    free(path);
}
