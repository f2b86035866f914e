/* History: every series and every detected change as tables. */
#include "reports/sections/history.h"

#include "reports/sections/section.h"

#include <math.h>
#include <stdio.h>

static void put_date(struct tern_report_tables *s, const struct tern_record *r) {
    struct tern_text t = {0};
    tern_text_bytes(&t, tern_or_empty(r->ts), strcspn(tern_or_empty(r->ts), "T"));
    tern_tables_text(s, t.data);
    s->failed |= t.failed;
    tern_text_free(&t);
}

static void put_name(const struct tern_report_page *p, const struct tern_series *x, char *out, size_t bytes) {
    if (p->machines == 1 && tern_series_is_of(x, p->machine[0]))
        tern_series_short_name(x, out, bytes);
    else
        tern_series_name(x, out, bytes);
}

static void changes(const struct tern_report_page *p, struct tern_report_tables *s) {
    const struct tern_report_data *d = p->data;
    static const struct tern_report_column column[] = {
        {"Series", "series", TERN_COLUMN_TEXT},      {"Date", "date", TERN_COLUMN_TEXT},
        {"From", "commit_before", TERN_COLUMN_TEXT}, {"To", "commit", TERN_COLUMN_TEXT},
        {"Before", "before", TERN_COLUMN_NUMBER},    {"After", "after", TERN_COLUMN_NUMBER},
        {"Unit", "unit", TERN_COLUMN_TEXT},          {"Time ratio", "ratio", TERN_COLUMN_INTERVAL},
        {"n", "n_before", TERN_COLUMN_NUMBER},       {"n", "n_after", TERN_COLUMN_NUMBER},
        {"p perm.", "p_energy", TERN_COLUMN_NUMBER}, {"p ranks", "p_rank", TERN_COLUMN_NUMBER},
        {"Remark", "note", TERN_COLUMN_TEXT},        {0}};
    tern_tables_begin(s, "changes", column);
    tern_text_put(
        tern_tables_caption(s),
        "Change points, between the commits From and To: medians of n runs before and n after, and their "
        "ratio as a time (above 1: slower) with its 95 % bootstrap interval. Each passed E-divisive's "
        "permutation test and the "
        "rank test of the runs right before and after, or its levels lie twice their range apart. Disturbed "
        "runs took no part.");
    for (size_t i = 0; d->history && i < d->history->count; i++) {
        const struct tern_series *x = &d->history->item[i];
        for (size_t j = 0; j < x->changes; j++) {
            const struct tern_change *c = &x->change[j];
            char name[600], note[300] = "";
            put_name(p, x, name, sizeof name);
            if (c->note)
                snprintf(note, sizeof note, "%s%.250s", c->note->accepted ? "accepted: " : "",
                         tern_or_empty(c->note->text));
            tern_tables_text(s, name);
            put_date(s, x->point[c->at].record);
            tern_tables_text(s, tern_commit_text(x->point[c->since].record));
            tern_tables_text(s, tern_commit_text(x->point[c->at].record));
            tern_tables_number(s, c->before, 5, "", NULL, NULL);
            tern_tables_number(s, c->after, 5, "", NULL, NULL);
            tern_tables_text(s, x->key->unit);
            tern_tables_interval(s, c->ratio, c->lo, c->hi, 4, "", NULL, NULL);
            tern_tables_count(s, c->n_before);
            tern_tables_count(s, c->n_after);
            tern_tables_p(s, c->p_energy);
            tern_tables_p(s, c->p_rank);
            tern_tables_text(s, note);
        }
    }
    if (d->history && d->history->count && !s->table[s->tables - 1].cells)
        tern_text_put(tern_tables_before(s), "No change point was found.");
}

static void series(const struct tern_report_page *p, struct tern_report_tables *s) {
    const struct tern_report_data *d = p->data;
    static const struct tern_report_column column[] = {{"Series", "series", TERN_COLUMN_TEXT},
                                                       {"Runs", "runs", TERN_COLUMN_NUMBER},
                                                       {"Disturbed", "left_out", TERN_COLUMN_NUMBER},
                                                       {"First", "first_date", TERN_COLUMN_TEXT},
                                                       {"Last", "last_date", TERN_COLUMN_TEXT},
                                                       {"Last commit", "last_commit", TERN_COLUMN_TEXT},
                                                       {"Last median", "last", TERN_COLUMN_INTERVAL},
                                                       {"Unit", "unit", TERN_COLUMN_TEXT},
                                                       {"Last : first", "ratio", TERN_COLUMN_NUMBER},
                                                       {"Changes", "changes", TERN_COLUMN_NUMBER},
                                                       {0}};
    tern_tables_begin(s, "history", column);
    tern_text_put(
        tern_tables_caption(s),
        "Every series of the history: one problem, variant and machine; fewer than 8 undisturbed runs "
        "are too few to look for changes.");
    for (size_t i = 0; d->history && i < d->history->count; i++) {
        const struct tern_series *x = &d->history->item[i];
        const struct tern_series_point *first = &x->point[0], *last = &x->point[x->points - 1];
        const int one = last->records == 1;
        char name[600];
        put_name(p, x, name, sizeof name);
        tern_tables_text(s, name);
        tern_tables_count(s, x->points);
        tern_tables_count(s, x->points - x->used);
        put_date(s, first->record);
        put_date(s, last->record);
        tern_tables_text(s, tern_commit_text(last->record));
        tern_tables_interval(s, last->value, one ? last->record->est.ci_lo : NAN,
                             one ? last->record->est.ci_hi : NAN, 4, "", NULL, NULL);
        tern_tables_text(s, x->key->unit);
        tern_tables_number(s, x->points > 1 ? last->value / first->value : NAN, 4, "", NULL,
                           x->points > 1 ? NULL : "one run only");
        const int few = x->used < TERN_CHANGES_RUNS_MIN;
        tern_tables_number(s, few ? NAN : (double)x->changes, 1, "", NULL,
                           few ? "fewer than 8 undisturbed runs: not looked for" : NULL);
    }
    if (!d->history || !d->history->count)
        tern_tables_absent(s, "no history was given",
                           "tern history add FILE; tern report --history FILE.db --out DIR");
}

static void fill(const struct tern_report_page *p, struct tern_report_tables *s) {
    changes(p, s);
    series(p, s);
}

const struct tern_section tern_section_history = {
    .id = "history",
    .nav = "History",
    .heading = "History and change points",
    .figures = tern_figure_history,
    .fill = fill,
    .csv = {{"changes.csv", NULL}, {"history.csv", NULL}},
};
