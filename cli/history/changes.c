/* tern history changes, plot. */
#include "cli/history/history.h"

#include "cli/text.h"

#include "measure/records/json_text.h"
#include "reports/changes/changes.h"

#include <stdio.h>
#include <stdlib.h>

struct found {
    struct tern_records records;
    struct tern_annotations notes;
    struct tern_series_set series;
};

static void drop(struct found *f) {
    tern_series_free(&f->series);
    tern_annotations_free(&f->notes);
    tern_records_free(&f->records);
}

static enum tern_status find(struct tern_history *h, const struct history_arguments *a, struct found *f,
                             struct tern_error *e) {
    const struct tern_change_options o = {.min_effect = a->min_share > 0 ? a->min_share : 0,
                                          .p_max = a->p_max > 0 ? a->p_max : 0,
                                          .seed = a->seed,
                                          .with_disturbed = a->with_disturbed};
    *f = (struct found){0};
    enum tern_status s = tern_history_find(h, &a->query, &f->records, e);
    if (!s) s = tern_history_annotations(h, &f->notes, e);
    if (!s) s = tern_series_of(f->records.item, f->records.count, &f->notes, &o, &f->series, e);
    if (!s && !f->series.count)
        s = tern_fail(e, TERN_INCONCLUSIVE, "history: no record with a number matches");
    if (s) drop(f);
    return s;
}

/* How many changes made something take longer, and nobody said that this is meant to be. */
static size_t not_accepted(const struct tern_series_set *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        for (size_t j = 0; j < s->item[i].changes; j++) {
            const struct tern_change *c = &s->item[i].change[j];
            n += c->ratio > 1 && !(c->note && c->note->accepted);
        }
    return n;
}

int history_changes(struct tern_history *h, const struct history_arguments *a) {
    struct found f;
    struct tern_error e = {""};
    struct tern_text t = {0};
    const enum tern_status s = find(h, a, &f, &e);
    if (s) return tern_cli_fail(s, &e);
    if (a->json)
        tern_changes_json(&f.series, &t);
    else if (a->csv)
        tern_changes_csv(&f.series, &t);
    else
        tern_changes_text(&f.series, &t);
    const size_t worse = a->fail ? not_accepted(&f.series) : 0;
    const int bad = tern_cli_print_text(&t);
    drop(&f);
    if (worse)
        fprintf(stderr, "tern: history: %zu change%s for the worse %s not accepted\n", worse,
                worse == 1 ? "" : "s", worse == 1 ? "is" : "are");
    return bad ? bad : worse ? 1 : 0;
}

int history_plot(struct tern_history *h, const struct history_arguments *a) {
    struct found f;
    struct tern_error e = {""};
    char why[512];
    size_t drawn;
    if (!a->out) return tern_cli_usage("history", "plot: --out DIR is missing");
    enum tern_status s = find(h, a, &f, &e);
    if (s) return tern_cli_fail(s, &e);
    s = tern_changes_plot(&f.series, a->out, getenv("PATH"), &drawn, why, sizeof why, &e);
    if (!s && *why && !a->quiet) fprintf(stderr, "tern: history: %s\n", why);
    if (!s && a->json)
        tern_cli_print_json(json_pack("{s:o,s:I,s:I}", "folder", tern_json_text(a->out), "series",
                                      (json_int_t)f.series.count, "drawn", (json_int_t)drawn));
    else if (!s)
        printf("%s: %zu series, %zu drawn\n", a->out, f.series.count, drawn);
    drop(&f);
    return s ? tern_cli_fail(s, &e) : 0;
}
