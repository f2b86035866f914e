#include "harness/text/prompt.h"

#include <stdlib.h>
#include <string.h>

enum tern_status tern_prompt_ids(const struct tern_model *m, const struct tern_tokenizer *t, const char *text,
                                 size_t bytes, int32_t **ids, size_t *count, struct tern_error *e) {
    int32_t *body = NULL;
    size_t n = 0;
    *ids = NULL;
    *count = 0;
    const enum tern_status s = tern_tokenize(t, text, bytes, 1, &body, &n, e);
    if (s != TERN_OK) return s;
    const int there = n && body[0] == m->hp.bos; /* written out in the text */
    const size_t bos = m->hp.add_bos && m->hp.bos >= 0 && !there ? 1 : 0;
    int32_t *all = n + bos ? malloc((n + bos) * sizeof *all) : NULL;
    if (all && bos) all[0] = m->hp.bos;
    if (all && n) memcpy(all + bos, body, n * sizeof *all);
    free(body);
    if (!(n + bos)) return tern_fail(e, TERN_BAD_INPUT, "prompt: it is empty");
    if (!all) return tern_fail(e, TERN_NO_MEMORY, "prompt: out of memory");
    *ids = all;
    *count = n + bos;
    return TERN_OK;
}
