#include "reports/sections/best_formats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROOFS = 32 };

static void offer(struct tern_best_formats *f, struct tern_best_format x) {
    const struct tern_record *key = f->problem->key;
    size_t i = 0;
    if (!(x.ns > 0) || !(x.bytes > 0) || !*tern_or_empty(x.name)) return;
    x.bits = 8 * x.bytes / ((double)key->m * (double)key->k);
    while (i < f->count && strcmp(f->item[i].name, x.name)) i++;
    if (i == TERN_FORMATS_MAX) return;
    struct tern_best_format *old = &f->item[i];
    if (i == f->count)
        f->count++;
    else if ((old->sample && !x.sample) || (!old->sample == !x.sample && old->ns <= x.ns))
        return;
    *old = x;
}

static int by_bits(const void *pa, const void *pb) {
    const struct tern_best_format *a = pa, *b = pb;
    if (a->bits != b->bits) return a->bits < b->bits ? -1 : 1;
    return (a->ns > b->ns) - (a->ns < b->ns);
}

void tern_best_formats_of(const struct tern_report_data *d, const struct tern_report_problem *q,
                          struct tern_best_formats *f) {
    const struct tern_report_ceiling *roof[ROOFS];
    const struct tern_record *search = tern_report_search_of(d, q->key);
    int same_run;
    *f = (struct tern_best_formats){.problem = q, .read = NAN, .int8 = NAN};
    for (size_t i = 0; i < q->count; i++) {
        const struct tern_record *r = q->entry[i].record;
        offer(f, (struct tern_best_format){r->format, r->variant, r->params, 0, r->est.median, r->bytes,
                                           r->est.n, r});
    }
    for (size_t i = 0; search && i < search->search->trials; i++) {
        const struct tern_search_trial *x = &search->search->trial[i];
        const struct tern_search_variant *v = &search->search->variant[x->variant];
        offer(f,
              (struct tern_best_format){v->format, v->name, x->params, 0, x->median, v->bytes, x->n, NULL});
    }
    qsort(f->item, f->count, sizeof *f->item, by_bits);
    const size_t n = tern_report_ceilings_of(d, q->key, roof, ROOFS, &same_run);
    for (size_t i = 0; i < n; i++) {
        const struct tern_record *c = roof[i]->record;
        if (roof[i]->is_read && tern_same_memory(c->regime, q->key->regime)) f->read = roof[i]->rate;
        if (!strcmp(tern_or_empty(c->op), "int8"))
            f->int8 = fmax(roof[i]->rate, isfinite(f->int8) ? f->int8 : 0);
    }
}

double tern_best_format_speed(const struct tern_best_formats *f, const struct tern_best_format *x) {
    const struct tern_record *key = f->problem->key;
    return (double)key->m * (double)key->k * (double)key->n / x->ns;
}
