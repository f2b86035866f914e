#define _GNU_SOURCE
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *tern_not_ours(const struct stat *st) {
    if (st->st_uid && st->st_uid != geteuid()) return "it belongs to another user";
    if (st->st_mode & S_IWOTH) return "every user can write to it";
    if (st->st_mode & S_IWGRP && st->st_gid && st->st_gid != getegid())
        return "another group can write to it";
    return NULL;
}

const char *tern_folder_not_ours(const char *path) {
    struct stat st;
    return stat(path, &st) ? NULL : tern_not_ours(&st);
}

const char *tern_home_not_ours(const char *base) {
    struct stat st;
    if (!stat(base, &st) && st.st_mode & S_IWOTH && !(st.st_mode & S_ISVTX))
        return "every user can put another folder in its place";
    char *own;
    if (asprintf(&own, "%s/tern", base) < 0) return "there is no memory";
    const char *why = tern_folder_not_ours(own);
    free(own);
    return why;
}
