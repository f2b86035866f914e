#include "base/status.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(status, every_status_has_the_documented_exit_code) {
    static const struct {
        enum tern_status s;
        int code;
    } want[] = {{TERN_OK, 0},          {TERN_CHECK_FAILED, 1}, {TERN_INCONCLUSIVE, 2}, {TERN_BAD_INPUT, 3},
                {TERN_UNSUPPORTED, 4}, {TERN_NO_MEMORY, 4},    {TERN_IO, 3},           {TERN_SKIPPED, 77}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        cr_assert(eq(int, tern_exit_code(want[i].s), want[i].code));
}

Test(status, text_is_one_line_whatever_a_file_put_in_its_names) {
    struct tern_error e;
    tern_fail(&e, TERN_BAD_INPUT, "gguf: %s: bad", "a\nb\tc\033[31m");
    cr_assert(eq(str, e.text, "gguf: a b c [31m: bad"));
}

Test(status, a_prefix_goes_before_the_text) {
    struct tern_error e;
    tern_fail(&e, TERN_IO, "why");
    cr_assert(eq(int, tern_fail_in(&e, TERN_IO, "where"), TERN_IO));
    cr_assert(eq(str, e.text, "where: why"));
}

Test(status, a_text_longer_than_its_room_is_cut_not_overrun) {
    struct tern_error e;
    char longer[2 * sizeof e.text];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    tern_fail(&e, TERN_IO, "%s", longer);
    cr_assert(eq(sz, strlen(e.text), sizeof e.text - 1));
}
