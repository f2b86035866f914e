#include "models/load/ends.h"

#include "models/gguf/metadata.h"
#include <stdlib.h>

static void add(struct tern_model *m, int64_t id) {
    for (size_t i = 0; i < m->ends; i++)
        if (m->end[i] == id) return;
    if (id >= 0) m->end[m->ends++] = (int32_t)id;
}

enum tern_status tern_ends_load(const struct tern_gguf *g, struct tern_model *m, struct tern_error *e) {
    static const char message[] = "tokenizer.ggml.eom_token_id", list[] = TERN_KEY_ENDS;
    int64_t *id = NULL;
    size_t n = 0;
    uint64_t eom = 0;
    const char *bad = NULL;
    if (tern_gguf_find(g, list) && !tern_gguf_ints(g, list, &id, &n)) bad = list;
    for (size_t i = 0; i < n && !bad; i++)
        if (id[i] < 0 || id[i] >= (int64_t)m->hp.vocab) bad = list;
    const int has_eom = tern_gguf_find(g, message) != NULL;
    if (has_eom && (!tern_gguf_u64(g, message, &eom) || eom >= m->hp.vocab)) bad = message;
    enum tern_status s = TERN_OK;
    if (bad)
        s = tern_fail(e, TERN_BAD_INPUT, "model: %s: %s: not a token of this vocabulary", tern_gguf_path(g),
                      bad);
    else if (!(m->end = malloc((n + 3) * sizeof *m->end)))
        s = tern_fail(e, TERN_NO_MEMORY, "model: %s: out of memory", tern_gguf_path(g));
    if (!s) {
        add(m, m->hp.eos);
        add(m, m->hp.eot);
        if (has_eom) add(m, (int64_t)eom);
        for (size_t i = 0; i < n; i++) add(m, id[i]);
    }
    free(id);
    return s;
}
