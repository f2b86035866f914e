#define _GNU_SOURCE
#include "models/model.h"

#include "models/gguf/file.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void tern_model_close(struct tern_model *m) {
    if (!m) return;
    tern_gguf_close(m->file);
    free(m->layer);
    free(m->end);
    free(m);
}

const char *tern_model_path(const struct tern_model *m) {
    const struct tern_gguf *g = m->file;
    return g && !tern_gguf_is_folder(g) ? g->path : NULL;
}

void tern_model_release(const struct tern_model *m, const void *data, size_t bytes) {
    const struct tern_gguf *g = m->file;
    if (!g || !data) return;
    const struct tern_map *map = tern_gguf_map_of(g, data);
    if (!map) return;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), end = (uintptr_t)map->data + map->bytes;
    const uintptr_t from = ((uintptr_t)data + page - 1) & ~(page - 1),
                    to = ((uintptr_t)data + bytes) & ~(page - 1);
    if (to > end || from >= to) return;
    madvise((void *)from, to - from, MADV_DONTNEED); /* never written, so nothing can be lost */
}
