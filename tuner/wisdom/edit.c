#include "tuner/wisdom/edit.h"

#include "tuner/wisdom/effort.h"
#include "tuner/wisdom/line.h"
#include "tuner/wisdom/mix.h"
#include "tuner/wisdom/plan_verdict.h"

#include <stdlib.h>
#include <string.h>

int tern_wisdom_stale(const struct tern_wisdom_entry *entry) {
    const struct tern_variant *v = tern_variant_named(entry->variant);
    return !v || strcmp(entry->code, tern_variant_code_key(v)) != 0;
}

static int better(const struct tern_wisdom_entry *a, const struct tern_wisdom_entry *b) {
    const int fresh_a = !tern_wisdom_stale(a), fresh_b = !tern_wisdom_stale(b);
    if (fresh_a != fresh_b) return fresh_a;
    if (a->complete != b->complete) return a->complete;
    const int effort_a = tern_effort_rank(a->effort), effort_b = tern_effort_rank(b->effort);
    if (effort_a != effort_b) return effort_a > effort_b;
    return strcmp(a->date, b->date) > 0; /* ISO 8601 in UTC sorts as text */
}

enum tern_status tern_wisdom_merge(struct tern_wisdom *into, const struct tern_wisdom *from, size_t *taken,
                                   struct tern_error *e) {
    struct tern_wisdom next = *into;
    size_t n = 0;
    next.entry = malloc((into->count + 1) * sizeof *next.entry);
    if (!next.entry) return tern_fail(e, TERN_NO_MEMORY, "wisdom: out of memory");
    if (into->count) memcpy(next.entry, into->entry, into->count * sizeof *next.entry);
    for (size_t i = 0; i < from->count; i++) {
        const struct tern_wisdom_entry *have = NULL;
        for (size_t j = 0; j < next.count && !have; j++)
            if (!tern_wisdom_order(&next.entry[j], &from->entry[i])) have = &next.entry[j];
        if (have && !better(&from->entry[i], have)) continue;
        const enum tern_status s = tern_wisdom_put(&next, &from->entry[i], e);
        if (s) return free(next.entry), s;
        n++;
    }
    if (!tern_mix_said(&next.mix)) next.mix = from->mix;
    free(into->entry);
    *into = next;
    if (n) tern_plan_verdict_forget(into);
    if (taken) *taken = n;
    return TERN_OK;
}

size_t tern_wisdom_forget(struct tern_wisdom *w, const struct tern_problem *p, int stale_only) {
    size_t kept = 0;
    for (size_t i = 0; i < w->count; i++) {
        const struct tern_problem *q = &w->entry[i].problem;
        const int match = (!p->m || p->m == q->m) && (!p->k || p->k == q->k) && (!p->n || p->n == q->n) &&
                          (!p->threads || p->threads == q->threads) &&
                          (!stale_only || tern_wisdom_stale(&w->entry[i]));
        if (!match) w->entry[kept++] = w->entry[i];
    }
    const size_t gone = w->count - kept;
    w->count = kept;
    if (gone) tern_plan_verdict_forget(w);
    return gone;
}
