#include "base/utf8.h"
#include "models/tokenizer/bytes_unicode.h"
#include "models/tokenizer/strmap.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

Test(byte_alphabet, gives_every_byte_a_character_and_takes_it_back) {
    for (int b = 0; b < 256; b++)
        cr_assert(eq(int, tern_unicode_to_byte(tern_byte_to_unicode((uint8_t)b)), b));
}

Test(byte_alphabet, is_the_one_of_gpt_2) {
    cr_expect(eq(u32, tern_byte_to_unicode(0), 0x100));
    cr_expect(eq(u32, tern_byte_to_unicode('\n'), 0x10a));
    cr_expect(eq(u32, tern_byte_to_unicode(' '), 0x120));
    cr_expect(eq(u32, tern_byte_to_unicode('!'), '!'));
    cr_expect(eq(u32, tern_byte_to_unicode('~'), '~'));
    cr_expect(eq(u32, tern_byte_to_unicode(0x7f), 0x121));
    cr_expect(eq(u32, tern_byte_to_unicode(0xa0), 0x142));
    cr_expect(eq(u32, tern_byte_to_unicode(0xad), 0x143));
    cr_expect(eq(u32, tern_byte_to_unicode(0xff), 0xff));
}

Test(byte_alphabet, has_256_characters) {
    int members = 0;
    for (uint32_t c = 0; c < 0x10000; c++) members += tern_unicode_to_byte(c) >= 0;
    cr_assert(eq(int, members, 256));
}

Test(byte_alphabet, refuses_a_text_with_other_characters) {
    char out[8];
    cr_expect(eq(sz, tern_bytes_from_unicode("\xc4\xa0t", 3, out), 2));
    cr_expect(eq(sz, tern_bytes_from_unicode("a b", 3, out), SIZE_MAX));
    cr_expect(eq(sz, tern_bytes_from_unicode("\xe2\x96\x81", 3, out), SIZE_MAX));
    cr_expect(eq(sz, tern_bytes_from_unicode("\xff", 1, out), SIZE_MAX));
}

Test(utf8, accepts_the_first_and_last_character_of_every_length) {
    static const char *const edge[] = {
        "\x01",         "\x7f",         "\xc2\x80",         "\xdf\xbf",
        "\xe0\xa0\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < 8; i++)
        cr_expect(eq(sz, tern_utf8_next(edge[i], strlen(edge[i]), NULL), i / 2 + 1));
}

Test(utf8, refuses_overlong_forms_surrogates_and_what_is_cut_or_too_large) {
    static const char *const bad[] = {
        "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf",     "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xe2\x82", "\x80",     "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",         "\xe2(\xa1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(eq(sz, tern_utf8_next(bad[i], strlen(bad[i]), NULL), 0), "case %zu", i);
}

Test(string_map, finds_each_of_many_keys_and_no_other) {
    enum { N = 5000 };
    static char key[N][12];
    struct tern_strmap m;
    cr_assert(zero(int, tern_strmap_init(&m, N)));
    for (int i = 0; i < N; i++) {
        const int bytes = snprintf(key[i], sizeof key[i], "%x", (unsigned)i * 2654435761u);
        cr_assert(eq(int, tern_strmap_put(&m, key[i], (uint32_t)bytes, i), 1));
    }
    for (int i = 0; i < N; i++) cr_assert(eq(i32, tern_strmap_get(&m, key[i], strlen(key[i])), i));
    cr_expect(eq(i32, tern_strmap_get(&m, "absent", 6), -1));
    tern_strmap_free(&m);
}

Test(string_map, keeps_the_first_value_of_a_key) {
    struct tern_strmap m;
    cr_assert(zero(int, tern_strmap_init(&m, 2)));
    cr_expect(eq(int, tern_strmap_put(&m, "a", 1, 7), 1));
    cr_expect(eq(int, tern_strmap_put(&m, "a", 1, 8), 0));
    cr_expect(eq(i32, tern_strmap_get(&m, "a", 1), 7));
    tern_strmap_free(&m);
}

Test(string_map, refuses_more_keys_than_it_was_made_for_instead_of_probing_for_ever) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    struct tern_strmap m;
    cr_assert(zero(int, tern_strmap_init(&m, 1)));
    int added = 0;
    for (int i = 0; i < 26; i++) added += tern_strmap_put(&m, letters + i, 1, i);
    cr_expect(lt(int, added, 26));
    cr_expect(eq(i32, tern_strmap_get(&m, "z", 1), -1));
    tern_strmap_free(&m);
}

Test(string_map, that_is_empty_answers) {
    const struct tern_strmap m = {0};
    cr_assert(eq(i32, tern_strmap_get(&m, "a", 1), -1));
}
