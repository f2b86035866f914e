/* Records: what was read is written and read again without a loss. */
#include "../frame.h"

#include "measure/records/record.h"

#include <stdlib.h>
#include <string.h>

static void again(const struct tern_record *r) {
    struct tern_error e = {""};
    struct tern_records once;
    char *text = tern_record_json(r, &e);
    FUZZ_MUST(text != NULL);
    FUZZ_MUST(!strchr(text, '\n'));
    FUZZ_MUST(!tern_records_parse(text, strlen(text), &once, &e));
    FUZZ_MUST(once.count == 1 && !once.skipped);
    char *back = tern_record_json(&once.item[0], &e);
    FUZZ_MUST(back && !strcmp(text, back));
    free(back);
    free(text);
    tern_records_free(&once);
}

void fuzz_on_records(const uint8_t *data, size_t bytes) {
    struct tern_records all;
    struct tern_error e = {""};
    const enum tern_status s = tern_records_parse((const char *)data, bytes, &all, &e);
    fuzz_said(s, &e);
    if (s) return;
    for (size_t i = 0; i < all.count && i < 8; i++) again(&all.item[i]);
    tern_records_free(&all);
}
