/* Series from records, and the notes that belong to their changes. */
#include "reports/changes/changes.h"
#include "reports/compare/statistics.h"
#include "reports/data/key.h"
#include "reports/data/order.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int series_order(const struct tern_record *a, const struct tern_record *b) {
    int o = tern_text_order(a->machine, b->machine);
    if (!o) o = tern_text_order(a->kind, b->kind);
    if (!o) o = tern_shape_order(a, b);
    if (!o && !a->m) o = tern_text_order(a->model, b->model);
    if (!o) o = tern_text_order(a->variant, b->variant);
    if (!o) o = tern_text_order(a->params, b->params);
    return o ? o : tern_text_order(a->unit, b->unit);
}

/* By series, then time, then run; addresses keep the order of the file. */
static int by_series(const void *pa, const void *pb) {
    const struct tern_record *a = *(const struct tern_record *const *)pa;
    const struct tern_record *b = *(const struct tern_record *const *)pb;
    int o = series_order(a, b);
    if (!o) o = tern_text_order(a->ts, b->ts);
    if (!o) o = tern_text_order(a->run, b->run);
    return o ? o : (a > b) - (a < b);
}

static int same_run(const struct tern_record *a, const struct tern_record *b) {
    return *tern_or_empty(a->run) && !tern_text_order(a->run, b->run);
}

/* One point per run, whose records may be apart in time. */
static int make_points(const struct tern_record *const *r, size_t n, struct tern_series *s) {
    double *value = malloc((2 * n + 1) * sizeof *value);
    s->point = malloc((n + 1) * sizeof *s->point);
    if (!value || !s->point) return free(value), 0;
    for (size_t i = 0; i < n; i++) {
        size_t first = 0, count = 0, last = i;
        while (first < i && !same_run(r[first], r[i])) first++;
        if (first < i) continue;
        for (size_t j = i; j < n; j++)
            if (j == i || same_run(r[i], r[j])) value[count++] = r[j]->est.median, last = j;
        s->point[s->points++] = (struct tern_series_point){r[last], tern_median_of(value, count, value + n),
                                                           count, TERN_RUN_CLEAN};
    }
    free(value);
    return 1;
}

/* What the records of each run say together: one dirty one is enough, of the others the best counts. */
static int judge(const struct tern_record *const *r, size_t n, struct tern_series *s) {
    struct tern_run_evidence *v = calloc(s->points + 1, sizeof *v);
    enum tern_disturbance *d = calloc(s->points + 1, sizeof *d);
    int ok = v && d;
    for (size_t i = 0; ok && i < s->points; i++) {
        const struct tern_record *last = s->point[i].record;
        v[i] = tern_run_evidence_of(last);
        for (size_t j = 0; j < n; j++) {
            if (!same_run(r[j], last)) continue;
            const struct tern_run_evidence one = tern_run_evidence_of(r[j]);
            v[i].dirty |= one.dirty, v[i].unstable &= one.unstable;
            v[i].width = fmin(v[i].width, one.width);
        }
    }
    ok = ok && tern_runs_judge(v, s->points, d);
    for (size_t i = 0; ok && i < s->points; i++) s->point[i].disturbed = d[i];
    free(d);
    free(v);
    return ok;
}

static int contains(const char *text, const char *part) {
    return !*tern_or_empty(part) || strstr(tern_or_empty(text), part) != NULL;
}

static int begins(const char *text, const char *with) {
    return !strncmp(tern_or_empty(text), tern_or_empty(with), strlen(tern_or_empty(with)));
}

const struct tern_annotation *tern_series_note(const struct tern_record *r,
                                               const struct tern_annotations *notes) {
    char problem[256];
    tern_record_problem(r, problem, sizeof problem);
    for (size_t i = 0; notes && i < notes->count; i++) {
        const struct tern_annotation *a = &notes->item[i];
        if (begins(r->commit, a->commit) && begins(r->machine, a->machine) &&
            contains(r->variant, a->variant) && contains(problem, a->problem))
            return a;
    }
    return NULL;
}

static void turn(struct tern_change *c) {
    const double lo = c->lo;
    c->ratio = 1 / c->ratio, c->lo = 1 / c->hi, c->hi = 1 / lo;
}

/* The run between the last one that was of the old level and the first of the new one that a person has
 * remarked upon; NULL: none. */
static const struct tern_annotation *note_of(const struct tern_series *s, const struct tern_change *c,
                                             const struct tern_annotations *notes) {
    const struct tern_annotation *note = NULL;
    for (size_t i = c->at; i > c->since && !note; i--) note = tern_series_note(s->point[i].record, notes);
    return note;
}

static int find(struct tern_series *s, const struct tern_annotations *notes,
                const struct tern_change_options *o) {
    double *x = malloc((s->points + 1) * sizeof *x);
    size_t *place = malloc((s->points + 1) * sizeof *place);
    const int all = o && o->with_disturbed;
    s->change = malloc((s->points + 1) * sizeof *s->change);
    int ok = x && place && s->change;
    for (size_t i = 0; ok && i < s->points; i++)
        if (all || !s->point[i].disturbed) x[s->used] = s->point[i].value, place[s->used++] = i;
    ok = ok && tern_changes_find(x, s->used, o, s->change, &s->changes);
    for (size_t i = 0; ok && i < s->changes; i++) {
        struct tern_change *c = &s->change[i];
        if (strstr(tern_or_empty(s->key->unit), "/s")) turn(c);
        c->at = place[c->at], c->since = place[c->since];
        c->note = note_of(s, c, notes);
    }
    free(place);
    free(x);
    return ok;
}

int tern_series_left_out(const struct tern_series *s, size_t point) {
    return s->used < s->points && s->point[point].disturbed;
}

size_t tern_series_unjudged(const struct tern_series *s) {
    size_t n = 0;
    while (n < s->points && tern_series_left_out(s, s->points - 1 - n)) n++;
    return n;
}

enum tern_status tern_series_of(const struct tern_record *r, size_t n, const struct tern_annotations *notes,
                                const struct tern_change_options *o, struct tern_series_set *out,
                                struct tern_error *e) {
    *out = (struct tern_series_set){0};
    const struct tern_record **order = malloc((n + 1) * sizeof *order);
    size_t used = 0;
    int ok = order != NULL;
    for (size_t i = 0; ok && i < n; i++)
        if (r[i].est.n && r[i].est.median > 0 && isfinite(r[i].est.median)) order[used++] = &r[i];
    if (used) qsort(order, used, sizeof *order, by_series);
    out->item = calloc(used + 1, sizeof *out->item);
    ok = ok && out->item;
    for (size_t i = 0, end; ok && i < used; i = end) {
        for (end = i + 1; end < used && !series_order(order[i], order[end]); end++) continue;
        struct tern_series *s = &out->item[out->count++];
        s->key = order[end - 1];
        ok = make_points(order + i, end - i, s) && judge(order + i, end - i, s) && find(s, notes, o);
    }
    free(order);
    if (ok) return TERN_OK;
    tern_series_free(out);
    return tern_fail(e, TERN_NO_MEMORY, "changes: %zu records: out of memory", n);
}

void tern_series_free(struct tern_series_set *s) {
    for (size_t i = 0; i < s->count; i++) {
        free(s->item[i].point);
        free(s->item[i].change);
    }
    free(s->item);
    *s = (struct tern_series_set){0};
}

void tern_series_name(const struct tern_series *s, char *out, size_t out_bytes) {
    char problem[256];
    const char *params = tern_or_empty(s->key->params);
    const int plain = !*params || !strcmp(params, "-") || !s->key->m;
    tern_record_problem(s->key, problem, sizeof problem);
    snprintf(out, out_bytes, "%s%s%s%s %s, %s%s%s", tern_or_empty(s->key->variant), plain ? "" : "[",
             plain ? "" : params, plain ? "" : "]", problem, tern_or_empty(s->key->machine),
             s->key->source ? ", imported from " : "", tern_or_empty(s->key->source));
}

void tern_series_short_name(const struct tern_series *s, char *out, size_t bytes) {
    char tail[300];
    tern_series_name(s, out, bytes);
    const int n = snprintf(tail, sizeof tail, ", %.250s", tern_or_empty(s->key->machine));
    char *at = strstr(out, tail);
    if (at) memmove(at, at + n, strlen(at + n) + 1);
}
