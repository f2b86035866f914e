/* Byte-level BPE: cut into words, then merge the bytes of each word by the ranks of the merges.
 *
 * Works on token ids: every part of a merge must be a token, so a pair of ids decides. */
#include "models/tokenizer/bytes_unicode.h"
#include "models/tokenizer/kinds.h"
#include "models/tokenizer/merge.h"
#include "models/tokenizer/pretokenize.h"

#include <stdlib.h>
#include <string.h>

struct pair {
    int32_t left, right;
};

struct bpe {
    struct tern_pretokenizer *words;
    struct pair *pair; /* by rank; the keys of `rank` */
    int32_t *merged;
    size_t merges;
    int whole_words; /* a whole word that is a token is taken as it is */
    struct tern_strmap rank;
};

static int32_t plain(const struct tern_tokenizer *t, const char *bytes, size_t count) {
    return tern_strmap_get(&t->vocabulary.plain, bytes, count);
}

/* Merge `i`, "left right" in the byte alphabet; `scratch` has room for its bytes. */
static enum tern_status load_merge(const struct tern_gguf *g, struct tern_tokenizer *t, size_t i,
                                   struct tern_gguf_string s, char *scratch, struct tern_error *e) {
    struct bpe *b = t->own;
    const char *space = s.bytes ? memchr(s.data, ' ', s.bytes) : NULL,
               *why = "not two symbols with a space between";
    char shown[48];
    if (!space) goto bad;
    const size_t cut = (size_t)(space - s.data);
    const size_t left = tern_bytes_from_unicode(s.data, cut, scratch);
    if (left == 0 || left == SIZE_MAX) goto bad;
    const size_t right = tern_bytes_from_unicode(space + 1, s.bytes - cut - 1, scratch + left);
    if (right == 0 || right == SIZE_MAX) goto bad;
    why = "a part or the whole is not a token";
    b->pair[i] = (struct pair){plain(t, scratch, left), plain(t, scratch + left, right)};
    b->merged[i] = plain(t, scratch, left + right);
    if (b->pair[i].left < 0 || b->pair[i].right < 0 || b->merged[i] < 0) goto bad;
    tern_strmap_put(&b->rank, &b->pair[i], sizeof b->pair[i],
                    (int32_t)i); /* of equal ones the first rank counts */
    return TERN_OK;
bad:
    return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: tokenizer.ggml.merges[%zu]: '%s': %s",
                     tern_gguf_path(g), i, tern_gguf_printable(s, shown, sizeof shown), why);
}

static enum tern_status load_merges(const struct tern_gguf *g, struct tern_tokenizer *t,
                                    struct tern_error *e) {
    const char *key = "tokenizer.ggml.merges", *path = tern_gguf_path(g);
    struct bpe *b = t->own;
    if (!tern_gguf_find(g, key)) return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: missing", path, key);
    struct tern_gguf_string *text = NULL;
    char *scratch = NULL;
    enum tern_status s = TERN_OK;
    if (!tern_gguf_strings(g, key, &text, &b->merges))
        return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: not an array of strings", path, key);
    if (b->merges > INT32_MAX) {
        s = tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: %zu merges", path, key, b->merges);
        goto done;
    }
    size_t longest = 1;
    for (size_t i = 0; i < b->merges; i++) longest = text[i].bytes > longest ? text[i].bytes : longest;
    b->pair = calloc(b->merges + 1, sizeof *b->pair);
    b->merged = calloc(b->merges + 1, sizeof *b->merged);
    scratch = malloc(longest);
    if (!b->pair || !b->merged || !scratch || tern_strmap_init(&b->rank, b->merges))
        s = tern_fail(e, TERN_NO_MEMORY, "tokenizer: %s: out of memory", path);
    for (size_t i = 0; i < b->merges && !s; i++) s = load_merge(g, t, i, text[i], scratch, e);
done:
    free(scratch);
    free(text);
    return s;
}

/* BitNet b1.58 2B-4T files have the Llama 3 vocabulary but do not say which rule cuts the words. */
static int looks_like_llama3(const struct tern_vocabulary *v) {
    static const char begin[] = "<|begin_of_text|>";
    if (v->count == 128256) return 1;
    for (size_t i = 0; i < v->count; i++)
        if (v->token[i].count == sizeof begin - 1 && !memcmp(v->token[i].bytes, begin, sizeof begin - 1))
            return 1;
    return 0;
}

static void unload(struct tern_tokenizer *t) {
    struct bpe *b = t->own;
    if (!b) return;
    tern_pretokenizer_free(b->words);
    tern_strmap_free(&b->rank);
    free(b->pair);
    free(b->merged);
    free(b);
}

static enum tern_status load(const struct tern_gguf *g, struct tern_tokenizer *t, struct tern_error *e) {
    struct bpe *b = t->own = calloc(1, sizeof *b);
    if (!b) return tern_fail(e, TERN_NO_MEMORY, "tokenizer: %s: out of memory", tern_gguf_path(g));
    struct tern_gguf_string rule = {"gpt-2", 5};
    if (looks_like_llama3(&t->vocabulary)) rule = (struct tern_gguf_string){"llama-bpe", 9};
    if (tern_gguf_find(g, "tokenizer.ggml.pre") && !tern_gguf_text(g, "tokenizer.ggml.pre", &rule))
        return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: tokenizer.ggml.pre: not a text",
                         tern_gguf_path(g));
    const enum tern_status s = tern_pretokenizer_new(rule.data, rule.bytes, &b->words, e);
    if (s) return s;
    b->whole_words = tern_pretokenizer_whole_words(b->words);
    tern_gguf_bool(g, TERN_KEY_WHOLE_WORDS, &b->whole_words);
    return load_merges(g, t, e);
}

static int32_t by_rank(const void *ctx, const struct tern_symbol *left, const struct tern_symbol *right,
                       uint32_t *rank) {
    const struct bpe *b = ctx;
    const struct pair key = {left->id, right->id};
    const int32_t i = tern_strmap_get(&b->rank, &key, sizeof key);
    if (i < 0) return -1;
    *rank = (uint32_t)i;
    return b->merged[i];
}

static enum tern_status merge_word(const struct tern_tokenizer *t, const char *word, size_t bytes,
                                   struct tern_merger *m, struct tern_ids *ids, struct tern_error *e) {
    int failed = 0;
    tern_merger_clear(m);
    for (size_t i = 0; i < bytes && !failed; i++)
        failed = tern_merger_add(m, i, 1, t->vocabulary.byte_token[(uint8_t)word[i]]);
    if (!failed) failed = tern_merger_run(m, by_rank, t->own);
    enum tern_status s = TERN_OK;
    for (uint32_t i = 0; i != TERN_MERGE_NONE && !failed && !s; i = m->symbol[i].next) {
        const struct tern_symbol *y = &m->symbol[i];
        if (y->id >= 0)
            failed = tern_ids_push(ids, y->id);
        else
            s = tern_ids_push_byte(ids, &t->vocabulary, (uint8_t)word[y->at], e);
    }
    return failed ? tern_fail(e, TERN_NO_MEMORY, "tokenizer: out of memory") : s;
}

static enum tern_status encode(const struct tern_tokenizer *t, const char *text, size_t bytes,
                               struct tern_ids *ids, struct tern_error *e) {
    const struct bpe *b = t->own;
    size_t *end = NULL, words = 0;
    enum tern_status s = tern_pretokenize(b->words, text, bytes, &end, &words, e);
    struct tern_merger m = {0};
    for (size_t i = 0, from = 0; i < words && !s; from = end[i++]) {
        const size_t n = end[i] - from;
        const int32_t whole = b->whole_words ? plain(t, text + from, n) : -1;
        if (whole < 0)
            s = merge_word(t, text + from, n, &m, ids, e);
        else if (tern_ids_push(ids, whole))
            s = tern_fail(e, TERN_NO_MEMORY, "tokenizer: out of memory");
    }
    tern_merger_free(&m);
    free(end);
    return s;
}

const struct tern_tokenizer_kind tern_tokenizer_bpe = {
    .name = "gpt2", .spelling = tern_bytes_from_unicode, .load = load, .unload = unload, .encode = encode};
