#include "reports/data/select_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int kind_is(const struct tern_record *r, const char *kind) {
    return !tern_text_order(r->kind, kind);
}

static int measured(const struct tern_record *r) {
    return r->est.n > 0 && isfinite(r->est.median) && r->est.median > 0;
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
TERN_RECORD_SORTER(by_tokens, tokens_order)

static int machine_order(const struct tern_record *a, const struct tern_record *b) {
    return tern_text_order(a->machine, b->machine);
}
TERN_RECORD_SORTER(by_machine, machine_order)

TERN_RECORD_SORTER(by_problem, tern_problem_order)

/* Keeps the newest of each group of equals. */
static size_t keep_newest(const struct tern_record **rec, size_t count,
                          int (*order)(const struct tern_record *, const struct tern_record *)) {
    size_t kept = 0;
    for (size_t i = 0, end; i < count; i = end) {
        const struct tern_record *newest = rec[i];
        for (end = i; end < count && !order(rec[i], rec[end]); end++)
            if (tern_is_newer(rec[end], newest)) newest = rec[end];
        rec[kept++] = newest;
    }
    return kept;
}

static void keep_newest_run(const struct tern_record **rec, size_t *count) {
    const struct tern_record *newest = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (!newest || tern_is_newer(rec[i], newest)) newest = rec[i];
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
    if (kind_is(r, "sample") && tern_counts_rate(r)) return 0;
    return is_ours(all, count, r->machine);
}

static int import_order(const struct tern_record *a, const struct tern_record *b) {
    int o = tern_text_order(a->kind, b->kind);
    if (!o) o = tern_text_order(a->model, b->model);
    if (!o) o = -tern_text_order(a->op, b->op);
    if (!o) o = tern_number_order(a->n, b->n);
    if (!o) o = tern_number_order(a->m * a->k, b->m * b->k);
    if (!o) o = tern_number_order(a->threads, b->threads);
    if (!o) o = tern_regime_rank(a->regime) - tern_regime_rank(b->regime);
    if (!o) o = tern_text_order(a->regime, b->regime);
    if (!o) o = tern_text_order(a->variant, b->variant);
    if (!o) o = tern_text_order(a->params, b->params);
    return o ? o : tern_text_order(a->machine, b->machine);
}
TERN_RECORD_SORTER(by_import, import_order)

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
        if (!measured(r) || turned || (is_ceiling && !isfinite(tern_ceiling_rate(r, r->est.median))))
            d->empty++;
        else if (is_sample)
            sample[samples++] = r;
        else if (is_ceiling)
            ceiling[ceilings++] = r;
        else
            d->e2e[d->e2es++] = r;
    }
    tern_report_add_problems(d, sample, samples, all_runs);
    tern_report_add_ceilings(d, ceiling, ceilings, rate);
    qsort(d->e2e, d->e2es, sizeof *d->e2e, by_tokens);
    d->e2es = keep_newest(d->e2e, d->e2es, tokens_order);
    qsort(d->machine, d->machines, sizeof *d->machine, by_machine);
    d->machines = keep_newest(d->machine, d->machines, machine_order);
    keep_newest_run(d->verify, &d->verifies);
    qsort(d->imported, d->imports, sizeof *d->imported, by_import);
    d->imports = keep_newest(d->imported, d->imports, import_order);
    qsort(d->search, d->searches, sizeof *d->search, by_problem);
    d->searches = keep_newest(d->search, d->searches, tern_problem_order);
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
        if (!tern_problem_order(d->search[i], key) && !tern_text_order(d->search[i]->run, key->run))
            return d->search[i];
    return NULL;
}
