/* A folder of its own for each test, gone afterwards. */
#ifndef TERN_TESTS_TUNER_FOLDER_H
#define TERN_TESTS_TUNER_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct folder {
    char path[64], file[128];
};

static inline struct folder folder_new(const char *name) {
    struct folder f = {.path = "/tmp/tern-tuner-XXXXXX"};
    if (!mkdtemp(f.path)) abort();
    snprintf(f.file, sizeof f.file, "%s/%s", f.path, name);
    return f;
}

static inline int folder_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

/* Without the syncs of tern_file_replace: thousands of damaged files are written here. */
static inline void folder_write(const struct folder *f, const void *data, size_t bytes) {
    FILE *file = fopen(f->file, "wb");
    if (!file || fwrite(data, 1, bytes, file) != bytes || fclose(file)) abort();
}

static inline void folder_drop(const struct folder *f) {
    nftw(f->path, folder_remove, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
