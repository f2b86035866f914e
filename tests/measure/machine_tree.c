#define _GNU_SOURCE
#include "machine_tree.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

void tree_begin(void) {
    snprintf(root, sizeof root, "/tmp/tern-tree-XXXXXX");
    cr_assert(mkdtemp(root) != NULL);
    cr_assert(chmod(root, 0755) == 0);
    setenv("TERN_SYSFS", root, 1);
    unsetenv("TERN_ISA");
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *walk) {
    (void)st, (void)kind, (void)walk;
    return remove(path);
}

void tree_end(void) {
    nftw(root, drop, 8, FTW_DEPTH | FTW_PHYS);
}

void tree_put(const char *path, const char *text) {
    char full[512], temp[520];
    snprintf(full, sizeof full, "%s%s", root, path);
    for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = 0;
        mkdir(full, 0755);
        *p = '/';
    }
    /* Replaced in one step: a reader in another thread must not see an empty file. */
    snprintf(temp, sizeof temp, "%s.new", full);
    FILE *f = fopen(temp, "w");
    cr_assert(f != NULL, "%s", temp);
    fputs(text, f);
    fclose(f);
    cr_assert(rename(temp, full) == 0);
}
