#include "reports/data/text.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

typedef void escape_fn(struct tern_text *t, const char *s);

static void expect(escape_fn *escape, const char *in, const char *out) {
    struct tern_text t = {0};
    tern_text_put(&t, "");
    escape(&t, in);
    cr_assert(eq(str, t.data, (char *)out));
    tern_text_free(&t);
}

Test(text, html_leaves_no_markup) {
    expect(tern_text_html, "<b a=\"1\" c='2'>&amp;", "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
}

Test(text, html_keeps_letters_of_every_script) {
    expect(tern_text_html, "\xc3\x97 \xe2\x89\xa4 \xf0\x9f\x90\xa6",
           "\xc3\x97 \xe2\x89\xa4 \xf0\x9f\x90\xa6");
}

Test(text, malformed_utf8_and_control_characters_become_replacement_characters) {
    expect(tern_text_html,
           "a\x01"
           "b\xff"
           "c\xc0\xaf"
           "d",
           "a\xef\xbf\xbd"
           "b\xef\xbf\xbd"
           "c\xef\xbf\xbd\xef\xbf\xbd"
           "d");
}

Test(text, a_cut_character_at_the_end_reads_nothing_beyond_the_string) {
    expect(tern_text_html, "a\xe2\x89", "a\xef\xbf\xbd\xef\xbf\xbd");
}

Test(text, marks_that_reverse_the_text_are_shown_not_obeyed) {
    expect(tern_text_html,
           "a\xe2\x80\xae"
           "b",
           "a\xef\xbf\xbd"
           "b");
}

Test(text, markdown_cells_cannot_be_left) {
    expect(tern_text_markdown, "a|b`c`*d*[e](f)<i>\n", "a\\|b\\`c\\`\\*d\\*\\[e\\](f)&lt;i&gt;\xef\xbf\xbd");
}

Test(text, csv_fields_double_their_quotes_and_are_never_formulas) {
    expect(tern_text_csv, "a\"b,c", "\"a\"\"b,c\"");
    expect(tern_text_csv, "=1+1", "\"'=1+1\"");
    expect(tern_text_csv, "-", "\"-\"");
    expect(tern_text_csv, "", "");
}

Test(text, shell_words_are_one_word_whatever_they_hold) {
    expect(tern_text_shell, "a/b-1.gguf", "a/b-1.gguf");
    expect(tern_text_shell, "$(rm x); 'y'", "'$(rm x); '\\''y'\\'''");
    expect(tern_text_shell, "", "''");
}

Test(text, labels_hold_nothing_that_gnuplot_would_interpret) {
    expect(tern_text_label, "gemv_p64__avx2 `x` '$1' \"\\n\" {/a} <&> \xc3\xa4\t#",
           "gemv_p64__avx2 ?x? ??1? ??n? ?/a? ??? ????");
}

Test(text, grows_over_many_pieces) {
    struct tern_text t = {0};
    for (int i = 0; i < 5000; i++) tern_text_printf(&t, "%d,", i % 10);
    cr_assert(eq(sz, t.used, 10000));
    cr_assert(eq(sz, strlen(t.data), 10000));
    tern_text_free(&t);
}
