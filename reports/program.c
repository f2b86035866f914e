#define _GNU_SOURCE
#include "reports/program.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *tern_find_program(const char *name, const char *search) {
    for (const char *p = search; p && *p;) {
        const size_t n = strcspn(p, ":");
        char *path = n ? tern_format_text("%.*s/%s", (int)n, p, name) : NULL;
        struct stat st;
        if (path && !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK)) return path;
        free(path);
        p += n + (p[n] == ':');
    }
    return NULL;
}
