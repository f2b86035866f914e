#include "vocabularies.h"

#include "base/file.h"
#include "base/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct small valid(void) {
    static const char *const two[] = {"a", "b"};
    return (struct small){.model = "gpt2", .pre = "gpt-2", .tokens = two, .n_tokens = 2};
}

static void refused(const struct small *s, const char *why) {
    struct tern_error e = {""};
    struct tern_tokenizer *t = NULL;
    cr_assert(eq(int, small_tokenizer(s, &t, &e), TERN_BAD_INPUT), "%s", e.text);
    cr_expect(ne(ptr, strstr(e.text, why), NULL), "'%s' should say '%s'", e.text, why);
    cr_expect(eq(ptr, strchr(e.text, '\n'), NULL), "one line");
}

Test(metadata, without_a_model_or_tokens_or_merges_are_refused) {
    struct small s = valid();
    refused(&s, "tokenizer.ggml.merges: missing");
    s.n_tokens = 0;
    refused(&s, "tokenizer.ggml.tokens: missing");
    s.model = NULL;
    refused(&s, "tokenizer.ggml.model: missing");
}

Test(metadata, with_a_merge_of_unknown_tokens_are_refused_with_its_number) {
    static const char *const merges[] = {"a b", "b a"};
    static const char *const three[] = {"a", "b", "ab"};
    struct small s = valid();
    s.tokens = three;
    s.n_tokens = 3;
    s.merges = merges;
    s.n_merges = 2;
    refused(&s, "merges[1]: 'b a': a part or the whole is not a token");
}

Test(metadata, with_a_merge_that_is_no_pair_are_refused) {
    static const char *const bad[] = {"ab", " ab", "a ", "", " ", "a b c", "a\n b", "\xff b"};
    struct small s = valid();
    s.n_merges = 1;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s.merges = &bad[i];
        refused(&s, "not two symbols");
    }
}

Test(metadata, with_token_types_that_do_not_fit_are_refused) {
    static const int32_t kinds[] = {1, 7, 1};
    struct small s = valid();
    s.kinds = kinds;
    s.n_kinds = 3;
    refused(&s, "3 entries for 2 tokens");
    s.n_kinds = 2;
    refused(&s, "token_type[1]: 7 is not a token type");
}

Test(metadata, with_a_score_that_is_no_number_are_refused) {
    const float scores[] = {0, NAN};
    struct small s = valid();
    s.model = "llama";
    s.scores = scores;
    s.n_scores = 2;
    refused(&s, "scores[1]: not a number");
}

Test(metadata, with_the_same_token_twice_give_the_lower_id) {
    static const char *const twice[] = {"b", "a", "a", "", ""};
    static const char *const merges[] = {"a a"};
    struct tern_error e = {""};
    struct tern_tokenizer *t = NULL;
    struct small s = valid();
    s.tokens = twice;
    s.n_tokens = 5;
    s.merges = merges;
    s.n_merges = 1;
    cr_assert(eq(int, small_tokenizer(&s, &t, &e), TERN_BAD_INPUT), "'aa' is no token");
    s.model = "llama";
    s.scores = (const float[]){0, 0, 0, 0, 0};
    s.n_scores = 5;
    s.no_space_prefix = 1;
    cr_assert(zero(int, small_tokenizer(&s, &t, &e)), "%s", e.text);
    char *got = ids_of(t, "aba", 3, 0);
    cr_expect(eq(str, got, (char *)"1 0 1"));
    free(got);
    tern_tokenizer_free(t);
}

Test(metadata, with_a_token_of_a_million_bytes_work) {
    enum { LONG = 1000000 };
    char *giant = malloc(LONG + 1);
    memset(giant, 'a', LONG);
    giant[LONG] = 0;
    for (int user = 0; user < 2; user++) {
        const char *const list[] = {"a", "b", giant};
        const int32_t kinds[] = {1, 1, user ? 4 : 1};
        struct tern_error e = {""};
        struct tern_tokenizer *t = NULL;
        const struct small s = {.model = "llama",
                                .tokens = list,
                                .n_tokens = 3,
                                .kinds = kinds,
                                .n_kinds = 3,
                                .scores = (const float[]){0, 0, 0},
                                .n_scores = 3,
                                .no_space_prefix = 1};
        cr_assert(zero(int, small_tokenizer(&s, &t, &e)), "%s", e.text);
        cr_expect(eq(int, comes_back(t, giant, LONG, 0), 1));
        char *got = ids_of(t, "aab", 3, 0);
        cr_expect(eq(str, got, (char *)"0 0 1"));
        free(got);
        tern_tokenizer_free(t);
    }
    free(giant);
}

Test(metadata, with_many_nested_specials_still_find_the_longest) {
    enum { N = 400 };
    static char texts[N][N + 1];
    const char *list[N];
    int32_t kinds[N];
    for (int i = 0; i < N; i++) {
        memset(texts[i], 'x', (size_t)i + 1);
        list[i] = texts[i];
        kinds[i] = 4;
    }
    struct tern_error e = {""};
    struct tern_tokenizer *t = NULL;
    const float scores[N] = {0};
    const struct small s = {.model = "llama",
                            .tokens = list,
                            .n_tokens = N,
                            .kinds = kinds,
                            .n_kinds = N,
                            .scores = scores,
                            .n_scores = N};
    cr_assert(zero(int, small_tokenizer(&s, &t, &e)), "%s", e.text);
    char text[N + 5];
    memset(text, 'x', sizeof text);
    char *got = ids_of(t, text, sizeof text, 0);
    cr_expect(eq(str, got, (char *)"399 4"));
    free(got);
    tern_tokenizer_free(t);
}

/* Loads these bytes as a file and, when that works, uses the tokenizer. Fails by a crash, by a refusal
 * without a text, or when decoding refuses what encoding gave. */
static void survive(const char *path, const char *bytes, size_t count, int round) {
    static const char text[] = "the river <|eot_id|> \xff don't 123";
    struct tern_error e = {""};
    struct tern_gguf *g = NULL;
    struct tern_tokenizer *t = NULL;
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(bytes, 1, count, f) == count && !fclose(f), "%s", path);
    enum tern_status s = tern_gguf_open(path, &g, &e);
    if (!s) s = tern_tokenizer_from_gguf(g, &t, &e);
    tern_gguf_close(g);
    cr_assert(s == TERN_OK || e.text[0], "round %d: failed without a word", round);
    if (s) return;
    char *ids = ids_of(t, text, sizeof text, round & 1);
    comes_back(t, text, sizeof text, round & 1);
    free(ids);
    tern_tokenizer_free(t);
}

static void survive_damage(const char *name) {
    struct tern_error e = {""};
    struct tern_random random = {.state = 7};
    char *source = data_path(name), *good = NULL;
    const char *folder = getenv("TMPDIR");
    char *path = tern_format_text("%s/tern-damaged-%ld.gguf", folder ? folder : "/tmp", (long)getpid());
    size_t bytes = 0;
    cr_assert(zero(int, tern_file_read(source, 1 << 20, &good, &bytes, &e)), "%s", e.text);
    char *bad = malloc(bytes);
    for (int round = 0; round < 600; round++) {
        memcpy(bad, good, bytes);
        for (uint32_t flips = 1 + tern_random_below(&random, 4); flips; flips--)
            bad[tern_random_below(&random, (uint32_t)bytes)] = (char)tern_random_next(&random);
        survive(path, bad, bytes, round);
    }
    unlink(path);
    free(bad);
    free(good);
    free(path);
    free(source);
}

Test(damaged_file, of_bpe_never_crashes_the_tokenizer) {
    survive_damage("micro-bpe.vocab.gguf");
}

Test(damaged_file, of_sentencepiece_never_crashes_the_tokenizer) {
    survive_damage("micro-spm.vocab.gguf");
}
