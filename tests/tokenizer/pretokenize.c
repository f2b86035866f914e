#include "models/tokenizer/pretokenize.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

/* The words of a text with '|' between them, heap. */
static char *words(const char *rule, const char *text, size_t bytes) {
    struct tern_error e = {""};
    struct tern_pretokenizer *p = NULL;
    size_t *end = NULL, count = 0;
    cr_assert(zero(int, tern_pretokenizer_new(rule, strlen(rule), &p, &e)), "%s", e.text);
    cr_assert(zero(int, tern_pretokenize(p, text, bytes, &end, &count, &e)), "%s", e.text);
    char *out = calloc(2 * bytes + 1, 1);
    for (size_t i = 0, at = 0, n = 0; i < count; i++) {
        if (i) out[n++] = '|';
        while (at < end[i]) out[n++] = text[at++];
    }
    free(end);
    tern_pretokenizer_free(p);
    return out;
}

static void cuts(const char *rule, const char *text, const char *expected) {
    char *got = words(rule, text, strlen(text));
    cr_expect(eq(str, got, (char *)expected), "%s", rule);
    free(got);
}

Test(pretokenize, llama_3_takes_up_to_three_digits_and_folds_contractions) {
    cuts("llama-bpe", "I'M 12345 WE'll", "I|'M| |123|45| WE|'ll");
}

Test(pretokenize, falcon_3_cuts_like_llama_3) {
    cuts("falcon3", "I'M 12345", "I|'M| |123|45");
}

Test(pretokenize, qwen_2_takes_digits_one_by_one) {
    cuts("qwen2", "I'M 123", "I|'M| |1|2|3");
}

Test(pretokenize, gpt_2_keeps_numbers_whole_and_knows_small_contractions_only) {
    cuts("gpt-2", "I'm 12345 I'M", "I|'m| 12345| I|'|M");
}

Test(pretokenize, falcon_puts_punctuation_apart_first_and_digits_in_threes) {
    cuts("falcon", "a $5!? 12345", "a| |$|5|!?| |123|45");
}

Test(pretokenize, the_default_rule_treats_a_backtick_as_no_punctuation) {
    cuts("default", "(`x`)", "(|`|x|`|)");
    cuts("default", "!`", "!|`");
    cuts("falcon", "!`", "!`");
}

Test(pretokenize, deepseek_cuts_at_every_newline_letter_script_and_digit) {
    cuts("deepseek-llm", "one\n\n22 \xd0\xb4\xd0\xb0 \xe4\xbd\xa0\xe5\xa5\xbd",
         "one|\n|\n|2|2| \xd0\xb4\xd0\xb0| |\xe4\xbd\xa0\xe5\xa5\xbd");
}

Test(pretokenize, the_last_space_of_a_run_goes_with_the_word_after_it) {
    cuts("llama-bpe", "a   b", "a|  | b");
    cuts("gpt-2", "a   b", "a|  | b");
}

Test(pretokenize, newlines_take_the_spaces_before_them_in_llama_3) {
    cuts("llama-bpe", "a  \n\n  b", "a|  \n\n| | b");
}

Test(pretokenize, the_mongolian_vowel_separator_is_no_space) {
    cuts("gpt-2", "a \xe1\xa0\x8e", "a| \xe1\xa0\x8e");
}

Test(pretokenize, every_byte_outside_utf_8_is_a_word) {
    cuts("gpt-2",
         "ab\xff\xfe"
         "cd",
         "ab|\xff|\xfe|cd");
}

Test(pretokenize, an_empty_text_has_no_words) {
    cuts("llama-bpe", "", "");
}

Test(pretokenize, a_rule_that_is_not_known_is_refused_by_name) {
    struct tern_error e = {""};
    struct tern_pretokenizer *p = NULL;
    cr_assert(eq(int, tern_pretokenizer_new("tekken", 6, &p, &e), TERN_UNSUPPORTED));
    cr_expect(ne(ptr, strstr(e.text, "'tekken'"), NULL));
    cr_expect(ne(ptr, strstr(e.text, "deepseek-llm"), NULL), "all known names are listed: %s", e.text);
}

/* A million characters of one kind, then another: the runs that cost the square of their length in a careless
 * rule. */
Test(pretokenize, long_runs_of_one_character_are_cut_in_every_rule, .timeout = 60) {
    static const char *const rules[] = {"llama-bpe", "qwen2", "gpt-2", "falcon", "default", "deepseek-llm"};
    static const char runs[] = " \na1.\t";
    enum { LONG = 1000000 };
    char *text = malloc(LONG + 1);
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
        for (size_t c = 0; c < sizeof runs - 1; c++) {
            memset(text, runs[c], LONG);
            text[LONG] = '7';
            char *got = words(rules[r], text, LONG + 1);
            cr_expect(ge(sz, strlen(got), LONG + 1));
            free(got);
        }
    free(text);
}
