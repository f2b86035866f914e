#include "reports/data/key.h"

#include "reports/data/order.h"

#include <stdio.h>

const char *tern_record_metric(const struct tern_record *r) {
    return r->est.n && r->unit && *r->unit ? r->unit : "none";
}

void tern_record_problem(const struct tern_record *r, char *out, size_t out_bytes) {
    char shape[64] = "", threads[32] = "";
    const char *op = tern_or_empty(r->op), *regime = tern_or_empty(r->regime),
               *model = tern_or_empty(r->model);
    if (r->m)
        snprintf(shape, sizeof shape, " %zux%zux%zu", r->m, r->k, r->n), model = "";
    else if (r->n)
        snprintf(shape, sizeof shape, " %zu", r->n);
    if (r->threads) snprintf(threads, sizeof threads, " t%zu", r->threads);
    snprintf(out, out_bytes, "%s%s%s%s%s%s%s", *op ? op : "-", shape, threads, *regime ? " " : "", regime,
             *model ? " " : "", model);
}
