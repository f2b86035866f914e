#include "reports/data/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int kind_is(const struct tern_record *r, const char *kind) {
    return !tern_text_order(r->kind, kind);
}

static int measured(const struct tern_record *r) {
    return r->est.n > 0 && isfinite(r->est.median) && r->est.median > 0;
}

static int regime_rank(const char *regime) {
    static const char *const known[] = {"hot", "wcold", "wcold-capped", "cold", "L1", "L2", "LLC", "DRAM"};
    int i = 0;
    while (i < 8 && tern_text_order(regime, known[i])) i++;
    return i;
}

static int problem_order(const struct tern_record *a, const struct tern_record *b) {
    int o = tern_text_order(a->machine, b->machine);
    if (!o) o = tern_number_order(a->n, b->n);
    if (!o) o = tern_number_order(a->threads, b->threads);
    if (!o) o = regime_rank(a->regime) - regime_rank(b->regime);
    if (!o) o = tern_text_order(a->regime, b->regime);
    if (!o) o = tern_number_order(a->m * a->k, b->m * b->k);
    if (!o) o = tern_number_order(a->m, b->m);
    return o;
}

/* A ceiling of memory counts bytes, one of arithmetic multiply-adds; its op may also name the memory ("L2").
 */
static int reads_memory(const struct tern_record *r) {
    if (!tern_text_order(r->op, "read")) return 1;
    return !isfinite(r->macs) && tern_text_order(r->unit, "GMAC/s");
}

static double ceiling_work(const struct tern_record *r) {
    return reads_memory(r) ? r->bytes : r->macs;
}

/* Work per nanosecond for an estimate of time, the estimate itself for one of rate (unit "GB/s", "GMAC/s").
 */
static int is_rate(const struct tern_record *r) {
    return r->unit && strstr(r->unit, "/s") != NULL;
}

static double ceiling_rate(const struct tern_record *r, double estimate) {
    return is_rate(r) ? estimate : tern_rate(ceiling_work(r), estimate);
}

static int ceiling_order(const struct tern_record *a, const struct tern_record *b) {
    int o = tern_text_order(a->machine, b->machine);
    if (!o) o = tern_text_order(a->run, b->run);
    if (!o) o = tern_number_order(a->threads, b->threads);
    if (!o) o = reads_memory(b) - reads_memory(a);
    if (!o) o = tern_text_order(a->op, b->op);
    if (!o) o = tern_text_order(a->variant, b->variant);
    if (!o) o = regime_rank(a->regime) - regime_rank(b->regime);
    if (!o) o = tern_text_order(a->regime, b->regime);
    /* without a regime the size of the buffer tells which memory was read */
    if (!o && !*tern_or_empty(a->regime) && !tern_text_order(a->op, "read"))
        o = (a->bytes > b->bytes) - (a->bytes < b->bytes);
    return o;
}

static int tokens_order(const struct tern_record *a, const struct tern_record *b) {
    int o = tern_text_order(a->machine, b->machine);
    if (!o) o = tern_text_order(a->model, b->model);
    if (!o) o = -tern_text_order(a->op, b->op); /* prefill before decode, as it runs */
    if (!o) o = tern_number_order(a->n, b->n);
    if (!o) o = tern_number_order(a->threads, b->threads);
    if (!o) o = -tern_text_order(a->variant, b->variant); /* untuned before tuned */
    return o;
}

static int machine_order(const struct tern_record *a, const struct tern_record *b) {
    return tern_text_order(a->machine, b->machine);
}

/* Addresses in one array tell which of two records came later in the files. */
#define SORTER(name, order)                                                                                  \
    static int name(const void *pa, const void *pb) {                                                        \
        const struct tern_record *a = *(const struct tern_record *const *)pa;                                \
        const struct tern_record *b = *(const struct tern_record *const *)pb;                                \
        const int o = order(a, b);                                                                           \
        return o ? o : (a > b) - (a < b);                                                                    \
    }
SORTER(by_problem, problem_order)
SORTER(by_ceiling, ceiling_order)
SORTER(by_tokens, tokens_order)
SORTER(by_machine, machine_order)

static int newer(const struct tern_record *a, const struct tern_record *b) {
    const int o = tern_text_order(a->ts, b->ts);
    return o ? o > 0 : a > b;
}

static int by_run(const void *pa, const void *pb) {
    const struct tern_record *a = *(const struct tern_record *const *)pa;
    const struct tern_record *b = *(const struct tern_record *const *)pb;
    const int o = tern_text_order(a->run, b->run);
    return o ? o : (a > b) - (a < b);
}

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

static void add_problems(struct tern_report_data *d, const struct tern_record **rec, size_t count,
                         int all_runs) {
    size_t used = 0;
    qsort(rec, count, sizeof *rec, by_problem);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && !problem_order(rec[i], rec[end]);) end++;
        const struct tern_record *newest = rec[i];
        for (size_t j = i; j < end; j++)
            if (newer(rec[j], newest)) newest = rec[j];
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

static int by_number(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void add_ceilings(struct tern_report_data *d, const struct tern_record **rec, size_t count,
                         double *rate) {
    qsort(rec, count, sizeof *rec, by_ceiling);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && !ceiling_order(rec[i], rec[end]); end++)
            rate[end - i] = ceiling_rate(rec[end], rec[end]->est.median);
        const size_t n = end - i;
        const struct tern_record *last = rec[end - 1];
        qsort(rate, n, sizeof *rate, by_number);
        struct tern_report_ceiling *c = &d->ceiling[d->ceilings++];
        *c = (struct tern_report_ceiling){.record = last, .records = n, .is_read = reads_memory(last)};
        c->rate = (rate[(n - 1) / 2] + rate[n / 2]) / 2;
        c->lo = n > 1 ? rate[0] : ceiling_rate(last, is_rate(last) ? last->est.ci_lo : last->est.ci_hi);
        c->hi = n > 1 ? rate[n - 1] : ceiling_rate(last, is_rate(last) ? last->est.ci_hi : last->est.ci_lo);
    }
}

/* Keeps the newest of each group of equals. */
static size_t keep_newest(const struct tern_record **rec, size_t count,
                          int (*order)(const struct tern_record *, const struct tern_record *)) {
    size_t kept = 0;
    for (size_t i = 0, end; i < count; i = end) {
        const struct tern_record *newest = rec[i];
        for (end = i; end < count && !order(rec[i], rec[end]); end++)
            if (newer(rec[end], newest)) newest = rec[end];
        rec[kept++] = newest;
    }
    return kept;
}

static void keep_newest_run(const struct tern_record **rec, size_t *count) {
    const struct tern_record *newest = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (!newest || newer(rec[i], newest)) newest = rec[i];
    for (size_t i = 0; i < *count; i++)
        if (!tern_text_order(rec[i]->run, newest->run)) rec[kept++] = rec[i];
    *count = kept;
}

static int is_imported(const struct tern_record *r) {
    return *tern_or_empty(r->source);
}

/* 1 when tern itself measured on that machine, or on none at all. */
static int is_ours(const struct tern_record *all, size_t count, const char *machine) {
    size_t own = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_imported(&all[i])) continue;
        if (!tern_text_order(all[i].machine, machine)) return 1;
        own++;
    }
    return !own;
}

static int stands_among_ours(const struct tern_record *r, const struct tern_record *all, size_t count) {
    if (!is_imported(r)) return 1;
    if (kind_is(r, "sample") && is_rate(r)) return 0;
    return is_ours(all, count, r->machine);
}

static int import_order(const struct tern_record *a, const struct tern_record *b) {
    int o = tern_text_order(a->kind, b->kind);
    if (!o) o = tern_text_order(a->model, b->model);
    if (!o) o = -tern_text_order(a->op, b->op);
    if (!o) o = tern_number_order(a->n, b->n);
    if (!o) o = tern_number_order(a->m * a->k, b->m * b->k);
    if (!o) o = tern_number_order(a->threads, b->threads);
    if (!o) o = regime_rank(a->regime) - regime_rank(b->regime);
    if (!o) o = tern_text_order(a->regime, b->regime);
    if (!o) o = tern_text_order(a->variant, b->variant);
    if (!o) o = tern_text_order(a->params, b->params);
    return o ? o : tern_text_order(a->machine, b->machine);
}
SORTER(by_import, import_order)

enum tern_status tern_report_select(const struct tern_record *all, size_t count, int all_runs,
                                    struct tern_report_data *d, struct tern_error *e) {
    const size_t room = count ? count : 1;
    *d = (struct tern_report_data){.all = all, .all_count = count};
    const struct tern_record **sample = calloc(room, sizeof *sample),
                             **ceiling = calloc(room, sizeof *ceiling);
    double *rate = calloc(room, sizeof *rate);
    d->problem = calloc(room, sizeof *d->problem);
    d->entries = calloc(room, sizeof *d->entries);
    d->ceiling = calloc(room, sizeof *d->ceiling);
    d->e2e = calloc(room, sizeof *d->e2e);
    d->machine = calloc(room, sizeof *d->machine);
    d->verify = calloc(room, sizeof *d->verify);
    d->imported = calloc(room, sizeof *d->imported);
    d->search = calloc(room, sizeof *d->search);
    enum tern_status s = TERN_OK;
    size_t samples = 0, ceilings = 0;
    if (!sample || !ceiling || !rate || !d->problem || !d->entries || !d->ceiling || !d->e2e || !d->machine ||
        !d->verify || !d->search || !d->imported) {
        s = tern_fail(e, TERN_NO_MEMORY, "report: %zu records: out of memory", count);
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        const struct tern_record *r = &all[i];
        const int is_sample = kind_is(r, "sample"), is_ceiling = kind_is(r, "ceiling"),
                  is_e2e = kind_is(r, "e2e");
        if (kind_is(r, "machine")) d->machine[d->machines++] = r;
        if (kind_is(r, "search") && r->search && r->search->trials) d->search[d->searches++] = r;
        if (kind_is(r, "verify")) d->verify[d->verifies++] = r;
        if (!is_sample && !is_ceiling && !is_e2e) continue;
        if (measured(r) && is_imported(r) && !is_ceiling) d->imported[d->imports++] = r;
        if (measured(r) && !stands_among_ours(r, all, count)) continue;
        /* A rate among times would be ranked upside down. */
        const int turned = is_sample && r->unit && strstr(r->unit, "/s") != NULL;
        if (!measured(r) || turned || (is_ceiling && !isfinite(ceiling_rate(r, r->est.median))))
            d->empty++;
        else if (is_sample)
            sample[samples++] = r;
        else if (is_ceiling)
            ceiling[ceilings++] = r;
        else
            d->e2e[d->e2es++] = r;
    }
    add_problems(d, sample, samples, all_runs);
    add_ceilings(d, ceiling, ceilings, rate);
    qsort(d->e2e, d->e2es, sizeof *d->e2e, by_tokens);
    d->e2es = keep_newest(d->e2e, d->e2es, tokens_order);
    qsort(d->machine, d->machines, sizeof *d->machine, by_machine);
    d->machines = keep_newest(d->machine, d->machines, machine_order);
    keep_newest_run(d->verify, &d->verifies);
    qsort(d->imported, d->imports, sizeof *d->imported, by_import);
    d->imports = keep_newest(d->imported, d->imports, import_order);
    qsort(d->search, d->searches, sizeof *d->search, by_problem);
    d->searches = keep_newest(d->search, d->searches, problem_order);
done:
    free(sample);
    free(ceiling);
    free(rate);
    if (s) tern_report_data_free(d);
    return s;
}

void tern_report_data_free(struct tern_report_data *d) {
    free(d->problem);
    free(d->entries);
    free(d->ceiling);
    free(d->e2e);
    free(d->machine);
    free(d->verify);
    free(d->imported);
    free(d->search);
    *d = (struct tern_report_data){0};
}

int tern_same_memory(const char *a, const char *b) {
    static const char cold[] = "wcold";
    if (!tern_text_order(a, b)) return 1;
    return !strncmp(tern_or_empty(a), cold, sizeof cold - 1) &&
           !strncmp(tern_or_empty(b), cold, sizeof cold - 1);
}

const struct tern_record *tern_report_search_of(const struct tern_report_data *d,
                                                const struct tern_record *key) {
    for (size_t i = 0; i < d->searches; i++)
        if (!problem_order(d->search[i], key) && !tern_text_order(d->search[i]->run, key->run))
            return d->search[i];
    return NULL;
}

size_t tern_report_roofs(const struct tern_report_data *d, const struct tern_record *key,
                         const struct tern_report_ceiling **out, size_t room, int *same_run) {
    const struct tern_record *newest = NULL;
    *same_run = 0;
    for (size_t i = 0; i < d->ceilings; i++) {
        const struct tern_record *c = d->ceiling[i].record;
        if (tern_text_order(c->machine, key->machine) || c->threads != key->threads) continue;
        if (!tern_text_order(c->run, key->run))
            newest = c, *same_run = 1;
        else if (!*same_run && (!newest || newer(c, newest)))
            newest = c;
    }
    size_t n = 0;
    for (size_t i = 0; newest && i < d->ceilings && n < room; i++) {
        const struct tern_record *c = d->ceiling[i].record;
        if (!tern_text_order(c->machine, key->machine) && c->threads == key->threads &&
            !tern_text_order(c->run, newest->run))
            out[n++] = &d->ceiling[i];
    }
    return n;
}
