/* The part "search" of a record, to and from JSON. */
#include "measure/records/search_json.h"

#include "measure/records/json_text.h"

#include <math.h>
#include <string.h>

static json_t *number_or_null(double x) {
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *count_value(size_t n) {
    return json_integer((json_int_t)n);
}

static json_t *text_or_null(const char *s) {
    return s && *s ? tern_json_text(s) : json_null();
}

/* Takes the values; NULL when one of them is. */
static json_t *row_of(json_t *const *value, size_t n) {
    json_t *row = json_array();
    int bad = !row;
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(row, value[i])) bad = 1;
    if (!bad) return row;
    json_decref(row);
    return NULL;
}
#define ROW(...) row_of((json_t *[]){__VA_ARGS__}, sizeof((json_t *[]){__VA_ARGS__}) / sizeof(json_t *))

/* Place of a reason in the list of reasons, which grows; they are few. */
static json_t *reason(json_t *why, const char *text) {
    size_t i;
    json_t *old;
    if (!text) return json_null();
    json_array_foreach(why, i, old) {
        if (!strcmp(json_string_value(old), text)) return count_value(i);
    }
    return json_array_append_new(why, tern_json_text(text)) ? NULL : count_value(i);
}

json_t *tern_search_to_json(const struct tern_record_search *s) {
    json_t *o = json_object(), *variants = json_array(), *why = json_array(), *trials = json_array(),
           *trace = json_array();
    int bad = 0;
    for (size_t i = 0; i < s->variants; i++) {
        const struct tern_search_variant *v = &s->variant[i];
        bad |= json_array_append_new(
            variants, ROW(text_or_null(v->name), text_or_null(v->format), number_or_null(v->bytes)));
    }
    for (size_t i = 0; i < s->trials; i++) {
        const struct tern_search_trial *t = &s->trial[i];
        bad |= json_array_append_new(
            trials, ROW(count_value(t->variant), text_or_null(t->params), count_value(t->n),
                        number_or_null(t->median), number_or_null(t->mad), number_or_null(t->min),
                        count_value(t->first), count_value(t->last), reason(why, t->dropped)));
    }
    for (size_t i = 0; i < s->answers; i++) {
        const struct tern_search_answer *a = &s->answer[i];
        bad |= json_array_append_new(
            trace, ROW(count_value(a->evaluations), number_or_null(a->seconds), count_value(a->trial)));
    }
    if (s->strategy) bad |= json_object_set_new(o, "strategy", json_string(s->strategy));
    if (s->effort) bad |= json_object_set_new(o, "effort", json_string(s->effort));
    if (s->unit) bad |= json_object_set_new(o, "unit", json_string(s->unit));
    bad |= json_object_set_new(o, "candidates", count_value(s->candidates));
    bad |= json_object_set_new(o, "evaluations", count_value(s->evaluations));
    bad |= json_object_set_new(o, "rounds", count_value(s->rounds));
    if (isfinite(s->seconds)) bad |= json_object_set_new(o, "seconds", json_real(s->seconds));
    bad |= json_object_set_new(o, "variants", variants);
    bad |= json_object_set_new(o, "why", why);
    bad |= json_object_set_new(o, "trials", trials);
    bad |= json_object_set_new(o, "trace", trace);
    if (!bad) return o;
    json_decref(o);
    return NULL;
}

/* A count that must be there. */
static size_t count_at(struct tern_record_line *l, const json_t *v) {
    if (!json_is_integer(v)) l->bad = 1;
    return tern_record_count(l, v);
}

/* A place in a list of `n`. */
static size_t place_at(struct tern_record_line *l, const json_t *v, size_t n) {
    const size_t i = count_at(l, v);
    if (i >= n) l->bad = 1;
    return i < n ? i : 0;
}

/* The rows of a list, each with so many values; 0 rows when it is no such list. */
static size_t rows_of(struct tern_record_line *l, const json_t *list, size_t values) {
    size_t i;
    json_t *row;
    if (!list || json_is_null(list)) return 0;
    if (!json_is_array(list)) return l->bad = 1, 0;
    json_array_foreach(list, i, row) {
        if (json_array_size(row) < values) l->bad = 1;
    }
    return l->bad ? 0 : json_array_size(list);
}

static const json_t *at(const json_t *list, size_t row, size_t column) {
    return json_array_get(json_array_get(list, row), column);
}

static void get_trials(struct tern_record_line *l, const json_t *o, struct tern_record_search *s) {
    const json_t *list = json_object_get(o, "trials"), *why = json_object_get(o, "why");
    const size_t n = rows_of(l, list, 9), reasons = json_array_size(why);
    struct tern_search_trial *t = tern_record_room(l, n, sizeof *t);
    const char **text = tern_record_room(l, reasons, sizeof *text);
    for (size_t i = 0; text && i < reasons; i++) text[i] = tern_record_text(l, json_array_get(why, i));
    for (size_t i = 0; t && i < n && !l->bad; i++) {
        t[i] = (struct tern_search_trial){.variant = place_at(l, at(list, i, 0), s->variants),
                                          .params = tern_record_text(l, at(list, i, 1)),
                                          .n = count_at(l, at(list, i, 2)),
                                          .median = tern_record_number(l, at(list, i, 3)),
                                          .mad = tern_record_number(l, at(list, i, 4)),
                                          .min = tern_record_number(l, at(list, i, 5)),
                                          .first = count_at(l, at(list, i, 6)),
                                          .last = count_at(l, at(list, i, 7))};
        const json_t *out = at(list, i, 8);
        if (json_is_null(out)) continue;
        const size_t r = place_at(l, out, reasons);
        t[i].dropped = text && r < reasons ? text[r] : NULL;
    }
    s->trial = t, s->trials = t ? n : 0;
}

void tern_search_of_json(struct tern_record_line *l, const json_t *o, struct tern_record_search *s) {
    *s = (struct tern_record_search){.seconds = NAN};
    const json_t *list = json_object_get(o, "variants"), *number;
    if (!json_is_object(o)) {
        l->bad = 1;
        return;
    }
    if ((number = json_object_get(o, "strategy"))) s->strategy = tern_record_text(l, number);
    if ((number = json_object_get(o, "effort"))) s->effort = tern_record_text(l, number);
    if ((number = json_object_get(o, "unit"))) s->unit = tern_record_text(l, number);
    if ((number = json_object_get(o, "candidates"))) s->candidates = count_at(l, number);
    if ((number = json_object_get(o, "evaluations"))) s->evaluations = count_at(l, number);
    if ((number = json_object_get(o, "rounds"))) s->rounds = count_at(l, number);
    if ((number = json_object_get(o, "seconds"))) s->seconds = tern_record_number(l, number);
    const size_t variants = rows_of(l, list, 3);
    struct tern_search_variant *v = tern_record_room(l, variants, sizeof *v);
    for (size_t i = 0; v && i < variants; i++)
        v[i] = (struct tern_search_variant){tern_record_text(l, at(list, i, 0)),
                                            tern_record_text(l, at(list, i, 1)),
                                            tern_record_number(l, at(list, i, 2))};
    s->variant = v, s->variants = v ? variants : 0;
    get_trials(l, o, s);
    list = json_object_get(o, "trace");
    const size_t answers = rows_of(l, list, 3);
    struct tern_search_answer *a = tern_record_room(l, answers, sizeof *a);
    for (size_t i = 0; a && i < answers; i++)
        a[i] = (struct tern_search_answer){count_at(l, at(list, i, 0)), tern_record_number(l, at(list, i, 1)),
                                           place_at(l, at(list, i, 2), s->trials)};
    s->answer = a, s->answers = a ? answers : 0;
}
