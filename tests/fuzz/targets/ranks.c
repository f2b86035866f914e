/* Ranks: what was read is written and read again without a loss, and decides or does not. */
#include "../frame.h"

#include "tuner/wisdom/ranks/ranks.h"

#include <stdlib.h>
#include <string.h>

void fuzz_on_ranks(const uint8_t *data, size_t bytes) {
    struct tern_ranks r, again;
    struct tern_error e = {""};
    const enum tern_status s = tern_ranks_parse("ranks", (const char *)data, bytes, &r, &e);
    fuzz_said(s, &e);
    if (!s) {
        const struct tern_problem p[] = {{2560, 2560, 1, 1, TERN_WCOLD}, {640, 6912, 128, 2, TERN_HOT}};
        const struct tern_ranks *of;
        char *text, *twice, line[128];
        size_t n, m;
        for (size_t i = 0; i < 2; i++) tern_ranks_decide(&r, UINT32_MAX, &p[i], NULL, &of);
        tern_ranks_say(&r, line, sizeof line);
        FUZZ_MUST(!tern_ranks_text(&r, &text, &n, &e));
        FUZZ_MUST(!tern_ranks_parse("again", text, n, &again, &e));
        FUZZ_MUST(again.count == r.count && !again.skipped);
        FUZZ_MUST(!tern_ranks_text(&again, &twice, &m, &e));
        FUZZ_MUST(n == m && !memcmp(text, twice, n));
        free(text);
        free(twice);
        tern_ranks_free(&again);
    }
    tern_ranks_free(&r);
}
