#define _GNU_SOURCE
#include "harness/default_model.h"

#include "base/file.h"

#include <stdlib.h>
#include <unistd.h>

#define NAME "micro-bitnet-b1.58.I2_S.gguf"

enum tern_status tern_default_model(char **path, struct tern_error *e) {
    static const char *const place[] = {TERN_DATA_DIR "/" NAME, TERN_SOURCE_DATA "/" NAME};
    *path = NULL;
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
        if (access(place[i], R_OK)) continue;
        *path = tern_format_text("%s", place[i]);
        return *path ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "default model: out of memory");
    }
    return tern_fail(e, TERN_UNSUPPORTED,
                     "default model: neither %s nor %s can be read; name a model with -m", place[0],
                     place[1]);
}
