/* Change points as text, CSV and JSON. */
#include "base/starved/json.h"
#include "measure/records/json_text.h"
#include "reports/changes/changes.h"
#include "reports/data/number.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

enum { NEWEST_MAX = 5 };

static const char *word(const struct tern_change *c) {
    return c->ratio > 1 ? "slower" : "faster";
}

static const struct tern_record *record_at(const struct tern_series *s, size_t i) {
    return s->point[i].record;
}

static void one(const struct tern_series *s, const struct tern_change *c, struct tern_text *t) {
    const struct tern_record *r = record_at(s, c->at), *before = record_at(s, c->since);
    const size_t between = c->at - c->since - 1;
    tern_text_printf(t, "  %s %s  commit %s (before: %s", tern_or_empty(r->ts), word(c),
                     *tern_or_empty(r->commit) ? r->commit : "not known",
                     *tern_or_empty(before->commit) ? before->commit : "not known");
    if (between) tern_text_printf(t, "; %zu disturbed run%s between", between, between == 1 ? "" : "s");
    tern_text_printf(t, ")  time x %.4f [%.4f, %.4f]  ", c->ratio, c->lo, c->hi);
    tern_put_number(t, c->before, 5);
    tern_text_put(t, " -> ");
    tern_put_number(t, c->after, 5);
    tern_text_printf(t, " %s (medians of %zu and %zu runs)  ", tern_or_empty(s->key->unit), c->n_before,
                     c->n_after);
    if (isfinite(c->p_energy))
        tern_text_printf(t, "p %.3g (permutations), %.3g (Mann-Whitney), Q %.3g", c->p_energy, c->p_rank,
                         c->q);
    else
        tern_text_printf(t, "levels %.3g of their ranges apart, p %.3g (Mann-Whitney)", c->apart, c->p_rank);
    if (c->note) tern_text_printf(t, "  %s: %s", c->note->accepted ? "accepted" : "note", c->note->text);
    tern_text_put(t, "\n");
}

static size_t count(const struct tern_series *s, enum tern_disturbance d) {
    size_t n = 0;
    for (size_t i = 0; i < s->points; i++) n += s->point[i].disturbed == d;
    return n;
}

/* Its newest runs may be of another level, and nobody could tell. */
static int is_overtaken(const struct tern_series *s) {
    return tern_series_unjudged(s) >= NEWEST_MAX;
}

static void put_left_out(const struct tern_series *s, struct tern_text *t) {
    const size_t n = s->points - s->used, newest = tern_series_unjudged(s);
    if (!n) return;
    static const char *const word[] = {
        [TERN_RUN_DIRTY] = "dirty", [TERN_RUN_WIDE] = "with wide intervals", [TERN_RUN_AMID] = "amid those"};
    const char *separator = " (";
    tern_text_printf(t, ", %zu left out as disturbed", n);
    for (int d = TERN_RUN_DIRTY; d <= TERN_RUN_AMID; d++) {
        const size_t of = count(s, (enum tern_disturbance)d);
        if (!of) continue;
        tern_text_printf(t, "%s%zu %s", separator, of, word[d]);
        separator = ", ";
    }
    tern_text_put(t, ")");
    if (newest) tern_text_printf(t, ", the newest %zu of them: not judged yet", newest);
}

void tern_changes_text(const struct tern_series_set *s, struct tern_text *t) {
    size_t changes = 0, open = 0, shorts = 0, runs = 0, left_out = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct tern_series *x = &s->item[i];
        char name[600];
        shorts += x->used < TERN_CHANGES_RUNS_MIN;
        runs += x->points, left_out += x->points - x->used;
        if (!x->changes && !is_overtaken(x)) continue;
        tern_series_name(x, name, sizeof name);
        tern_text_printf(t, "%s: %zu runs", name, x->points);
        put_left_out(x, t);
        tern_text_put(t, "\n");
        for (size_t j = 0; j < x->changes; j++) {
            one(x, &x->change[j], t);
            changes++;
            open += x->change[j].ratio > 1 && !(x->change[j].note && x->change[j].note->accepted);
        }
    }
    tern_text_printf(t,
                     "%zu series, %zu change%s, %zu slower and not accepted; %zu series have fewer than the "
                     "%d%s runs that "
                     "are needed",
                     s->count, changes, changes == 1 ? "" : "s", open, shorts, TERN_CHANGES_RUNS_MIN,
                     left_out ? " undisturbed" : "");
    if (left_out)
        tern_text_printf(t, "; %zu of %zu runs left out as disturbed (--with-disturbed: take them)", left_out,
                         runs);
    tern_text_put(t, "\n");
}

void tern_changes_csv(const struct tern_series_set *s, struct tern_text *t) {
    tern_text_put(
        t,
        "series,ts,commit_before,commit,unit,before,after,ratio,ci95_lo,ci95_hi,p_energy,p_rank,q,n_before,n_"
        "after,disturbed_between,accepted,note,apart\n");
    for (size_t i = 0; i < s->count; i++)
        for (size_t j = 0; j < s->item[i].changes; j++) {
            const struct tern_series *x = &s->item[i];
            const struct tern_change *c = &x->change[j];
            const double number[] = {c->before, c->after,    c->ratio,  c->lo,
                                     c->hi,     c->p_energy, c->p_rank, c->q};
            char name[600];
            tern_series_name(x, name, sizeof name);
            const char *field[] = {name, record_at(x, c->at)->ts, record_at(x, c->since)->commit,
                                   record_at(x, c->at)->commit, x->key->unit};
            for (int k = 0; k < 5; k++) tern_text_csv(t, field[k]), tern_text_put(t, ",");
            for (int k = 0; k < 8; k++) tern_put_exact(t, number[k], ""), tern_text_put(t, ",");
            tern_text_printf(t, "%zu,%zu,%zu,%s,", c->n_before, c->n_after, c->at - c->since - 1,
                             c->note && c->note->accepted ? "yes" : "no");
            tern_text_csv(t, c->note ? c->note->text : "");
            tern_text_put(t, ",");
            tern_put_exact(t, c->apart, "");
            tern_text_put(t, "\n");
        }
}

static json_t *change_json(const struct tern_series *s, const struct tern_change *c) {
    const struct tern_record *r = record_at(s, c->at);
    json_t *o =
        json_pack("{s:I, s:s, s:o, s:s, s:f, s:f, s:f, s:f, s:I, s:I}", "at", (json_int_t)c->at, "ts",
                  tern_or_empty(r->ts), "commit", tern_json_text(tern_or_empty(r->commit)), "direction",
                  word(c), "before", c->before, "after", c->after, "ratio", c->ratio, "p_rank", c->p_rank,
                  "n_before", (json_int_t)c->n_before, "n_after", (json_int_t)c->n_after);
    if (isfinite(c->p_energy)) {
        json_object_set_new(o, "p_energy", json_real(c->p_energy));
        json_object_set_new(o, "q", json_real(c->q));
    }
    if (isfinite(c->apart)) json_object_set_new(o, "apart", json_real(c->apart));
    json_object_set_new(o, "commit_before", tern_json_text(tern_or_empty(record_at(s, c->since)->commit)));
    json_object_set_new(o, "disturbed_between", json_integer((json_int_t)(c->at - c->since - 1)));
    if (isfinite(c->lo)) json_object_set_new(o, "ci95", json_pack("[f,f]", c->lo, c->hi));
    if (c->note)
        json_object_set_new(
            o, "note",
            json_pack("{s:o, s:b}", "text", tern_json_text(c->note->text), "accepted", c->note->accepted));
    return o;
}

void tern_changes_json(const struct tern_series_set *s, struct tern_text *t) {
    json_t *list = json_array();
    for (size_t i = 0; i < s->count; i++) {
        const struct tern_series *x = &s->item[i];
        char name[600];
        tern_series_name(x, name, sizeof name);
        json_t *changes = json_array();
        for (size_t j = 0; j < x->changes; j++) json_array_append_new(changes, change_json(x, &x->change[j]));
        json_array_append_new(
            list, json_pack("{s:o, s:s, s:I, s:I, s:I, s:I, s:o}", "series", tern_json_text(name), "unit",
                            tern_or_empty(x->key->unit), "runs", (json_int_t)x->points, "left_out",
                            (json_int_t)(x->points - x->used), "left_out_dirty",
                            (json_int_t)(x->used < x->points ? count(x, TERN_RUN_DIRTY) : 0),
                            "newest_left_out", (json_int_t)tern_series_unjudged(x), "changes", changes));
    }
    char *text = tern_json_dump(list, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    if (!text) t->failed = 1;
    tern_text_put(t, text);
    tern_text_put(t, "\n");
    free(text);
    json_decref(list);
}
