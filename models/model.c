#define _GNU_SOURCE
#include "models/model.h"

#include "models/arch.h"
#include "models/gguf/file.h"
#include "models/gguf/gguf.h"
#include "models/gguf/model.h"
#include "models/synth/synth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum tern_status tern_model_open(const char *source, struct tern_model **out, struct tern_error *e) {
    return strncmp(source, "synth:", 6) ? tern_model_open_gguf(source, out, e)
                                        : tern_synth_open(source + 6, out, e);
}

void tern_model_close(struct tern_model *m) {
    if (!m) return;
    tern_gguf_close(m->file);
    free(m->layer);
    free(m);
}

const char *tern_model_path(const struct tern_model *m) {
    const struct tern_gguf *g = m->file;
    return g && !g->hf ? g->path : NULL;
}

void tern_model_release(const struct tern_model *m, const void *data, size_t bytes) {
    const struct tern_gguf *g = m->file;
    if (!g || !data) return;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), base = (uintptr_t)g->map.data;
    const uintptr_t from = ((uintptr_t)data + page - 1) & ~(page - 1),
                    to = ((uintptr_t)data + bytes) & ~(page - 1);
    if (from < base || to > base + g->map.bytes || from >= to) return;
    madvise((void *)from, to - from, MADV_DONTNEED); /* never written, so nothing can be lost */
}

size_t tern_model_shapes(const struct tern_hparams *hp, struct tern_shape *out, size_t max) {
    size_t n = 0;
    for (enum tern_role r = 0; r < TERN_ROLES; r++) {
        size_t m, k, i = 0;
        tern_role_shape(hp, r, &m, &k);
        while (i < n && (out[i].m != m || out[i].k != k)) i++;
        if (i == max) continue;
        if (i == n) out[n++] = (struct tern_shape){.m = m, .k = k};
        const size_t at = strlen(out[i].roles);
        snprintf(out[i].roles + at, sizeof out[i].roles - at, "%s%s", at ? " " : "", tern_role_name(r));
        out[i].calls += hp->layers;
    }
    return n;
}
