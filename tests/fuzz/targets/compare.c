/* Comparison and change points of any records: the first half of the lines against all, in every form, and the series of
 * all. */
#include "../frame.h"

#include "reports/changes/changes.h"
#include "reports/compare/compare.h"

static void compare(const struct tern_records *all, const struct tern_compare_options *o) {
    struct tern_compare c;
    struct tern_error e = {""};
    struct tern_text t = {0};
    const enum tern_status s =
        tern_compare_records(all->item, all->count / 2, all->item, all->count, o, &c, &e);
    fuzz_said(s, &e);
    if (s) return;
    tern_compare_text(&c, o, "a", "b", &t);
    tern_compare_markdown(&c, o, "a", "b", &t);
    tern_compare_csv(&c, o, &t);
    tern_compare_json(&c, o, "a", "b", &t);
    FUZZ_MUST(!t.failed);
    tern_text_free(&t);
    tern_compare_free(&c);
}

static void changes(const struct tern_records *all) {
    struct tern_series_set set;
    struct tern_error e = {""};
    struct tern_text t = {0};
    const struct tern_change_options o = {.permutations = 9, .p_max = 0.2, .seed = 1};
    const enum tern_status s = tern_series_of(all->item, all->count, NULL, &o, &set, &e);
    fuzz_said(s, &e);
    if (s) return;
    tern_changes_text(&set, &t);
    tern_changes_csv(&set, &t);
    tern_changes_json(&set, &t);
    FUZZ_MUST(!t.failed);
    tern_text_free(&t);
    tern_series_free(&set);
}

void fuzz_on_compare(const uint8_t *data, size_t bytes) {
    struct tern_records all;
    struct tern_error e = {""};
    const enum tern_status s = tern_records_parse((const char *)data, bytes, &all, &e);
    fuzz_said(s, &e);
    if (s) return;
    if (all.count < 64) {
        const struct tern_compare_options by_row = {.floor = 0, .resamples = 20, .seed = 1};
        const struct tern_compare_options best = {.floor = 0.01, .resamples = 20, .best = 1};
        compare(&all, &by_row);
        compare(&all, &best);
        changes(&all);
    }
    tern_records_free(&all);
}
