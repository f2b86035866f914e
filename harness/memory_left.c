#define _GNU_SOURCE
#include "harness/memory_left.h"

#include "base/file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t tern_memory_left(void) {
    const char *root = getenv("TERN_SYSFS");
    char *path = tern_format_text("%s/proc/meminfo", root ? root : "");
    FILE *f = path ? fopen(path, "re") : NULL;
    free(path);
    if (!f) return 0;
    char line[256];
    unsigned long long kib = 0;
    while (fgets(line, sizeof line, f))
        if (!strncmp(line, "MemAvailable:", 13)) kib = strtoull(line + 13, NULL, 10);
    fclose(f);
    return kib > SIZE_MAX / 1024 ? SIZE_MAX : (size_t)kib * 1024;
}
