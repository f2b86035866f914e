/* Orders of records that comparison and history sort by. Absent text is empty text. */
#ifndef TERN_REPORTS_DATA_ORDER_H
#define TERN_REPORTS_DATA_ORDER_H

#include "measure/records/record.h"
#include "reports/data/select.h"

#include <string.h>

static inline int tern_text_order(const char *a, const char *b) {
    return strcmp(tern_or_empty(a), tern_or_empty(b));
}

static inline int tern_number_order(size_t a, size_t b) {
    return (a > b) - (a < b);
}

/* Operation, shape, threads, regime: what was computed, whoever computed it. */
static inline int tern_shape_order(const struct tern_record *a, const struct tern_record *b) {
    int o = tern_text_order(a->op, b->op);
    if (!o) o = tern_number_order(a->m, b->m);
    if (!o) o = tern_number_order(a->k, b->k);
    if (!o) o = tern_number_order(a->n, b->n);
    if (!o) o = tern_number_order(a->threads, b->threads);
    return o ? o : tern_text_order(a->regime, b->regime);
}

#endif
