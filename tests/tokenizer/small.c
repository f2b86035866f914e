#include "vocabularies.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(x) (sizeof(x) / sizeof *(x))
enum { NORMAL = 1, UNKNOWN, CONTROL, USER, UNUSED, BYTE };

/* "a b c aa ab bc abc", a space, and the merges below. */
static const char *const tokens[] = {"a",   "b",        "c",     "aa",     "ab", "bc",
                                     "abc", "\xc4\xa0", "<|e|>", "<|e|>>", "[u]"};
static const int32_t kinds[] = {NORMAL, NORMAL, NORMAL,  NORMAL,  NORMAL, NORMAL,
                                NORMAL, NORMAL, CONTROL, CONTROL, USER};
static const char *const merges[] = {"b c", "a a", "a b"};

static struct small bpe(void) {
    return (struct small){.model = "gpt2",
                          .pre = "gpt-2",
                          .tokens = tokens,
                          .n_tokens = COUNT(tokens),
                          .kinds = kinds,
                          .n_kinds = COUNT(kinds),
                          .merges = merges,
                          .n_merges = COUNT(merges)};
}

static struct tern_tokenizer *made(const struct small *s) {
    struct tern_error e = {""};
    struct tern_tokenizer *t = NULL;
    cr_assert(zero(int, small_tokenizer(s, &t, &e)), "%s", e.text);
    return t;
}

static void gives(const struct small *s, const char *text, int special, const char *expected) {
    struct tern_tokenizer *t = made(s);
    char *got = ids_of(t, text, strlen(text), special);
    cr_expect(eq(str, got, (char *)expected), "of '%s'", text);
    free(got);
    tern_tokenizer_free(t);
}

static void refused(const struct small *s, enum tern_status expected, const char *word) {
    struct tern_error e = {""};
    struct tern_tokenizer *t = NULL;
    cr_assert(eq(int, small_tokenizer(s, &t, &e), expected), "%s", e.text);
    cr_expect(eq(ptr, t, NULL));
    cr_expect(ne(ptr, strstr(e.text, word), NULL), "'%s' should say '%s'", e.text, word);
}

Test(bpe, merges_by_rank_and_not_from_left_to_right) {
    const struct small s = bpe();
    gives(&s, "abc", 0, "0 5");
}

Test(bpe, merges_the_leftmost_of_equal_pairs) {
    const struct small s = bpe();
    gives(&s, "aaa", 0, "3 0");
}

Test(bpe, takes_a_whole_word_before_merging_where_the_rule_says_so) {
    struct small s = bpe();
    s.pre = "llama-bpe";
    gives(&s, "abc", 0, "6");
}

Test(bpe, without_a_rule_name_cuts_like_gpt_2) {
    struct small s = bpe();
    s.pre = NULL;
    gives(&s, "abc", 0, "0 5");
}

Test(bpe, without_a_rule_name_but_with_the_marks_of_llama_3_cuts_like_it) {
    const char *with_begin[] = {"a",     "b",  "c", "aa", "ab", "bc", "abc", "\xc4\xa0", "<|begin_of_text|>",
                                "<|e|>", "[u]"};
    struct small s = bpe();
    s.pre = NULL;
    s.tokens = with_begin;
    gives(&s, "abc", 0, "6");
}

Test(bpe, of_an_unknown_rule_is_refused_by_name) {
    struct small s = bpe();
    s.pre = "tekken";
    refused(&s, TERN_UNSUPPORTED, "'tekken'");
}

Test(tokenizer, of_an_unknown_kind_is_refused_by_name) {
    struct small s = bpe();
    s.model = "bert";
    refused(&s, TERN_UNSUPPORTED, "'bert'");
}

Test(specials, are_found_only_when_asked_for) {
    struct small s = bpe();
    const char *letters[] = {"<", "|", "e", ">", "a", "b", "c", "d", "<|e|>", "f", "g"};
    s.tokens = letters;
    s.n_merges = 1;
    s.merges = (const char *const[]){"a b"};
    refused(&s, TERN_BAD_INPUT, "merges[0]");
    letters[7] = "ab";
    gives(&s, "ab<|e|>c", 0, "7 0 1 2 1 3 6");
    gives(&s, "ab<|e|>c", 1, "7 8 6");
}

Test(specials, take_the_longest_at_the_leftmost_place) {
    const struct small s = bpe();
    gives(&s, "a<|e|>>b<|e|>", 1, "0 9 1 8");
}

Test(specials, of_the_user_are_found_in_any_case) {
    const struct small s = bpe();
    gives(&s, "a[u]b", 0, "0 10 1");
}

Test(specials, cannot_be_reached_by_merging_or_as_a_whole_word) {
    int32_t control[COUNT(kinds)];
    memcpy(control, kinds, sizeof kinds);
    control[6] = CONTROL; /* "abc" */
    struct small s = bpe();
    s.pre = "llama-bpe";
    s.kinds = control;
    gives(&s, "abc", 0, "0 5");
    gives(&s, "abc", 1, "6");
}

Test(bpe, refuses_a_byte_that_has_no_token_and_names_it) {
    const struct small s = bpe();
    gives(&s, "az", 0, "[tokenizer: text: the vocabulary has no token for byte 0x7a]");
}

Test(bpe, gives_the_unknown_token_for_such_a_byte_where_there_is_one) {
    struct small s = bpe();
    s.unknown = 8;
    gives(&s, "az", 0, "0 8");
}

Test(bpe, without_token_types_takes_all_as_normal) {
    struct small s = bpe();
    s.n_kinds = 0;
    gives(&s, "[u]", 0, "[tokenizer: text: the vocabulary has no token for byte 0x5b]");
}

Test(bpe, uses_byte_tokens_for_bytes_that_have_no_plain_one) {
    int32_t with_byte[COUNT(kinds)];
    memcpy(with_byte, kinds, sizeof kinds);
    with_byte[10] = BYTE;
    const char *names[COUNT(tokens)];
    memcpy(names, tokens, sizeof tokens);
    names[10] = "<0xFF>";
    struct small s = bpe();
    s.tokens = names;
    s.kinds = with_byte;
    gives(&s, "a\xff", 0, "0 10");
}

Test(tokenizer, gives_no_ids_for_an_empty_text) {
    const struct small s = bpe();
    gives(&s, "", 0, "");
}

Test(tokens, of_control_have_a_text_only_when_asked_for) {
    const struct small s = bpe();
    struct tern_tokenizer *t = made(&s);
    size_t bytes = 99;
    cr_expect(ne(ptr, (void *)tern_token_bytes(t, 8, 0, &bytes), NULL));
    cr_expect(eq(sz, bytes, 0));
    tern_token_bytes(t, 8, 1, &bytes);
    cr_expect(eq(sz, bytes, 5));
    tern_tokenizer_free(t);
}

Test(tokens, outside_the_vocabulary_have_no_bytes_and_no_text) {
    const struct small s = bpe();
    struct tern_tokenizer *t = made(&s);
    struct tern_error e = {""};
    size_t bytes;
    char *text;
    const int32_t bad[] = {0, 11};
    cr_expect(ne(ptr, (void *)tern_token_bytes(t, 10, 1, &bytes), NULL));
    cr_expect(eq(ptr, (void *)tern_token_bytes(t, -1, 1, &bytes), NULL));
    cr_expect(eq(ptr, (void *)tern_token_bytes(t, 11, 1, &bytes), NULL));
    cr_expect(eq(int, tern_detokenize(t, bad, 2, 1, &text, &bytes, &e), TERN_BAD_INPUT));
    cr_expect(ne(ptr, strstr(e.text, "id 11"), NULL), "%s", e.text);
    tern_tokenizer_free(t);
}

/* SentencePiece: unknown, two bytes, letters and words. */
#define SP "\xe2\x96\x81"
static const char *const pieces[] = {"<unk>", "<0xE2>", "<0x96>", "<0x81>", SP,    "a",   "b",
                                     "c",     "ab",     "bc",     SP "a",   SP SP, "</s>"};
static const int32_t piece_kinds[] = {UNKNOWN, BYTE,   BYTE,   BYTE,   NORMAL, NORMAL, NORMAL,
                                      NORMAL,  NORMAL, NORMAL, NORMAL, NORMAL, CONTROL};
static const float scores[] = {0, 0, 0, 0, -9, -9, -9, -9, -2, -1, -3, -4, 0};

static struct small spm(void) {
    return (struct small){.model = "llama",
                          .pre = "default",
                          .tokens = pieces,
                          .n_tokens = COUNT(pieces),
                          .kinds = piece_kinds,
                          .n_kinds = COUNT(piece_kinds),
                          .scores = scores,
                          .n_scores = COUNT(scores)};
}

Test(spm, merges_the_highest_score_first_and_puts_a_space_before_the_text) {
    const struct small s = spm();
    gives(&s, "abc", 0, "10 9");
}

Test(spm, puts_no_space_before_the_text_where_the_file_says_so) {
    struct small s = spm();
    s.no_space_prefix = 1;
    gives(&s, "abc", 0, "5 9");
}

Test(spm, puts_a_space_after_a_control_token_too) {
    const struct small s = spm();
    gives(&s, "a</s>a", 1, "10 12 10");
}

Test(spm, falls_back_to_bytes_and_then_to_the_unknown_token) {
    struct small s = spm();
    gives(&s, "z", 0, "[tokenizer: text: the vocabulary has no token for byte 0x7a]");
    s.unknown = 12;
    gives(&s, "z", 0, "4 12");
}

Test(spm, takes_the_visible_space_of_a_text_for_a_space) {
    const struct small s = spm();
    struct tern_tokenizer *t = made(&s);
    char *visible = ids_of(t, "a" SP "b", 5, 0), *plain = ids_of(t, "a b", 3, 0);
    cr_expect(eq(str, visible, plain));
    free(visible);
    free(plain);
    tern_tokenizer_free(t);
}

Test(spm, decodes_to_the_text_without_the_space_it_added) {
    const struct small s = spm();
    struct tern_tokenizer *t = made(&s);
    cr_expect(eq(int, comes_back(t, "  a b</s> c</s>", 15, 1), 1));
    tern_tokenizer_free(t);
}

Test(spm, needs_one_score_for_every_token) {
    struct small s = spm();
    s.n_scores--;
    refused(&s, TERN_BAD_INPUT, "12 scores for 13 tokens");
    s.n_scores = 0;
    refused(&s, TERN_BAD_INPUT, "tokenizer.ggml.scores: missing");
}

Test(tokenizer, of_a_synthetic_model_is_the_256_bytes) {
    const struct tern_model m = {.hp = {.vocab = 256}, .source = "synth:x"};
    struct tern_error e = {""};
    struct tern_tokenizer *t = NULL;
    cr_assert(zero(int, tern_tokenizer_new(&m, &t, &e)), "%s", e.text);
    char *got = ids_of(t, "a\xff\n", 3, 1);
    cr_expect(eq(str, got, (char *)"97 255 10"));
    cr_expect(eq(int, comes_back(t, "a\xff\0z", 4, 0), 1));
    free(got);
    tern_tokenizer_free(t);
}

Test(tokenizer, with_more_tokens_than_the_model_has_rows_is_refused) {
    const struct tern_model m = {.hp = {.vocab = 255}, .source = "synth:x"};
    struct tern_error e = {""};
    struct tern_tokenizer *t = NULL;
    cr_assert(eq(int, tern_tokenizer_new(&m, &t, &e), TERN_BAD_INPUT));
    cr_expect(ne(ptr, strstr(e.text, "255 rows"), NULL), "%s", e.text);
}
