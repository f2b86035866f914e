/* Ceilings: several measurements of one run are one ceiling, and each problem has those of its run. */
#include "reports/data/select_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
int tern_counts_rate(const struct tern_record *r) {
    return r->unit && strstr(r->unit, "/s") != NULL;
}

double tern_ceiling_rate(const struct tern_record *r, double estimate) {
    return tern_counts_rate(r) ? estimate : tern_rate(ceiling_work(r), estimate);
}

static int ceiling_order(const struct tern_record *a, const struct tern_record *b) {
    int o = tern_text_order(a->machine, b->machine);
    if (!o) o = tern_text_order(a->run, b->run);
    if (!o) o = tern_number_order(a->threads, b->threads);
    if (!o) o = reads_memory(b) - reads_memory(a);
    if (!o) o = tern_text_order(a->op, b->op);
    if (!o) o = tern_text_order(a->variant, b->variant);
    if (!o) o = tern_regime_rank(a->regime) - tern_regime_rank(b->regime);
    if (!o) o = tern_text_order(a->regime, b->regime);
    /* without a regime the size of the buffer tells which memory was read */
    if (!o && !*tern_or_empty(a->regime) && !tern_text_order(a->op, "read"))
        o = (a->bytes > b->bytes) - (a->bytes < b->bytes);
    return o;
}

TERN_RECORD_SORTER(by_ceiling, ceiling_order)

static int by_number(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void tern_report_add_ceilings(struct tern_report_data *d, const struct tern_record **rec, size_t count,
                              double *rate) {
    qsort(rec, count, sizeof *rec, by_ceiling);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && !ceiling_order(rec[i], rec[end]); end++)
            rate[end - i] = tern_ceiling_rate(rec[end], rec[end]->est.median);
        const size_t n = end - i;
        const struct tern_record *last = rec[end - 1];
        qsort(rate, n, sizeof *rate, by_number);
        struct tern_report_ceiling *c = &d->ceiling[d->ceilings++];
        *c = (struct tern_report_ceiling){.record = last, .records = n, .is_read = reads_memory(last)};
        c->rate = (rate[(n - 1) / 2] + rate[n / 2]) / 2;
        c->lo = n > 1 ? rate[0]
                      : tern_ceiling_rate(last, tern_counts_rate(last) ? last->est.ci_lo : last->est.ci_hi);
        c->hi = n > 1 ? rate[n - 1]
                      : tern_ceiling_rate(last, tern_counts_rate(last) ? last->est.ci_hi : last->est.ci_lo);
    }
}

size_t tern_report_ceilings_of(const struct tern_report_data *d, const struct tern_record *key,
                               const struct tern_report_ceiling **out, size_t room, int *same_run) {
    const struct tern_record *newest = NULL;
    *same_run = 0;
    for (size_t i = 0; i < d->ceilings; i++) {
        const struct tern_record *c = d->ceiling[i].record;
        if (tern_text_order(c->machine, key->machine) || c->threads != key->threads) continue;
        if (!tern_text_order(c->run, key->run))
            newest = c, *same_run = 1;
        else if (!*same_run && (!newest || tern_is_newer(c, newest)))
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
