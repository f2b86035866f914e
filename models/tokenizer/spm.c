/* SentencePiece-style tokenizer ("llama"): characters merge into the token of the highest score, and what is
 * left over becomes byte tokens.
 *
 * Plain tokens are held with their U+2581 ("lower one eighth block", SentencePiece's visible space) as spaces. A
 * U+2581 in the text is a space too, as it is for SentencePiece and llama.cpp. Source: Kudo and Richardson,
 * "SentencePiece", 2018. */
#define _GNU_SOURCE
#include "base/utf8.h"
#include "models/tokenizer/kinds.h"
#include "models/tokenizer/merge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct spm {
    float *score;
    size_t longest; /* bytes of the longest plain token */
};

static const char visible_space[3] = "\xe2\x96\x81";

static size_t spell(const char *text, size_t bytes, char *out) {
    size_t n = 0;
    for (size_t at = 0; at < bytes;) {
        const int space = bytes - at >= 3 && !memcmp(text + at, visible_space, 3);
        out[n++] = space ? ' ' : text[at];
        at += space ? 3 : 1;
    }
    return n;
}

static void unload(struct tern_tokenizer *t) {
    struct spm *p = t->own;
    if (!p) return;
    free(p->score);
    free(p);
}

static enum tern_status load(const struct tern_gguf *g, struct tern_tokenizer *t, struct tern_error *e) {
    const char *key = "tokenizer.ggml.scores", *path = tern_gguf_path(g);
    const struct tern_vocabulary *v = &t->vocabulary;
    struct spm *p = t->own = calloc(1, sizeof *p);
    if (!p) return tern_fail(e, TERN_NO_MEMORY, "tokenizer: %s: out of memory", path);
    if (!tern_gguf_find(g, key)) return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: missing", path, key);
    size_t scores = 0;
    if (!tern_gguf_floats(g, key, &p->score, &scores))
        return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: not an array of numbers", path, key);
    if (scores != v->count)
        return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: %zu scores for %zu tokens", path, key, scores,
                         v->count);
    for (size_t i = 0; i < v->count; i++) {
        const struct tern_token *k = &v->token[i];
        if (isnan(p->score[i]))
            return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s[%zu]: not a number", path, key, i);
        if (k->kind == TERN_TOKEN_NORMAL || k->kind == TERN_TOKEN_UNUSED)
            p->longest = k->count > p->longest ? k->count : p->longest;
    }
    return TERN_OK;
}

/* A whole number that is smaller the higher the score: the bits of a float, flipped into the order of its
 * values. */
static uint32_t order_of(float score) {
    const float no_negative_zero = score + 0.0f;
    uint32_t bits;
    memcpy(&bits, &no_negative_zero, sizeof bits);
    return bits & 0x80000000u ? bits : ~(bits | 0x80000000u);
}

struct text {
    const struct tern_tokenizer *tokenizer;
    const char *bytes;
};

static int32_t by_score(const void *ctx, const struct tern_symbol *left, const struct tern_symbol *right,
                        uint32_t *order) {
    const struct text *x = ctx;
    const struct spm *p = x->tokenizer->own;
    const size_t bytes = (size_t)left->bytes + right->bytes;
    if (bytes > p->longest) return -1;
    const int32_t id = tern_strmap_get(&x->tokenizer->vocabulary.plain, x->bytes + left->at, bytes);
    if (id >= 0) *order = order_of(p->score[id]);
    return id;
}

static enum tern_status merge_text(const struct tern_tokenizer *t, const char *text, size_t bytes,
                                   struct tern_merger *m, struct tern_ids *ids, struct tern_error *e) {
    const struct text x = {t, text};
    int failed = 0;
    for (size_t at = 0, n; at < bytes && !failed; at += n) {
        n = tern_utf8_next(text + at, bytes - at, NULL);
        n = n ? n : 1;
        failed = tern_merger_add(m, at, n, tern_strmap_get(&t->vocabulary.plain, text + at, n));
    }
    if (!failed) failed = tern_merger_run(m, by_score, &x);
    enum tern_status s = TERN_OK;
    for (uint32_t i = 0; i != TERN_MERGE_NONE && !failed && !s; i = m->symbol[i].next) {
        const struct tern_symbol *y = &m->symbol[i];
        if (y->id >= 0) failed = tern_ids_push(ids, y->id);
        for (uint32_t b = 0; y->id < 0 && b < y->bytes && !s; b++)
            s = tern_ids_push_byte(ids, &t->vocabulary, (uint8_t)text[y->at + b], e);
    }
    return failed ? tern_fail(e, TERN_NO_MEMORY, "tokenizer: out of memory") : s;
}

static enum tern_status encode(const struct tern_tokenizer *t, const char *text, size_t bytes,
                               struct tern_ids *ids, struct tern_error *e) {
    struct tern_merger m = {0};
    const int visible = memmem(text, bytes, visible_space, 3) != NULL;
    char *spaced = visible ? malloc(bytes) : NULL;
    if (visible && !spaced) return tern_fail(e, TERN_NO_MEMORY, "tokenizer: out of memory");
    if (visible) bytes = spell(text, bytes, spaced);
    const enum tern_status s = merge_text(t, spaced ? spaced : text, bytes, &m, ids, e);
    tern_merger_free(&m);
    free(spaced);
    return s;
}

const struct tern_tokenizer_kind tern_tokenizer_spm = {.name = "llama",
                                                       .spelling = spell,
                                                       .bytes_first = 1,
                                                       .space_prefix = 1,
                                                       .load = load,
                                                       .unload = unload,
                                                       .encode = encode};
