/* Problems and their variants: which is best, and which cannot be told from it. */
#include "reports/data/select_internal.h"

#include <math.h>
#include <stdlib.h>

const char *tern_standing_name(enum tern_rank_class s) {
    switch (s) {
    case TERN_STANDING_BEST:
        return "best";
    case TERN_STANDING_TIED:
        return "not separable";
    case TERN_STANDING_SLOWER:
        return "slower";
    case TERN_STANDING_UNDECIDED:
        return "no interval";
    case TERN_STANDING_DENSE:
        return "dense baseline";
    }
    return "";
}

static int run_order(const struct tern_record *a, const struct tern_record *b) {
    return tern_text_order(a->run, b->run);
}
TERN_RECORD_SORTER(by_run, run_order)
TERN_RECORD_SORTER(by_problem, tern_problem_order)

static int by_median(const void *pa, const void *pb) {
    const struct tern_record *a = ((const struct tern_report_entry *)pa)->record;
    const struct tern_record *b = ((const struct tern_report_entry *)pb)->record;
    if (a->est.median != b->est.median) return a->est.median < b->est.median ? -1 : 1;
    return (a > b) - (a < b);
}

static int dense(const struct tern_record *r) {
    static const char *const formats[] = {"f16", "f32", "i8"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (!tern_text_order(r->format, formats[i])) return 1;
    return 0;
}

static int has_interval(const struct tern_record *r) {
    return isfinite(r->est.ci_lo) && isfinite(r->est.ci_hi);
}

static void rank(struct tern_report_problem *p) {
    qsort(p->entry, p->count, sizeof *p->entry, by_median);
    const struct tern_record *any = NULL;
    for (size_t i = 0; i < p->count; i++) {
        const struct tern_record *r = p->entry[i].record;
        if (!tern_text_order(r->format, "f16") && !p->f16) p->f16 = r;
        if (!tern_text_order(r->format, "f32") && !p->f32) p->f32 = r;
        if (!tern_text_order(r->format, "i2s") && !p->i2s) p->i2s = r;
        if (dense(r)) continue;
        if (!any) any = r;
        if (!p->best && has_interval(r)) p->best = r;
    }
    if (!p->best) p->best = any;
    for (size_t i = 0; i < p->count; i++) {
        struct tern_report_entry *x = &p->entry[i];
        if (x->record == p->best)
            x->standing = TERN_STANDING_BEST;
        else if (dense(x->record))
            x->standing = TERN_STANDING_DENSE;
        else if (!has_interval(x->record) || !has_interval(p->best))
            x->standing = TERN_STANDING_UNDECIDED;
        else if (x->record->est.ci_lo <= p->best->est.ci_hi)
            x->standing = TERN_STANDING_TIED, p->tied++;
        else
            x->standing = TERN_STANDING_SLOWER;
    }
}

/* One run of one problem: rec[0..count). Of repeated measurements the complete one counts, then the later
 * one. */
static void add_problem(struct tern_report_data *d, const struct tern_record **rec, size_t count,
                        size_t *used) {
    struct tern_report_problem *p = &d->problem[d->problems++];
    p->key = rec[0];
    p->entry = d->entries + *used;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < p->count && (tern_text_order(p->entry[at].record->variant, rec[i]->variant) ||
                                 tern_text_order(p->entry[at].record->params, rec[i]->params)))
            at++;
        if (at < p->count) {
            d->repeats++;
            if (p->entry[at].record->complete && !rec[i]->complete) continue;
        } else {
            p->count++;
        }
        p->entry[at] = (struct tern_report_entry){.record = rec[i]};
    }
    *used += p->count;
    rank(p);
}

void tern_report_add_problems(struct tern_report_data *d, const struct tern_record **rec, size_t count,
                              int all_runs) {
    size_t used = 0;
    qsort(rec, count, sizeof *rec, by_problem);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && !tern_problem_order(rec[i], rec[end]);) end++;
        const struct tern_record *newest = rec[i];
        for (size_t j = i; j < end; j++)
            if (tern_is_newer(rec[j], newest)) newest = rec[j];
        qsort(rec + i, end - i, sizeof *rec, by_run);
        for (size_t j = i, stop; j < end; j = stop) {
            for (stop = j; stop < end && !tern_text_order(rec[j]->run, rec[stop]->run);) stop++;
            if (all_runs || !tern_text_order(rec[j]->run, newest->run))
                add_problem(d, rec + j, stop - j, &used);
            else
                d->older += stop - j;
        }
    }
}
