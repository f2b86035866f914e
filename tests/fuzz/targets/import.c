/* Results of other programs: the first byte chooses the format. Each record that was made can be read by the reader of
 * records, and the count is right; records of our own are
 * copied as they are. */
#include "../frame.h"

#include "measure/records/record.h"
#include "reports/import/import.h"

void fuzz_on_import(const uint8_t *data, size_t bytes) {
    if (!bytes) return;
    struct tern_error e = {""};
    struct tern_text lines = {0};
    struct tern_records all;
    size_t records = 0, skipped = 0;
    const struct tern_import_options o = {.format = data[0] % (TERN_IMPORT_E2E + 1)};
    const enum tern_status s =
        tern_import("input", (const char *)data + 1, bytes - 1, &o, &lines, &records, &skipped, &e);
    fuzz_said(s, &e);
    if (!s && !lines.failed) {
        FUZZ_MUST(!tern_records_parse(lines.data ? lines.data : "", lines.used, &all, &e));
        if (records) FUZZ_MUST(all.count == records && !all.skipped);
        tern_records_free(&all);
    }
    tern_text_free(&lines);
}
