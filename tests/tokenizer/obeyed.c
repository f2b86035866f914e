/* What a checkpoint says about its tokenizer beyond the vocabulary: normalizer, added tokens, the space before a text,
 * the tokens around it. Expected ids follow from the definitions of Hugging Face tokenizers. */
#define _GNU_SOURCE
#include "models/gguf/gguf.h"
#include "models/gguf/metadata.h"
#include "models/tokenizer/tokenizer.h"
#include "vocabularies.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(x) (sizeof(x) / sizeof *(x))
enum { NORMAL = 1, CONTROL = 3, USER = 4 };

/* Ids 0 to 9; 4 is a space, 5 the two bytes of a composed e with acute, 6 and 7 those bytes alone. */
static const char *const tokens[] = {"a",        "b",        "A",   "e", "\xc4\xa0", "\xc3\x83\xc2\xa9",
                                     "\xc3\x83", "\xc2\xa9", "<m>", "w"};
static const int32_t kinds[] = {NORMAL, NORMAL, NORMAL, NORMAL, NORMAL, NORMAL, NORMAL, NORMAL, USER, NORMAL};

struct extra {
    const char *normalizer[8]; /* ends with NULL */
    int32_t added[2];          /* token and flags; flags 0: none */
    int32_t before[2], after[2];
    int befores, afters, prefix, first, whole_words;
};

static struct tern_tokenizer *with(const struct extra *x) {
    char path[] = "/tmp/tern-obeyed-XXXXXX";
    struct tern_gguf_writer *w;
    struct tern_gguf *g;
    struct tern_tokenizer *t;
    struct tern_error e = {""};
    struct tern_gguf_string list[16], step[8];
    const struct tern_gguf_string merge = {"\xc3\x83 \xc2\xa9", 5};
    size_t steps = 0;
    close(mkstemp(path));
    for (size_t i = 0; i < COUNT(tokens); i++)
        list[i] = (struct tern_gguf_string){tokens[i], strlen(tokens[i])};
    for (; steps < 8 && x->normalizer[steps]; steps++)
        step[steps] = (struct tern_gguf_string){x->normalizer[steps], strlen(x->normalizer[steps])};
    cr_assert(!tern_gguf_create(path, &w, &e) && !tern_gguf_put_text(w, "tokenizer.ggml.model", "gpt2") &&
              !tern_gguf_put_text(w, "tokenizer.ggml.pre", "gpt-2") &&
              !tern_gguf_put_strings(w, "tokenizer.ggml.tokens", list, COUNT(tokens)) &&
              !tern_gguf_put_i32s(w, "tokenizer.ggml.token_type", kinds, COUNT(kinds)) &&
              !tern_gguf_put_strings(w, "tokenizer.ggml.merges", &merge, 1));
    if (steps) cr_assert(!tern_gguf_put_strings(w, TERN_KEY_NORMALIZER, step, steps));
    if (x->added[1]) cr_assert(!tern_gguf_put_i32s(w, TERN_KEY_ADDED, x->added, 2));
    if (x->befores) cr_assert(!tern_gguf_put_i32s(w, TERN_KEY_BEFORE, x->before, (size_t)x->befores));
    if (x->afters) cr_assert(!tern_gguf_put_i32s(w, TERN_KEY_AFTER, x->after, (size_t)x->afters));
    if (x->prefix) cr_assert(!tern_gguf_put_bool(w, "tokenizer.ggml.add_space_prefix", 1));
    if (x->first) cr_assert(!tern_gguf_put_bool(w, TERN_KEY_PREFIX_FIRST, 1));
    cr_assert(!tern_gguf_finish(w, &e) && !tern_gguf_open(path, &g, &e), "%s", e.text);
    cr_assert(!tern_tokenizer_from_gguf(g, &t, &e), "%s", e.text);
    tern_gguf_close(g);
    unlink(path);
    return t;
}

static void gives(const struct extra *x, const char *text, const char *expected) {
    struct tern_tokenizer *t = with(x);
    char *got = ids_of(t, text, strlen(text), 0);
    cr_expect_str_eq(got, expected, "of '%s': %s", text, got);
    free(got);
    tern_tokenizer_free(t);
}

Test(normalizer, composes_and_decomposes) {
    gives(&(struct extra){.normalizer = {"nfc"}}, "e\xcc\x81", "5");
    gives(&(struct extra){.normalizer = {"nfkc"}}, "\xef\xbd\x81", "0"); /* a full-width a */
}

Test(normalizer, changes_letters_texts_and_ends_in_its_order) {
    gives(&(struct extra){.normalizer = {"lowercase"}}, "AaB", "0 0 1");
    gives(&(struct extra){.normalizer = {"replace", "aa", "b"}}, "aaa", "1 0");
    gives(&(struct extra){.normalizer = {"replace", "b", "a", "prepend", "w"}}, "b", "9 0");
    gives(&(struct extra){.normalizer = {"prepend", "w", "replace", "w", "b"}}, "a", "1 0");
    gives(&(struct extra){.normalizer = {"strip-left", "strip-right"}},
          " \xe3\x80\x80"
          "a ",
          "0");
    gives(&(struct extra){.normalizer = {"prepend", "w"}}, "", "");
}

Test(normalizer, works_on_each_stretch_between_added_tokens) {
    gives(&(struct extra){.normalizer = {"prepend", "w"}}, "a<m>b", "9 0 8 9 1");
    /* A token that is looked for later is normalized as the text is. */
    gives(&(struct extra){.normalizer = {"replace", "m", "M"}, .added = {8, TERN_ADDED_NORMALIZED}}, "a<m>b",
          "0 8 1");
}

Test(added_tokens, take_the_white_space_beside_them) {
    gives(&(struct extra){0}, "a <m> b", "0 4 8 4 1");
    gives(&(struct extra){.added = {8, TERN_ADDED_LSTRIP}}, "a <m> b", "0 8 4 1");
    gives(&(struct extra){.added = {8, TERN_ADDED_RSTRIP}}, "a <m>  b", "0 4 8 1");
    gives(&(struct extra){.added = {8, TERN_ADDED_LSTRIP | TERN_ADDED_RSTRIP}}, "<m> <m>", "8 8");
}

Test(added_tokens, may_have_to_stand_alone) {
    const struct extra x = {.added = {8, TERN_ADDED_SINGLE}};
    struct tern_tokenizer *t = with(&x);
    char *alone = ids_of(t, " <m> ", 5, 0), *joined = ids_of(t, "a<m>", 4, 0);
    cr_expect_str_eq(alone, "4 8 4");
    cr_expect(strstr(joined, "8") == NULL, "%s", joined);
    free(alone);
    free(joined);
    tern_tokenizer_free(t);
}

Test(space_prefix, goes_before_a_text_unless_a_space_is_there) {
    gives(&(struct extra){.prefix = 1}, "a", "4 0");
    gives(&(struct extra){.prefix = 1}, " a", "4 0");
    gives(&(struct extra){.prefix = 1}, "a<m>b", "4 0 8 4 1");
    gives(&(struct extra){.prefix = 1, .first = 1}, "a<m>b", "4 0 8 1");
    gives(&(struct extra){0}, "a", "0");
}

Test(around, tokens_before_and_after_a_text_are_those_of_the_file) {
    const struct extra x = {.before = {8, 9}, .befores = 2, .after = {3}, .afters = 1};
    struct tern_tokenizer *t = with(&x);
    struct tern_token_list before, after;
    tern_tokens_around(t, &before, &after);
    cr_assert(before.count == 2 && before.id[0] == 8 && before.id[1] == 9);
    cr_assert(after.count == 1 && after.id[0] == 3);
    tern_tokenizer_free(t);
}
