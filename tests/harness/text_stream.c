#include "harness/text/text_stream.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

/* What comes out of the stream for one piece. */
static const char *push(struct tern_text_stream *t, const char *piece) {
    static char out[64];
    out[tern_text_push(t, piece, strlen(piece), out)] = 0;
    return out;
}

static const char *end(struct tern_text_stream *t) {
    static char out[16];
    out[tern_text_end(t, out)] = 0;
    return out;
}

Test(text_stream, whole_characters_pass) {
    struct tern_text_stream t = {{0}, 0};
    cr_assert(eq(str, (char *)push(&t, "a\xc3\xa9\xf0\x9f\x99\x82"), "a\xc3\xa9\xf0\x9f\x99\x82"));
    cr_assert(eq(str, (char *)end(&t), ""));
}

Test(text_stream, a_character_in_pieces_is_held_back_until_whole) {
    struct tern_text_stream t = {{0}, 0};
    cr_assert(eq(str, (char *)push(&t, "x\xf0\x9f"), "x"));
    cr_assert(eq(str, (char *)push(&t, "\x99"), ""));
    cr_assert(eq(str, (char *)push(&t, "\x82y"), "\xf0\x9f\x99\x82y"));
    cr_assert(eq(str, (char *)end(&t), ""));
}

Test(text_stream, bytes_that_cannot_be_text_are_replaced) {
    struct tern_text_stream t = {{0}, 0};
    cr_assert(eq(str, (char *)push(&t, "a\x80z"), "a\xef\xbf\xbdz"));
    cr_assert(eq(str, (char *)push(&t, "\xff"), "\xef\xbf\xbd"));
    cr_assert(eq(str, (char *)push(&t, "\xe2\x82q"), "\xef\xbf\xbd\xef\xbf\xbdq"));
    cr_assert(eq(str, (char *)push(&t, "\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
}

Test(text_stream, what_never_became_whole_is_replaced_at_the_end) {
    struct tern_text_stream t = {{0}, 0};
    cr_assert(eq(str, (char *)push(&t, "ok\xe2\x82"), "ok"));
    cr_assert(eq(str, (char *)end(&t), "\xef\xbf\xbd\xef\xbf\xbd"));
    cr_assert(eq(str, (char *)end(&t), ""));
}
