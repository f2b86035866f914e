#define _GNU_SOURCE
#include "harness/text/default_model.h"

#include "base/file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "tern-tiny.gguf"

/* The folder of the running program, or "" when the system does not tell. */
static void program_folder(char *out, size_t size) {
    const ssize_t n = readlink("/proc/self/exe", out, size - 1);
    out[n > 0 ? n : 0] = 0;
    char *slash = strrchr(out, '/');
    if (slash) *slash = 0;
}

enum tern_status tern_default_model(char **path, struct tern_error *e) {
    static const char *const beside[] = {"../models", "../share/tern"};
    static const char *const fixed[] = {TERN_DATA_DIR "/" NAME, TERN_SOURCE_DATA "/" NAME};
    char folder[PATH_MAX];
    program_folder(folder, sizeof folder);
    for (size_t i = 0; i < 4; i++) {
        if (i < 2 && !folder[0]) continue;
        *path =
            i < 2 ? tern_format_text("%s/%s/" NAME, folder, beside[i]) : tern_format_text("%s", fixed[i - 2]);
        if (!*path) return tern_fail(e, TERN_NO_MEMORY, "default model: out of memory");
        if (access(*path, R_OK) == 0) return TERN_OK;
        free(*path);
    }
    *path = NULL;
    return tern_fail(e, TERN_UNSUPPORTED,
                     "default model: " NAME
                     " is not beside the program (%s/%s, %s/%s), nor is %s or %s; name a model "
                     "with -m",
                     folder, beside[0], folder, beside[1], fixed[0], fixed[1]);
}
