#include "harness/text/prompt.h"

#include <stdlib.h>
#include <string.h>

static int begins_with(const int32_t *ids, size_t count, const struct tern_token_list *list) {
    return count >= list->count && !memcmp(ids, list->id, list->count * sizeof *ids);
}

static int ends_with(const int32_t *ids, size_t count, const struct tern_token_list *list) {
    return count >= list->count && begins_with(ids + count - list->count, list->count, list);
}

enum tern_status tern_text_ids(const struct tern_tokenizer *t, const char *text, size_t bytes, int special,
                               enum tern_text_part part, int32_t **ids, size_t *count, struct tern_error *e) {
    struct tern_token_list before, after;
    int32_t *body = NULL;
    size_t n = 0;
    *ids = NULL;
    *count = 0;
    const enum tern_status s = tern_tokenize(t, text, bytes, special, &body, &n, e);
    if (s != TERN_OK) return s;
    tern_tokens_around(t, &before, &after);
    if (part == TERN_TEXT_ONLY || (before.count && begins_with(body, n, &before))) before.count = 0;
    if (part != TERN_TEXT_WHOLE || (after.count && ends_with(body, n, &after))) after.count = 0;
    int32_t *all = malloc((before.count + n + after.count + 1) * sizeof *all);
    if (all && before.count) memcpy(all, before.id, before.count * sizeof *all);
    if (all && n) memcpy(all + before.count, body, n * sizeof *all);
    if (all && after.count) memcpy(all + before.count + n, after.id, after.count * sizeof *all);
    free(body);
    if (!all) return tern_fail(e, TERN_NO_MEMORY, "prompt: out of memory");
    *ids = all;
    *count = before.count + n + after.count;
    return TERN_OK;
}

enum tern_status tern_prompt_ids(const struct tern_tokenizer *t, const char *text, size_t bytes,
                                 enum tern_text_part part, int32_t **ids, size_t *count,
                                 struct tern_error *e) {
    const enum tern_status s = tern_text_ids(t, text, bytes, 1, part, ids, count, e);
    if (s || *count) return s;
    free(*ids);
    *ids = NULL;
    return tern_fail(e, TERN_BAD_INPUT, "prompt: it is empty");
}
