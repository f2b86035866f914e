#include "reports/sections/search/finalist_rounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_number(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Google Benchmark's repetitions of one case follow one another. */
static int one_by_one(const struct tern_record *r) {
    return strstr(tern_or_empty(r->flags), "gbench") != NULL;
}

static int spread_of(const struct tern_record *r, const struct tern_record *best, struct tern_finalist *s) {
    *s = (struct tern_finalist){.record = r};
    s->paired = r != best && best->sample_count == r->sample_count && !one_by_one(best) && !one_by_one(r);
    if (r != best && !s->paired && !one_by_one(best)) return 0; /* timed in rounds of their own */
    for (size_t i = 0; i < r->sample_count && s->n < TERN_ROUNDS_MAX; i++) {
        const double base = s->paired ? best->samples[i] : best->est.median;
        const double x = r->samples[i] / base;
        if (isfinite(x) && x > 0) s->ratio[s->n++] = x;
    }
    memcpy(s->sorted, s->ratio, s->n * sizeof *s->ratio);
    qsort(s->sorted, s->n, sizeof *s->sorted, by_number);
    return s->n > 0;
}

size_t tern_finalists_of(const struct tern_report_problem *q, struct tern_finalist out[TERN_FINALISTS_MAX]) {
    size_t n = 0;
    if (!q->best || !q->best->sample_count) return 0;
    for (size_t i = 0; i < q->count && n < TERN_FINALISTS_MAX; i++)
        if (q->entry[i].standing != TERN_STANDING_DENSE)
            n += (size_t)spread_of(q->entry[i].record, q->best, &out[n]);
    return n > 1 ? n : 0;
}
