/* A recorded table: what was read is written and read again without a loss, and strategies run on it. The first byte
 * chooses the strategy and its seed. */
#include "../frame.h"

#include "tuner/search/strategies.h"
#include "tuner/search/table.h"
#include "tuner/wisdom/effort.h"

void fuzz_on_table(const uint8_t *data, size_t bytes) {
    if (!bytes) return;
    struct tern_table t, again;
    struct tern_error e = {""};
    const enum tern_status s = tern_table_read(fuzz_file("table", data + 1, bytes - 1), &t, &e);
    fuzz_said(s, &e);
    if (s) return;
    FUZZ_MUST(!tern_table_write(fuzz_path("again"), &t, &e));
    FUZZ_MUST(!tern_table_read(fuzz_path("again"), &again, &e));
    FUZZ_MUST(again.count == t.count && again.rounds == t.rounds && again.fallback == t.fallback);
    tern_table_free(&again);
    if (t.count <= 64 && t.rounds <= 16) {
        size_t count;
        const struct tern_strategy *all = tern_strategies(&count);
        struct tern_replay out;
        fuzz_said(tern_replay_run(&t, &all[data[0] % count], tern_effort_named("quick"), data[0], &out, &e),
                  &e);
    }
    tern_table_free(&t);
}
