#include "reports/figures/sensitivity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double tern_trial_cost(const struct tern_search_trial *t) {
    return t->n < 6 ? t->min : t->median;
}

/* The value of a parameter in "a=1 b=2" (or with commas); 0: it has none. */
static int value_of(const char *params, const char *name, long *out) {
    const size_t n = strlen(name);
    for (const char *p = tern_or_empty(params); *p;) {
        const size_t word = strcspn(p, " ,");
        if (word > n && !memcmp(p, name, n) && p[n] == '=') {
            *out = strtol(p + n + 1, NULL, 10);
            return 1;
        }
        p += word;
        p += strspn(p, " ,");
    }
    return 0;
}

static void read_params(struct tern_sensitivity *s) {
    for (const char *p = tern_or_empty(s->answer->params); *p && s->params < TERN_SENSITIVE_PARAMS;) {
        const size_t word = strcspn(p, " ,"), n = strcspn(p, "= ,");
        struct tern_sensitive_param *x = &s->param[s->params];
        if (n < word && n < sizeof x->name) {
            *x = (struct tern_sensitive_param){.chosen = strtol(p + n + 1, NULL, 10)};
            memcpy(x->name, p, n);
            s->params++;
        }
        p += word;
        p += strspn(p, " ,");
    }
}

/* Of the answer's variant, with its values but for parameters a and b. */
static int belongs(const struct tern_sensitivity *s, const struct tern_search_trial *t, size_t a, size_t b) {
    long v;
    if (&s->record->search->variant[t->variant] != s->variant || !(tern_trial_cost(t) > 0)) return 0;
    for (size_t i = 0; i < s->params; i++) {
        if (!value_of(t->params, s->param[i].name, &v)) return 0;
        if (i != a && i != b && v != s->param[i].chosen) return 0;
    }
    return 1;
}

/* Inserts a value in rising order, once; its place, or `most` when there is no room. */
static size_t insert(long *value, size_t *n, size_t most, long v) {
    size_t at = 0;
    while (at < *n && value[at] < v) at++;
    if (at < *n && value[at] == v) return at;
    if (*n == most) return most;
    memmove(value + at + 1, value + at, (*n - at) * sizeof *value);
    value[at] = v;
    ++*n;
    return at;
}

size_t tern_sensitivity_axis(const struct tern_sensitivity *s, size_t which, size_t other,
                             long value[TERN_SENSITIVE_VALUES]) {
    size_t n = 0;
    for (size_t i = 0; i < s->record->search->trials; i++) {
        const struct tern_search_trial *t = &s->record->search->trial[i];
        long v;
        if (belongs(s, t, which, other) && value_of(t->params, s->param[which].name, &v))
            insert(value, &n, TERN_SENSITIVE_VALUES, v);
    }
    return n;
}

const struct tern_search_trial *tern_sensitivity_at(const struct tern_sensitivity *s, size_t a, long x,
                                                    size_t b, long y) {
    for (size_t i = 0; i < s->record->search->trials; i++) {
        const struct tern_search_trial *t = &s->record->search->trial[i];
        long va, vb;
        if (belongs(s, t, a, b) && value_of(t->params, s->param[a].name, &va) && va == x &&
            value_of(t->params, s->param[b].name, &vb) && vb == y)
            return t;
    }
    return NULL;
}

int tern_sensitivity_pair(const struct tern_sensitivity *s, size_t a, size_t b) {
    for (size_t i = 0; i < s->record->search->trials; i++) {
        const struct tern_search_trial *t = &s->record->search->trial[i];
        long va, vb;
        if (belongs(s, t, a, b) && value_of(t->params, s->param[a].name, &va) && va != s->param[a].chosen &&
            value_of(t->params, s->param[b].name, &vb) && vb != s->param[b].chosen)
            return 1;
    }
    return 0;
}

int tern_sensitivity_of(const struct tern_record *search, struct tern_sensitivity *s) {
    const struct tern_record_search *x = search->search;
    if (!x || !x->answers) return 0;
    *s = (struct tern_sensitivity){.record = search, .answer = &x->trial[x->answer[x->answers - 1].trial]};
    s->variant = &x->variant[s->answer->variant];
    if (!(tern_trial_cost(s->answer) > 0)) return 0;
    read_params(s);
    for (size_t i = 0; i < s->params; i++) {
        struct tern_sensitive_param *p = &s->param[i];
        long value[TERN_SENSITIVE_VALUES];
        p->values = tern_sensitivity_axis(s, i, i, value);
        for (size_t v = 0; v < p->values; v++)
            p->value[v] =
                (struct tern_sensitive_value){value[v], tern_sensitivity_at(s, i, value[v], i, value[v])};
    }
    return s->params > 0;
}
