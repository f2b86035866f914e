/* Reports of any records: a page is written or refused, and no text of a record becomes a script or another element that
 * the page does not have by itself. */
#define _GNU_SOURCE
#include "../frame.h"

#include "base/file.h"
#include "reports/page/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t times(const char *text, const char *word) {
    size_t n = 0;
    for (const char *p = text; (p = strcasestr(p, word)) != NULL; p++) n++;
    return n;
}

static void look(const char *folder) {
    static const char *const none[] = {"<img", "<iframe", "<object", "<embed", "<link", "<base", "<form"};
    char path[600], *text;
    snprintf(path, sizeof path, "%s/index.html", folder);
    FUZZ_MUST(!tern_file_read(path, 64 << 20, &text, NULL, NULL));
    FUZZ_MUST(times(text, "<script") == 1 && times(text, "</script") == 1);
    FUZZ_MUST(times(text, "</body") == 1 && times(text, "<style") == 1 && times(text, "</style") == 1);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) FUZZ_MUST(!times(text, none[i]));
    free(text);
}

void fuzz_on_report(const uint8_t *data, size_t bytes) {
    struct tern_records all;
    struct tern_error e = {""};
    const char *folder = fuzz_unpack("report", NULL, 0);
    enum tern_status s = tern_records_parse((const char *)data, bytes, &all, &e);
    fuzz_said(s, &e);
    if (s) return;
    const struct tern_report_source source = {"<records> & \"more\"", all.count, all.skipped};
    const struct tern_report_options o = {
        .out = folder, .source = &source, .sources = 1, .all_runs = bytes & 1, .svg_only = 1};
    s = tern_report_write(all.item, all.count, &o, NULL, &e);
    fuzz_said(s, &e);
    if (!s) look(folder);
    tern_records_free(&all);
}
