/* The journal of a tuning run, taken up again. What it found is there, and a round can be added and found. */
#include "../frame.h"

#include "tuner/session/journal.h"

#include <string.h>

void fuzz_on_journal(const uint8_t *data, size_t bytes) {
    const struct tern_journal_head head = {"m:0123456789abcdef", "race", "quick", 1};
    const char *path = fuzz_file("journal", data, bytes);
    struct tern_journal *j = NULL;
    struct tern_error e = {""};
    const enum tern_status s = tern_journal_open(path, &head, 1, &j, &e);
    fuzz_said(s, &e);
    if (s) return;
    const char *const name[] = {"a", "b"};
    const double ns[] = {1.5, 2};
    double found[2] = {0, 0};
    struct tern_journal_key key = {"64x256x1 t1 wcold", "race", 0, 7};
    key.round = tern_journal_rounds(j, key.problem, key.phase);
    tern_journal_find(j, &key, name, found, 2);
    tern_journal_is_done(j, key.problem);
    FUZZ_MUST(tern_journal_seconds(j) >= 0);
    FUZZ_MUST(!tern_journal_add(j, &key, name, ns, 2, 0.5, &e));
    tern_journal_close(j);
    FUZZ_MUST(!tern_journal_open(path, &head, 1, &j, &e));
    FUZZ_MUST(tern_journal_find(j, &key, name, found, 2) == 1);
    tern_journal_close(j);
}
